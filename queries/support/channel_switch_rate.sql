/*
title       = "Changed channel"
question    = """
Of the problems customers came with, how many went through more than one \
channel?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
window_days = 7
grain       = "one row per day and segment"
owner       = "service"
description = """
Contacts of one person, each 7 days or less after the last, are one \
problem."""
caveat      = """
Contacts whose sender cannot be matched to a person are left out."""
position    = 110
group       = "Coming back"
needs       = ["ticket", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (channels_in_issue > 1) as numerator,
    count(*) as denominator
from tickets
where counts and is_issue_start and person_id is not null
group by all
