/*
title    = "Known customers who stopped at the checkout"
question = "Which customers came to the checkout and have not ordered since?"
kind     = "table"
owner    = "growth"
grain    = "one row per customer"
needs    = ["sales_order"]

[columns]
source     = "Shop"
order_name = { label = "Last order", description = "The shop's own number." }
last_order = { label = "Ordered on", format = "date" }
stopped_on = { label = "Stopped on", format = "date" }
*/
with stopped as (
    select person_id, max(day) as stopped_on
    from sessions
    where day between $start and $end
        and began_checkout and not purchased and person_id is not null
    group by person_id
)
select
    arg_max(o.source, o.placed_at) as source,
    arg_max(coalesce(o.order_name, o.order_id), o.placed_at) as order_name,
    max(o.day) as last_order,
    any_value(s.stopped_on) as stopped_on
from stopped s
join orders o on o.person_id = s.person_id
group by s.person_id
having max(o.day) < any_value(s.stopped_on)
order by stopped_on desc, order_name
limit 1000
