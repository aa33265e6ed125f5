/*
title       = "Bot: handed over"
question    = "Of the chats with the bot, how many were handed to a person?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "neither"
grain       = "one row per day and segment"
owner       = "service"
description = """
Few handovers are good only where the customer did not have to come back."""
position    = 140
group       = "Chatbot"
needs       = ["conversation", "tickets.by_bot"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (handed_over) as numerator,
    count(*) as denominator
from tickets
where by_bot and handed_over is not null
group by all
