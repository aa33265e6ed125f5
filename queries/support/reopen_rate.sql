/*
title    = "Reopened tickets"
question = "Of the tickets solved, how many were opened again?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "lower"
grain    = "one row per day and segment"
owner    = "service"
position = 80
group    = "Coming back"
needs    = ["ticket", "tickets.reopens"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (reopens > 0) as numerator,
    count(*) as denominator
from tickets
where kind = 'ticket' and is_solved
group by all
