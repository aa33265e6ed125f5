/*
title    = "Customers without a second order"
question = """
Which customers ordered once, had their days to come back, and have not \
ordered since?"""
kind     = "table"
owner    = "growth"
grain    = "one row per customer"
needs    = ["sales_order"]
description = """
One row per customer; the order is the first and only one. The days to come \
back must be over: choose days that lie that far back."""

[columns]
source            = "Shop"
order_name        = { label = "Order", description = "The shop's number." }
order_id          = { label = "Order id", description = "What links use." }
ordered_on        = { label = "Ordered on", format = "date" }
stopped_on        = { label = "Ordered first on", format = "date" }
ticket_source     = "Helpdesk"
ticket_id         = { label = "Last ticket", description = "Its number." }
marketing_consent = { label = "Consent", format = "flag" }
*/
select
    any_value(coalesce(order_name, order_id)) as order_name,
    max(day) as stopped_on, any_value(ordered_on) as ordered_on,
    any_value(source) as source, any_value(order_id) as order_id,
    any_value(ticket_source) as ticket_source,
    any_value(ticket_id) as ticket_id,
    coalesce(any_value(marketing_consent), false) as marketing_consent
from leavers
where step = 'second_order' and day between $start and $end
group by person_id
order by stopped_on desc, order_name
