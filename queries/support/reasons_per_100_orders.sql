/*
title    = "Reasons per 100 orders"
question = "How many contacts of each kind does every 100 orders bring?"
kind     = "table"
grain    = "one row per reason"
owner    = "service"
position = 210
needs    = ["ticket", "sales_order"]

[columns]
reason         = "Reason"
contacts       = { label = "Contacts", format = "count" }
per_100_orders = { label = "Per 100 orders", format = "number" }
*/
with orders_taken as (
    select count(*) as orders
    from orders
    where counts and day between $start and $end
)
select
    coalesce(reason, '(not set)') as reason,
    count(*) as contacts,
    100 * count(*) / nullif(any_value(orders), 0) as per_100_orders
from tickets, orders_taken
where counts and day between $start and $end
group by reason
order by contacts desc
