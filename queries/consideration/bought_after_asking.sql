/*
title       = "Bought after asking"
question    = """
Of the people who asked something before buying, how many ordered within 7 \
days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 4
window_days = 7
grain       = "one row per question"
owner       = "growth"
description = """
Each person counts once, whatever number of questions they asked."""
caveat      = """
A question whose sender cannot be matched to a person is left out."""
position    = 40
needs       = ["ticket", "sales_order", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    person_id as member,
    true as entered,
    bought_within_7_days as hit
from tickets
where counts and before_purchase and person_id is not null
