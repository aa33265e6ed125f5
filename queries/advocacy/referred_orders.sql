/*
title       = "Referred orders"
question    = """
Of all orders, how many were first orders of people whom a customer had \
recommended the shop to?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 4
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Known where the shop or the loyalty programme tells who brought whom. \
Later orders of the same people are not counted again."""
position    = 40
needs       = [
    "sales_order", "loyalty_event", "loyalty.referred_person_id",
]
*/
with parts as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel, payment_method, delivery_method, basket_band,
        first_product_category,
        1 as referred, 0 as orders
    from customers
    where was_referred
    union all
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel, payment_method, delivery_method, basket_band,
        first_product_category,
        0 as referred, 1 as orders
    from orders
    where counts
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category,
    sum(referred)::bigint as numerator,
    sum(orders)::bigint as denominator
from parts
group by all
