/*
title       = "Ordered after a question"
question    = """
Of the people who asked something before buying, how many ordered within 7 \
days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 7
grain       = "one row per question"
owner       = "growth"
description = """
People rather than visits: questions by any channel, e-mail and phone \
included, and orders from any device. Each person counts once."""
caveat      = """
A question whose sender cannot be matched to a person is left out."""
position    = 75
group       = "Asking"
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
