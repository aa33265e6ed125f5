/*
title    = "Orders that nobody collected"
question = "Which parcels went back to the shop uncollected?"
kind     = "table"
owner    = "growth"
grain    = "one row per order"
needs    = ["sales_order"]
description = """
Orders whose buyer is known, gone back within 21 days: choose days that lie \
that far back."""

[columns]
source            = "Shop"
order_name        = { label = "Order", description = "The shop's number." }
order_id          = { label = "Order id", description = "What links use." }
stopped_on        = { label = "Ordered on", format = "date" }
ticket_source     = "Helpdesk"
ticket_id         = { label = "Last ticket", description = "Its number." }
marketing_consent = { label = "Consent", format = "flag" }
*/
select
    any_value(coalesce(order_name, order_id)) as order_name,
    max(day) as stopped_on,
    any_value(source) as source, any_value(order_id) as order_id,
    any_value(ticket_source) as ticket_source,
    any_value(ticket_id) as ticket_id,
    coalesce(any_value(marketing_consent), false) as marketing_consent
from leavers
where step = 'collection' and day between $start and $end
group by ref
order by stopped_on desc, order_name
