/*
title       = "Bot: truly solved"
question    = """
Of the chats with the bot, how many needed no person and no further \
contact within 3 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 3
grain       = "one row per day and segment"
owner       = "service"
description = """
The bot's own claim is another figure: people who gave up and wrote an \
e-mail are not counted as solved."""
caveat      = "Chats whose writer cannot be matched to a person are left out."
position    = 120
group       = "Chatbot"
needs       = ["conversation", "tickets.by_bot", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (contained) as numerator,
    count(*) as denominator
from tickets
where by_bot and person_id is not null and contained is not null
group by all
