/*
title       = "Effort per contact"
question    = "How many signs of effort does a contact carry on average?"
kind        = "measure"
unit        = "score"
interval    = "mean"
better      = "lower"
grain       = "one row per day and segment"
owner       = "service"
description = """
One point each for the contact itself, coming back within 7 days, being \
handed on, reopening, changing channel and a long wait. The weights stand \
in queries/marts/effort_weights.sql."""
position    = 190
group       = "Contacts"
needs       = ["ticket", "tickets.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    contact_channel,
    sum(effort_points)::double as numerator,
    count(*) as denominator,
    sum(effort_points * effort_points)::double as sum_squares
from tickets
where counts and effort_points is not null
group by all
