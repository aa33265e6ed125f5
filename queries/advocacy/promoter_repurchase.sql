/*
title       = "What answers are followed by"
question    = """
Do people who would recommend the shop order again more often than like \
people who would not?"""
kind        = "table"
grain       = "one row per answer"
owner       = "customer relations"
description = """
Last answers of the 12 months that ended 90 days before the last day shown, \
and what the same people did in the 90 days after. Alike: as if every group \
had the same orders before (1, 2, more) and countries as all who answered; \
groups that one of the answers lacks are left out of it. The range is that of \
the difference to those who would not recommend."""
caveat      = """
Answers come after a parcel: who was disappointed by it is no other kind of \
person."""
position    = 90
needs       = ["sales_order", "feedback", "feedback.nps"]

[columns]
answer        = "Answer"
people        = { label = "People", format = "people" }
ordered_again.label = "Ordered in 90 days after"
ordered_again.format = "percent"
ordered_again.of = "people"
alike         = { label = "If all were alike", format = "percent", of = "people" }
difference.label = "Difference"
difference.format = "percent_points"
difference.of = "people"
low.label = "At least"
low.format = "percent_points"
low.of = "people"
high.label = "At most"
high.format = "percent_points"
high.of = "people"
*/
with followed as (
    select
        case
            when is_promoter then 'Would recommend'
            when is_detractor then 'Would not recommend'
            else 'Undecided'
        end as answer,
        least(orders_before, 3) as orders_before,
        coalesce(last_country, '') as country,
        ordered_within_90_days as ordered
    from feedback
    where kind = 'nps' and score is not null
        and ordered_within_90_days is not null
        and day > $end - 455 and day <= $end - 90
    qualify row_number() over (
        partition by person_id order by answered_at desc
    ) = 1
),
cells as (
    select
        orders_before, country, answer, count(*) as people,
        count(*) filter (ordered) as ordered
    from followed
    group by all
),
groups as (
    select answer, sum(people) as people, sum(ordered) / sum(people) as share
    from cells
    group by answer
),
weights as (
    select orders_before, country, sum(people) as weight
    from cells
    group by all
    having count(*) = (select count(*) from groups)
),
matched as (
    select
        answer,
        sum(weight * ordered / cells.people) / sum(weight) as alike,
        any_value(share * (1 - share))
            * sum(weight * weight / cells.people) / pow(sum(weight), 2)
            as variance
    from cells
    join weights using (orders_before, country)
    join groups using (answer)
    group by answer
)
select
    groups.answer, groups.people::bigint as people,
    groups.share as ordered_again, matched.alike,
    matched.alike - base.alike as difference,
    matched.alike - base.alike
        - 1.96 * sqrt(matched.variance + base.variance) as low,
    matched.alike - base.alike
        + 1.96 * sqrt(matched.variance + base.variance) as high
from groups
left join matched using (answer)
left join matched as base
    on base.answer = 'Would not recommend'
    and groups.answer != 'Would not recommend'
order by ordered_again desc
