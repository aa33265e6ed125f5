/*
title       = "Asked again in a second channel"
question    = """
Of all contacts, how many did the same person follow up for the same reason \
in another channel within 7 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
window_days = 7
grain       = "one row per day and segment"
owner       = "service"
description = """
Whoever writes an e-mail because the chat did not help has been served \
twice. Contacts without a known person or reason are left out."""
position    = 115
group       = "Coming back"
needs       = ["ticket", "tickets.reason", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (asked_elsewhere) as numerator,
    count(*) as denominator
from tickets
where counts and asked_elsewhere is not null
group by all
