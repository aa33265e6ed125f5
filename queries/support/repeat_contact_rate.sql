/*
title       = "People who had to come back"
question    = """
Of the people who made contact, how many made contact again within 7 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
window_days = 7
grain       = "one row per contact"
owner       = "service"
description = """
Each person counts once. Problems solved at first contact are counted by \
problem, this figure by person."""
position    = 100
group       = "Coming back"
needs       = ["ticket", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    person_id as member,
    true as entered,
    repeated_within_7_days as hit
from tickets
where counts and repeated_within_7_days is not null
