/*
title       = "Revenue from returning customers"
question    = """
What share of revenue, {net}, comes from people who had ordered before?"""
kind        = "measure"
unit        = "percent"
interval    = "mean"
better      = "neither"
headline    = 2
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Orders whose buyer cannot be told apart from others are left out. Before \
refunds."""
caveat      = "A high share can also mean that few new people come."
position    = 20
needs       = ["sales_order", "orders.order_number"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    sum(if(order_number > 1, revenue, 0)) as numerator,
    sum(revenue) as denominator,
    sum(if(order_number > 1, revenue::double * revenue::double, 0))
        as sum_nn,
    sum(revenue::double * revenue::double) as sum_dd,
    sum(if(order_number > 1, revenue::double * revenue::double, 0))
        as sum_nd,
    count(*) as units
from orders
where counts and order_number is not null
group by all
