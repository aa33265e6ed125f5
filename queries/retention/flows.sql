/*
title    = "Messages"
question = "What do newsletters and automatic messages bring?"
kind     = "table"
grain    = "one row per flow or campaign"
owner    = "customer relations"
description = """
Ordered counts orders of the 5 days after a click. Of mailings told by day \
only, clicks are those the sender counts, and orders came by the link."""
position = 180
needs    = ["messages.delivered"]

[columns]
flow                = "Message"
delivered           = { label = "Delivered", format = "count" }
click_rate.label = "Clicked"
click_rate.format = "percent"
click_rate.of = "delivered"
order_rate.label = "Ordered"
order_rate.format = "percent"
order_rate.of = "delivered"
unsubscribe_rate.label = "Unsubscribed"
unsubscribe_rate.format = "percent"
unsubscribe_rate.of = "delivered"
revenue             = { label = "Revenue, {net}", format = "money" }
revenue_per_message.label = "Revenue per message"
revenue_per_message.format = "money"
revenue_per_message.of = "delivered"
*/
select
    coalesce(flow, campaign, '(not set)') as flow,
    sum(delivered)::bigint as delivered,
    sum(clicked) / nullif(sum(delivered), 0) as click_rate,
    sum(orders) / nullif(sum(delivered), 0) as order_rate,
    sum(unsubscribed) / nullif(sum(delivered), 0) as unsubscribe_rate,
    sum(revenue)::double as revenue,
    sum(revenue)::double / nullif(sum(delivered), 0) as revenue_per_message
from messages
where day between $start and $end
group by all
order by revenue desc nulls last
