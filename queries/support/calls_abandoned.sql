/*
title    = "Calls given up"
question = "Of all calls, how many hung up before anybody answered?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "lower"
grain    = "one row per day and segment"
owner    = "service"
position = 150
group    = "Waiting"
needs    = ["conversation", "tickets.abandoned"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (abandoned) as numerator,
    count(*) as denominator
from tickets
where kind = 'conversation' and not by_bot and abandoned is not null
group by all
