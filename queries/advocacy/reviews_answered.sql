/*
title       = "Reviews answered"
question    = "Of the reviews written, how many got a reply within 7 days?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 7
grain       = "one row per day and segment"
owner       = "customer relations"
position    = 50
group       = "Reviews"
needs       = ["feedback", "feedback.review", "feedback.replied_at"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    count(*) filter (replied_at <= answered_at + interval 7 days)
        as numerator,
    count(*) as denominator
from feedback
where kind = 'review' and answered_at is not null
group by all
