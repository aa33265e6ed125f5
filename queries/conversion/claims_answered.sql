/*
title       = "Claims answered"
question    = """
Of the goods claimed as faulty, how many claims were answered within 14 \
days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 14
grain       = "one row per day and segment"
owner       = "service"
description = """
Claims announced as returns, by the day they were announced. Complaints that \
came to the helpdesk are another figure."""
caveat      = """
In some countries a claim without an answer in 14 days counts as accepted."""
position    = 184
group       = "Receiving"
needs       = ["sales_order", "returns.complaint"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    count(*) filter (answered_within_14_days) as numerator,
    count(*) as denominator
from returns
where kind = 'complaint' and answered_within_14_days is not null
group by all
