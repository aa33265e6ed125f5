/*
title       = "Days to delivery"
question    = """
How many days pass between order and delivery for half of the orders?"""
kind        = "measure"
unit        = "days"
interval    = "none"
better      = "lower"
grain       = "one row per shipped order"
owner       = "growth"
description = """
The middle order: half arrive faster. Parcels still under way are counted \
as waiting so far."""
position    = 160
tags        = ["receiving"]
needs       = ["sales_order", "fulfillment"]
across_rows = "The newest order tells how long parcels have been under way."
*/
with known as (
    select max(day) as last_day from orders
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    case
        when delivered_at is null then date_diff('day', day, last_day)
        else days_to_deliver
    end::double as observation,
    delivered_at is not null as observed
from orders, known
where counts and shipped_at is not null and returned_to_sender_at is null
