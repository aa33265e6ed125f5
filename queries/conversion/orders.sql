/*
title       = "Orders"
question    = "How many orders came in that count?"
kind        = "measure"
unit        = "count"
interval    = "count"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Which statuses count is decided in the settings. Cancelled, failed and \
waiting orders and tests do not."""
position    = 50
group       = "Buying"
needs       = ["sales_order"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    count(*) as value
from orders
where counts
group by all
