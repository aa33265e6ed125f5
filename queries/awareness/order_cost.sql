/*
title       = "Cost per order"
question    = """
What did advertising and messages cost for each order of the own shop, by \
new and by returning people?"""
kind        = "measure"
unit        = "money"
interval    = "mean"
better      = "lower"
grain       = "one row per day and segment"
owner       = "marketing"
description = """
All money for advertising and messages divided by all orders, whichever \
channel brought them. The cost per new customer counts first orders only."""
position    = 45
group       = "Cost"
needs       = ["campaign_daily", "sales_order", "costs.ads"]
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        amount as cost, 0 as orders
    from costs
    where kind in ('ads', 'messages')
    union all
    select
        day, channel, campaign, sales_channel,
        0 as cost, 1 as orders
    from orders
    where counts and sales_channel = 'own_shop'
)
select
    day, channel, campaign, sales_channel,
    sum(cost) as numerator,
    sum(orders)::bigint as denominator,
    -- what was spent is no chance, who ordered is
    0 as sum_nn,
    sum(orders)::bigint as sum_dd,
    0 as sum_nd,
    sum(orders)::bigint as units
from parts
group by all
