/*
title       = "Second order in 30 days"
question    = """
Of the people who ordered for the first time, how many ordered again \
within 30 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 30
grain       = "one row per day and segment"
owner       = "customer relations"
position    = 50
group       = "Coming back"
needs       = ["sales_order", "customers.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category, product_brand, arrival, effort_band,
    count(*) filter (days_to_second <= 30) as numerator,
    count(*) as denominator
from customers
group by all
