/*
title    = "Handed on"
question = """
Of all tickets, how many were handed to another person or team, or from \
the bot to a person?"""
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "lower"
grain    = "one row per day and segment"
owner    = "service"
position = 90
group    = "Coming back"
needs    = ["ticket", "tickets.transfers"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (transfers > 0) as numerator,
    count(*) as denominator
from tickets
where kind = 'ticket'
group by all
