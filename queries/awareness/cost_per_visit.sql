/*
title       = "Cost per visit"
question    = """
What did advertising cost for each visit, counting visits from every \
channel?"""
kind        = "measure"
unit        = "money"
interval    = "none"
better      = "lower"
headline    = 3
grain       = "one row per day and segment"
owner       = "marketing"
description = """
Money paid to advertising platforms divided by all visits. Choose a \
channel to see what its own visits cost."""
caveat      = """
Costs are known by channel and campaign only, so the figure is not \
available by device or country."""
position    = 30
needs       = ["campaign_daily", "costs.ads"]
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        amount as cost, 0 as visits
    from costs
    where kind = 'ads'
    union all
    select
        day, channel, campaign, sales_channel,
        0 as cost, sessions as visits
    from traffic
)
select
    day, channel, campaign, sales_channel,
    sum(cost) as numerator,
    sum(visits)::bigint as denominator
from parts
group by all
