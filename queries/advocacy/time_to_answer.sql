/*
title       = "Time to answer a review"
question    = """
Of the reviews that got a reply within 30 days, after how many hours had \
half of them got it?"""
kind        = "measure"
unit        = "hours"
interval    = "none"
better      = "lower"
window_days = 30
grain       = "one row per review with a reply"
owner       = "customer relations"
description = """
Reviews without a reply are counted by the share of reviews answered."""
position    = 60
group       = "Reviews"
needs       = ["feedback", "feedback.review", "feedback.replied_at"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    date_diff('minute', answered_at, replied_at) / 60.0 as observation,
    true as observed
from feedback
where kind = 'review' and replied_at < answered_at + interval 30 days
