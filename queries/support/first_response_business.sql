/*
title       = "First response in office hours"
question    = """
How many minutes of office hours does half of the customers wait for the \
first answer of a person?"""
kind        = "measure"
unit        = "minutes"
interval    = "none"
better      = "lower"
grain       = "one row per answered ticket"
owner       = "service"
description = """
As the helpdesk counts its own office hours. Tickets without an answer are \
left out: nobody can tell how many office hours they have waited."""
caveat      = """
Customers wait by the clock on their wall: read it beside the first response \
by day and night."""
position    = 15
group       = "Waiting"
needs       = ["ticket", "tickets.first_reply_business_minutes"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    first_reply_business_minutes::double as observation,
    true as observed
from tickets
where kind = 'ticket' and first_reply_business_minutes is not null
