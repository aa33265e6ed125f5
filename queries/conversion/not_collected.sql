/*
title       = "Not collected"
question    = """
Of the orders paid on delivery or left for collection, how many went back \
uncollected?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
window_days = 21
grain       = "one row per day and segment"
owner       = "growth"
description = """
Only orders that somebody had to collect or pay at the door; those that \
went back within 21 days of the order."""
position    = 170
group       = "Receiving"
needs       = [
    "sales_order", "orders.shipped_at", "orders.returned_to_sender_at",
]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand,
    count(*) filter (returned_to_sender_at::date <= day + 21) as numerator,
    count(*) as denominator
from orders
where counts and shipped_at is not null
    and (
        payment_method = 'cash_on_delivery'
        or delivery_method in ('locker', 'pickup')
    )
group by all
