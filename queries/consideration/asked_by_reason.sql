/*
title       = "Bought after asking, by reason"
question    = """
After which questions do visits buy more often than similar ones that did not \
ask?"""
kind        = "table"
grain       = "one row per reason"
owner       = "growth"
description = """
Visits of the 12 months that ended 7 days before the last day shown, which \
looked at a product and asked. Similar visits are those of the same week, \
channel, device and country, new or returning, with as many products, that \
did not ask."""
caveat      = """
Who asks is nearer to buying already: the difference is not all due to the \
answer."""
position    = 125
needs       = ["asked_visits.similar_share", "asked_visits.reason"]

[columns]
reason     = "Reason"
visits     = { label = "Visits that asked", format = "count" }
bought     = { label = "Bought in 7 days", format = "percent", of = "visits" }
others     = { label = "Similar visits", format = "percent", of = "visits" }
difference.label = "Difference"
difference.format = "percent_points"
difference.of = "visits"
low.label = "At least"
low.format = "percent_points"
low.of = "visits"
high.label = "At most"
high.format = "percent_points"
high.of = "visits"
*/
with counted as (
    select
        coalesce(reason, '(not set)') as reason,
        count(*) as visits,
        count(*) filter (bought_within_7_days) / count(*) as bought,
        avg(similar_share) as others
    from asked_visits
    where bought_within_7_days is not null and similar_share is not null
        and day > $end - 372 and day <= $end - 7
    group by all
)
select
    reason, visits, bought, others,
    bought - others as difference,
    bought - others - half as low,
    bought - others + half as high
from counted
cross join lateral (
    -- each is held against ten similar visits, as in the figure
    select 1.96 * sqrt(
        bought * (1 - bought) / visits + others * (1 - others) / visits / 10
    ) as half
)
order by visits desc, reason
