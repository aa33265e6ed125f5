/*
title       = "Carriers"
question = """
How reliable is each carrier, and do people order again after it \
delivered?"""
kind        = "table"
grain       = "one row per carrier and country"
owner       = "growth"
description = """
Orders of the 12 months that ended 90 days before the last day shown, \
because coming back is watched for 90 days."""
position    = 220
needs       = ["sales_order", "orders.delivered_at"]

[columns]
carrier   = "Carrier"
country   = "Country"
orders    = { label = "Orders", format = "count" }
on_time   = { label = "On time", format = "percent", of = "orders" }
days      = { label = "Days to delivery", format = "days", of = "orders" }
people    = { label = "People", format = "people" }
came_back.label = "Ordered again in 90 days"
came_back.format = "percent"
came_back.of = "orders"
*/
select
    coalesce(carrier, '(not set)') as carrier,
    coalesce(country, '(not set)') as country,
    count(*) as orders,
    count(*) filter (not is_late) / nullif(count(is_late), 0) as on_time,
    median(days_to_deliver) as days,
    count(distinct person_id)::bigint as people,
    count(*) filter (days_to_next <= 90) / nullif(count(person_id), 0)
        as came_back
from orders
where counts and delivered_at is not null
    and day > $end - 455 and day <= $end - 90
group by all
order by orders desc
