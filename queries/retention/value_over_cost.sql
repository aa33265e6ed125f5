/*
title       = "Value over cost"
question    = """
How many times what it cost to win a new customer does that customer bring \
in the first 12 months?"""
kind        = "measure"
unit        = "ratio"
interval    = "mean"
better      = "higher"
window_days = 365
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Net revenue after refunds of the first 12 months of people whose first order \
was in the own shop, divided by what advertising and messages cost in the days of those \
first orders."""
caveat      = """
Revenue, not profit. A rule of thumb asks for 3 and more."""
position    = 35
group       = "Customers and their value"
needs       = [
    "campaign_daily", "sales_order", "costs.ads", "customers.person_id",
]
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        revenue_12_months as revenue, 0 as cost, 1 as buyers
    from customers
    where sales_channel = 'own_shop' and revenue_12_months is not null
    union all
    select
        day, channel, campaign, sales_channel,
        0 as revenue, amount as cost, 0 as buyers
    from costs
    where kind in ('ads', 'messages')
)
select
    day, channel, campaign, sales_channel,
    sum(revenue) as numerator,
    sum(cost) as denominator,
    -- what was spent is no chance, what people bought is
    sum(revenue::double * revenue::double) as sum_nn,
    0 as sum_dd,
    0 as sum_nd,
    sum(buyers)::bigint as units
from parts
group by all
