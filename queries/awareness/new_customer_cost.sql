/*
title       = "Cost per new customer"
question    = """
What did advertising and messages cost for each person who bought in the \
own shop for the first time?"""
kind        = "measure"
unit        = "money"
interval    = "mean"
better      = "lower"
headline    = 4
grain       = "one row per day and segment"
owner       = "marketing"
description = """
All money for advertising and messages divided by people with their first \
order, whichever channel brought them."""
caveat      = """
People whose first order came through a marketplace are left out: no \
advertising of ours brought them."""
position    = 40
needs       = [
    "campaign_daily", "sales_order", "costs.ads", "customers.person_id",
]
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        amount as cost, 0 as buyers
    from costs
    where kind in ('ads', 'messages')
    union all
    select
        day, channel, campaign, sales_channel,
        0 as cost, 1 as buyers
    from customers
    where sales_channel = 'own_shop'
)
select
    day, channel, campaign, sales_channel,
    sum(cost) as numerator,
    sum(buyers)::bigint as denominator,
    -- what was spent is no chance, who bought is
    0 as sum_nn,
    sum(buyers)::bigint as sum_dd,
    0 as sum_nd,
    sum(buyers)::bigint as units
from parts
group by all
