/*
title       = "What people ask, and when"
question    = """
What do people ask before buying, after the order and after delivery, and how \
much of it does every 100 orders bring?"""
kind        = "table"
grain       = "one row per reason"
owner       = "service"
description = """
Before buying is before any order or about a product; after the order is \
until it has arrived. Contacts of which nobody knows the stage are left out \
of these three shares. Effort is the average of the signs of effort."""
position    = 210
needs       = ["ticket", "sales_order"]

[columns]
reason         = "Reason"
contacts       = { label = "Contacts", format = "count" }
contact_share.label = "Share of contacts"
contact_share.format = "percent"
contact_share.of = "asked"
per_100_orders.label = "Per 100 orders"
per_100_orders.format = "number"
per_100_orders.of = "orders"
before_buying.label = "Before buying"
before_buying.format = "percent"
before_buying.of = "placed"
after_order.label = "After the order"
after_order.format = "percent"
after_order.of = "placed"
after_delivery.label = "After delivery"
after_delivery.format = "percent"
after_delivery.of = "placed"
bought.label = "Then bought in 7 days"
bought.description = "Of those who asked before buying and are known."
bought.format = "percent"
bought.of = "buyers_to_be"
repeat_share.label = "Came back in 7 days"
repeat_share.format = "percent"
repeat_share.of = "judged"
first_reply.label = "Half wait at most"
first_reply.format = "minutes"
first_reply.of = "timed"
effort         = { label = "Effort", format = "score", of = "contacts" }
orders         = { label = "Orders", format = "count" }
placed         = { label = "Stage known of", format = "count" }
judged         = { label = "7 days over", format = "count" }
asked          = { label = "Contacts in all", format = "count" }
buyers_to_be   = { label = "Judged before buying", format = "count" }
timed          = { label = "Time known of", format = "count" }
*/
with orders_taken as (
    select count(*) as orders
    from orders
    where counts and day between $start and $end
)
select
    coalesce(reason, '(not set)') as reason,
    count(*) as contacts,
    count(*) / sum(count(*)) over () as contact_share,
    100 * count(*) / nullif(any_value(orders), 0) as per_100_orders,
    count(*) filter (stage in ('awareness', 'consideration'))
        / nullif(count(stage), 0) as before_buying,
    count(*) filter (stage = 'conversion') / nullif(count(stage), 0)
        as after_order,
    count(*) filter (stage in ('retention', 'advocacy'))
        / nullif(count(stage), 0) as after_delivery,
    count(*) filter (
        bought_within_7_days and stage in ('awareness', 'consideration')
    ) / nullif(count(bought_within_7_days) filter (
        stage in ('awareness', 'consideration')
    ), 0) as bought,
    count(*) filter (repeated_within_7_days)
        / nullif(count(repeated_within_7_days), 0) as repeat_share,
    median(coalesce(first_reply_minutes, wait_seconds / 60)) as first_reply,
    avg(effort_points) as effort,
    any_value(orders) as orders, count(stage) as placed,
    count(repeated_within_7_days) as judged,
    count(coalesce(first_reply_minutes, wait_seconds)) as timed,
    (sum(count(*)) over ())::bigint as asked,
    count(bought_within_7_days) filter (
        stage in ('awareness', 'consideration')
    ) as buyers_to_be
from tickets, orders_taken
where counts and day between $start and $end
group by reason
order by contacts desc, reason
