/*
title       = "Satisfied customers"
question    = "Of the people who rated a contact, how many were satisfied?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "customer relations"
description = "Satisfied means 4 or 5 of 5, or the same part of another scale."
position    = 70
group       = "Surveys"
needs       = ["feedback", "feedback.csat"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    count(*) filter (is_satisfied) as numerator,
    count(*) as denominator
from feedback
where kind = 'csat' and score is not null
group by all
