/*
title       = "Typical order"
question    = "What does the middle order bring, {net} and without shipping?"
kind        = "measure"
unit        = "money"
interval    = "none"
better      = "higher"
grain       = "one row per order"
owner       = "growth"
description = """
Half of the orders bring more, half less. A few very large orders move the \
average, not this figure."""
position    = 190
group       = "Buying"
needs       = ["sales_order"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    revenue::double as observation,
    true as observed
from orders
where counts and revenue is not null
