/*
title       = "Second order in 90 days"
question    = """
Of the people who ordered for the first time, how many ordered again \
within 90 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 1
window_days = 90
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Counts people from the day of their first order; nobody is judged before \
their 90 days are over."""
caveat      = """
Other tools divide orders or visits of returning customers and show a \
different figure under a similar name."""
position    = 10
needs       = ["sales_order", "customers.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category, product_brand, arrival, effort_band,
    count(*) filter (days_to_second <= 90) as numerator,
    count(*) as denominator
from customers
group by all
