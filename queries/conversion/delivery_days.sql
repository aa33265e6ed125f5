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
as waiting so far; orders that nobody has sent yet are left out."""
position    = 160
group       = "Receiving"
needs       = ["sales_order", "orders.shipped_at", "orders.delivered_at"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    coalesce(days_to_deliver, $through - day)::double as observation,
    delivered_at is not null as observed
from orders
where counts and shipped_at is not null and returned_to_sender_at is null
