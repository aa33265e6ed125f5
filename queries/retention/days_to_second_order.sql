/*
title       = "Days to second order"
question    = """
After how many days has half of the new customers ordered again?"""
kind        = "measure"
unit        = "days"
interval    = "none"
better      = "lower"
grain       = "one row per customer"
owner       = "customer relations"
description = """
People who have not come back yet are counted as still waiting. Where \
fewer than half ever come back there is no figure."""
position    = 90
needs       = ["sales_order"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category,
    coalesce(days_to_second, $through - day)::double as observation,
    days_to_second is not null as observed
from customers
