/*
title    = "Why people get in touch"
question = """
Why do customers get in touch, how often do they come back and how much \
effort is it?"""
kind     = "table"
grain    = "one row per reason"
owner    = "service"
position = 200
needs    = ["ticket"]

[columns]
reason         = "Reason"
contacts       = { label = "Contacts", format = "count" }
per_100_orders = { label = "Per 100 orders", format = "number" }
repeat_share   = { label = "Came back in 7 days", format = "percent" }
first_reply    = { label = "First response", format = "minutes" }
effort         = { label = "Effort", format = "score" }
*/
with orders_taken as (
    select count(*) as orders
    from orders
    where counts and day between $start and $end
)
select
    coalesce(reason, '(not set)') as reason,
    count(*) as contacts,
    100 * count(*) / nullif(any_value(orders), 0) as per_100_orders,
    count(*) filter (repeated_within_7_days)
        / nullif(count(repeated_within_7_days), 0) as repeat_share,
    median(first_reply_minutes) as first_reply,
    avg(effort_points) as effort
from tickets, orders_taken
where counts and day between $start and $end
group by all
order by contacts desc
