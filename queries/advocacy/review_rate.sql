/*
title       = "Review rate"
question    = "Of the orders delivered, how many got a review within 30 days?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 3
window_days = 30
grain       = "one row per day and segment"
owner       = "customer relations"
description = "An order belongs to the day it arrived."
position    = 30
needs       = [
    "sales_order", "feedback", "orders.delivered_at", "feedback.review",
]
*/
select
    delivered_at::date as day,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    count(*) filter (reviewed_at < delivered_at + interval 30 days)
        as numerator,
    count(*) as denominator
from orders
where counts and delivered_at is not null
group by all
