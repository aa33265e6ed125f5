/*
title       = "Withdrawals refunded"
question    = """
Of the orders people withdrew from, how many were paid back within 14 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 14
grain       = "one row per day and segment"
owner       = "service"
description = """
By the day the return was announced. What the shop refused or the customer \
took back is left out."""
caveat      = """
In the European Union the 14 days are the law; a shop may wait for the \
goods."""
position    = 183
group       = "Receiving"
needs       = ["sales_order", "returns.withdrawal"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    count(*) filter (refunded_within_14_days) as numerator,
    count(*) as denominator
from returns
where kind = 'withdrawal' and refunded_within_14_days is not null
group by all
