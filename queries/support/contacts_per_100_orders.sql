/*
title       = "Contacts per 100 orders"
question    = "How many contacts come in for every 100 orders?"
kind        = "measure"
unit        = "per_100"
interval    = "count"
better      = "lower"
headline    = 3
grain       = "one row per day and segment"
owner       = "service"
description = """
All contacts of customers, by person or bot, divided by all orders that \
count."""
caveat      = """
Published figures run from 7 to 88, depending on what is called a contact: \
compare only with your own past."""
position    = 40
needs       = ["ticket", "sales_order"]
*/
with parts as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel, payment_method, delivery_method, basket_band,
        customer_tier, first_product_category, product_brand, arrival,
        1 as contacts, 0 as orders
    from tickets
    where counts
    union all
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel, payment_method, delivery_method, basket_band,
        customer_tier, first_product_category, product_brand, arrival,
        0 as contacts, 1 as orders
    from orders
    where counts
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    sum(contacts)::bigint as numerator,
    sum(orders)::bigint as denominator
from parts
group by all
