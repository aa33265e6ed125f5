/*
title       = "Second order by month"
question    = """
Of the people who ordered for the first time, how many had ordered again \
after each 30 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "customer relations"
description = "Each column counts only people who were watched for that long."
position    = 100
group       = "Coming back"
needs       = ["sales_order", "customers.person_id"]
*/
with steps as (
    select unnest(range(30, 361, 30)) as step
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category,
    step::integer as step,
    count(*) filter (days_to_second <= step) as numerator,
    count(*) as denominator
from customers, steps
group by all
