/*
title       = "Surveys answered"
question    = "Of the surveys sent, how many were answered within 14 days?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 14
grain       = "one row per day and segment"
owner       = "customer relations"
position    = 80
group       = "Surveys"
needs       = ["feedback", "feedback.asked_at"]
*/
select
    asked_at::date as day,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    count(*) filter (answered_at <= asked_at + interval 14 days)
        as numerator,
    count(*) as denominator
from feedback
where kind in ('nps', 'csat', 'ces') and asked_at is not null
group by all
