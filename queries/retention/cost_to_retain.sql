/*
title       = "Cost to retain"
question    = """
What did messages and loyalty points cost for each order of a person who \
had ordered before?"""
kind        = "measure"
unit        = "money"
interval    = "mean"
better      = "lower"
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Cost of newsletters and text messages and what members paid with points, \
divided by the orders of returning customers."""
position    = 170
group       = "Customers and their value"
needs       = [
    "campaign_daily", "sales_order", "costs.messages", "orders.order_number",
]
*/
with parts as (
    select day, sales_channel, amount as cost, 0 as orders
    from costs
    where kind in ('messages', 'loyalty')
    union all
    select day, sales_channel, 0 as cost, 1 as orders
    from orders
    where counts and order_number > 1
)
select
    day, sales_channel,
    sum(cost) as numerator,
    sum(orders)::bigint as denominator,
    -- what was spent is no chance, who came back is
    0 as sum_nn,
    sum(orders)::bigint as sum_dd,
    0 as sum_nd,
    sum(orders)::bigint as units
from parts
group by all
