/*
title       = "Value in 12 months"
question    = """
How much revenue, {net}, does one new customer bring in the first 12 months?"""
kind        = "measure"
unit        = "money"
interval    = "mean"
better      = "higher"
headline    = 3
window_days = 365
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
The first order included, what was refunded taken off. Read it beside the cost per new customer."""
position    = 30
needs       = ["sales_order", "customers.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category,
    sum(revenue_12_months) as numerator,
    count(*) as denominator,
    sum(revenue_12_months::double * revenue_12_months::double)
        as sum_squares
from customers
where revenue_12_months is not null
group by all
