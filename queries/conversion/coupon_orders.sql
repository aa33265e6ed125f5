/*
title    = "Orders with a coupon"
question = "Of all orders, how many used a coupon?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "neither"
grain    = "one row per day and segment"
owner    = "growth"
caveat   = """
A coupon may only move an order forward that would have come anyway: look \
at the weeks after it too."""
position = 150
group    = "Buying"
needs    = ["sales_order", "orders.coupon_used"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    count(*) filter (coupon_used) as numerator,
    count(*) as denominator
from orders
where counts and coupon_used is not null
group by all
