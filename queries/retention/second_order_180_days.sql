/*
title       = "Second order in 180 days"
question    = """
Of the people who ordered for the first time, how many ordered again \
within 180 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 180
grain       = "one row per day and segment"
owner       = "customer relations"
position    = 70
group       = "Coming back"
needs       = ["sales_order", "customers.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category, product_brand, arrival, effort_band,
    count(*) filter (days_to_second <= 180) as numerator,
    count(*) as denominator
from customers
group by all
