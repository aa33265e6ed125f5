/*
title       = "What answers are followed by"
question = """
Do people who would recommend the shop order again more often than those \
who would not?"""
kind        = "table"
grain       = "one row per answer"
owner       = "customer relations"
description = """
Answers of the 12 months that ended 90 days before the last day shown, and \
what the same people did in the 90 days after answering."""
position    = 90
needs       = ["sales_order", "feedback", "feedback.nps"]

[columns]
answer        = "Answer"
people        = { label = "People", format = "people" }
ordered_again.label = "Ordered in 90 days after"
ordered_again.format = "percent"
ordered_again.of = "people"
*/
with answers as (
    select
        person_id, answered_at,
        case
            when is_promoter then 'Would recommend'
            when is_detractor then 'Would not recommend'
            else 'Undecided'
        end as answer
    from feedback
    where kind = 'nps' and score is not null and person_id is not null
        and answered_at is not null
        and day > $end - 455 and day <= $end - 90
),
followed as (
    select
        answer, person_id,
        exists (
            select 1 from orders
            where orders.person_id = answers.person_id and counts
                and placed_at > answered_at
                and placed_at <= answered_at + interval 90 days
        ) as ordered
    from answers
)
select
    answer,
    count(distinct person_id) as people,
    count(distinct person_id) filter (ordered)
        / count(distinct person_id) as ordered_again
from followed
group by all
order by ordered_again desc
