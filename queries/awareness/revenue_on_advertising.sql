/*
title       = "Revenue on advertising"
question    = """
How much net revenue does the own shop take for every 1 spent on \
advertising?"""
kind        = "measure"
unit        = "ratio"
interval    = "none"
better      = "higher"
grain       = "one row per day and segment"
owner       = "marketing"
description = """
All revenue of the own shop divided by all money for advertising: no \
platform can claim more than was sold."""
position    = 80
needs       = ["sales_order", "campaign_daily"]
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        revenue, 0 as cost
    from orders
    where counts and sales_channel = 'own_shop'
    union all
    select
        day, channel, campaign, sales_channel,
        0 as revenue, amount as cost
    from costs
    where kind = 'ads'
)
select
    day, channel, campaign, sales_channel,
    sum(revenue) as numerator,
    sum(cost) as denominator
from parts
group by all
