/*
title       = "Recognised contacts"
question    = "Of all contacts, how many can be matched to a person?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "service"
description = """
By e-mail address, phone or customer number. The others are counted as \
contacts, but nobody knows whether they came back or bought."""
position    = 195
group       = "Contacts"
needs       = ["ticket"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(person_id) as numerator,
    count(*) as denominator
from tickets
where counts
group by all
