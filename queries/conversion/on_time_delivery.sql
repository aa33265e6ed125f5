/*
title       = "On-time delivery"
question    = """
Of the orders delivered with a promised date, how many arrived by that \
date?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 4
grain       = "one row per day and segment"
owner       = "growth"
description = """
An order belongs to the day it arrived, so the newest days are complete."""
caveat      = """
Orders without a promised or a delivery date are left out, and so are \
parcels still under way."""
position    = 40
group       = "Receiving"
needs       = ["sales_order", "orders.delivered_at", "orders.promised_at"]
*/
select
    delivered_at::date as day,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, effort_band,
    count(*) filter (not is_late) as numerator,
    count(*) as denominator
from orders
where counts and delivered_at is not null and is_late is not null
group by all
