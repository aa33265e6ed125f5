/*
title       = "Refunded"
question    = """
What share of the revenue of an order's day was paid back within 30 days?"""
kind        = "measure"
unit        = "percent"
interval    = "mean"
better      = "lower"
window_days = 30
grain       = "one row per day and segment"
owner       = "growth"
description = """
Refunds of 30 days after each order divided by the revenue of the same \
orders, {net} and without shipping."""
caveat      = """
Shops that divide the refunds of a month by the orders of that month mix \
two groups of orders."""
position    = 175
group       = "Receiving"
needs       = ["sales_order", "refunds.revenue"]
*/
with per_order as (
    select
        orders.day, orders.channel, orders.source_medium, orders.campaign,
        orders.device, orders.country, orders.visitor_type,
        orders.sales_channel, orders.payment_method, orders.delivery_method,
        orders.basket_band, orders.customer_tier,
        orders.first_product_category, orders.product_brand,
        orders.arrival, orders.effort_band, orders.order_key,
        any_value(orders.revenue)::double as ordered,
        coalesce(sum(refunds.revenue), 0)::double as refunded
    from orders
    left join refunds
        on refunds.order_key = orders.order_key
        and refunds.day <= orders.day + 30
    where counts and orders.revenue is not null
    group by all
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    sum(refunded) as numerator,
    sum(ordered) as denominator,
    sum(refunded * refunded) as sum_nn,
    sum(ordered * ordered) as sum_dd,
    sum(refunded * ordered) as sum_nd,
    count(*) as units
from per_order
group by all
