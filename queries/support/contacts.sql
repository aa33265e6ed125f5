/*
title       = "Contacts"
question    = "How many times did customers get in touch?"
kind        = "measure"
unit        = "count"
interval    = "count"
better      = "lower"
grain       = "one row per day and segment"
owner       = "service"
description = """
Tickets, calls and bot chats that customers opened; spam and what staff \
opened are left out. A chat that became a ticket counts once."""
position    = 30
group       = "Contacts"
needs       = ["ticket"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) as value
from tickets
where counts
group by all
