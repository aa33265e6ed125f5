/*
title    = "Solved with one reply"
question = "Of the tickets solved, how many needed exactly one reply?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "service"
position = 70
group    = "Coming back"
needs    = ["ticket", "tickets.is_one_touch"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (is_one_touch) as numerator,
    count(*) as denominator
from tickets
where is_one_touch is not null
group by all
