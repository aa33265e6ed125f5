/*
title       = "Revenue"
question    = """
How much did orders bring, {net} and without shipping, minus what was \
refunded?"""
kind        = "measure"
unit        = "money"
interval    = "count"
better      = "higher"
grain       = "one row per order and per refund"
owner       = "growth"
description = """
An order counts on its day, a refund on the day it was paid back."""
caveat      = """
Shops that book refunds on the day of the order show other figures for \
single days."""
position    = 70
group       = "Buying"
needs       = ["sales_order"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    revenue as value, revenue::double * revenue::double as sum_squares
from orders
where counts
union all
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    -revenue as value, revenue::double * revenue::double as sum_squares
from refunds
where order_key in (select order_key from orders where counts)
