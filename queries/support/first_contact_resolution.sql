/*
title       = "Solved at first contact"
question    = """
Of the problems customers came with, how many needed no further contact on \
the same matter within 7 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 2
window_days = 7
grain       = "one row per day and segment"
owner       = "service"
description = """
A problem begins with a contact that follows no other of the same person \
within 7 days."""
caveat      = """
Contacts whose sender cannot be matched to a person are left out."""
position    = 20
needs       = ["ticket", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (is_first_contact_resolved) as numerator,
    count(*) as denominator
from tickets
where counts and is_issue_start and is_first_contact_resolved is not null
group by all
