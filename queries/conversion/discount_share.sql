/*
title       = "Discounts given"
question    = "What share of the price before discounts was given away?"
kind        = "measure"
unit        = "percent"
interval    = "mean"
better      = "neither"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Discounts divided by what the orders would have cost without them."""
position    = 140
group       = "Buying"
needs       = ["sales_order", "orders.discount"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    sum(discount) as numerator,
    sum(gross + discount) as denominator,
    sum(discount::double * discount::double) as sum_nn,
    sum((gross + discount)::double * (gross + discount)::double) as sum_dd,
    sum(discount::double * (gross + discount)::double) as sum_nd,
    count(*) as units
from orders
where counts and discount is not null and gross is not null
group by all
