/*
title       = "Time to solution in office hours"
question    = """
After how many office hours is half of the solved tickets solved for good?"""
kind        = "measure"
unit        = "hours"
interval    = "none"
better      = "lower"
grain       = "one row per solved ticket"
owner       = "service"
description = """
As the helpdesk counts its own office hours. Open tickets are left out: \
nobody can tell how many office hours they have waited."""
position    = 65
group       = "Waiting"
needs       = ["ticket", "tickets.full_resolution_business_minutes"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    full_resolution_business_minutes / 60.0 as observation,
    true as observed
from tickets
where kind = 'ticket' and full_resolution_business_minutes is not null
