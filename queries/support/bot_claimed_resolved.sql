/*
title       = "Bot: says solved"
question    = """
Of the chats with the bot, how many does the bot itself call solved?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "neither"
grain       = "one row per day and segment"
owner       = "service"
description = """
What the bot's maker reports. Hold it against the share truly solved."""
position    = 130
group       = "Chatbot"
needs       = ["conversation", "tickets.by_bot"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (claimed_resolved) as numerator,
    count(*) as denominator
from tickets
where by_bot and claimed_resolved is not null
group by all
