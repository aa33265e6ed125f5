/*
title       = "Revenue on advertising"
question    = """
How much revenue, {net}, does the own shop take for every 1 spent on \
advertising?"""
kind        = "measure"
unit        = "ratio"
interval    = "mean"
better      = "higher"
grain       = "one row per day and segment"
owner       = "marketing"
description = """
All revenue of the own shop divided by all money for advertising: no \
platform can claim more than was sold. Before refunds."""
position    = 80
group       = "Cost"
needs       = ["sales_order", "campaign_daily", "costs.ads"]
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        revenue, 0 as cost, 1 as orders
    from orders
    where counts and sales_channel = 'own_shop'
    union all
    select
        day, channel, campaign, sales_channel,
        0 as revenue, amount as cost, 0 as orders
    from costs
    where kind = 'ads'
)
select
    day, channel, campaign, sales_channel,
    sum(revenue) as numerator,
    sum(cost) as denominator,
    -- what was spent is no chance, what was bought is
    sum(revenue::double * revenue::double) as sum_nn,
    0 as sum_dd,
    0 as sum_nd,
    sum(orders)::bigint as units
from parts
group by all
