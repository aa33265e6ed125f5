/*
title       = "Days to second order"
question    = """
Of the people who ordered again within 180 days, after how many days had \
half of them done so?"""
kind        = "measure"
unit        = "days"
interval    = "none"
better      = "lower"
window_days = 180
grain       = "one row per customer who came back"
owner       = "customer relations"
description = """
Tells when a reminder comes in time. How many come back at all is another \
figure."""
caveat      = """
Everybody is watched for the same 180 days, so that new customers do not \
look faster than old ones."""
position    = 90
group       = "Coming back"
needs       = ["sales_order", "customers.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category,
    days_to_second::double as observation,
    true as observed
from customers
where days_to_second <= 180
