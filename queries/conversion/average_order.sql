/*
title       = "Average order"
question    = "How much does one order bring, {net} and without shipping?"
kind        = "measure"
unit        = "money"
interval    = "mean"
better      = "higher"
headline    = 3
grain       = "one row per day and segment"
owner       = "growth"
description = """
Revenue of all orders that count divided by their number, before returns."""
position    = 30
group       = "Buying"
needs       = ["sales_order"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    sum(revenue) as numerator,
    count(*) as denominator,
    sum(revenue::double * revenue::double) as sum_squares
from orders
where counts and revenue is not null
group by all
