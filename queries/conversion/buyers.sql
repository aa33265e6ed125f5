/*
title       = "People who ordered"
question    = "How many different people ordered?"
kind        = "measure"
unit        = "count"
interval    = "count"
better      = "higher"
grain       = "one row per order"
owner       = "growth"
description = """
Each person counts once in the period, however many orders they placed."""
caveat      = """
People of two periods must not be added up: some ordered in both."""
position    = 60
group       = "Buying"
needs       = ["sales_order", "orders.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    person_id as member
from orders
where counts and person_id is not null
