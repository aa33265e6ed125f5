/*
title       = "Value against cost"
question = """
Does a new customer bring more in 12 months than it cost to win them?"""
kind        = "table"
grain       = "one row per channel"
owner       = "customer relations"
description = """
People whose first order was between two years and one year before the \
last day shown, and what advertising and messages cost in those days. \
Refunds are taken off."""
position    = 200
needs       = ["sales_order", "campaign_daily"]

[columns]
channel   = "Channel"
customers = { label = "New customers", format = "people" }
value.label = "Net revenue in 12 months"
value.format = "money"
value.of = "customers"
cost.label = "Cost per new customer"
cost.format = "money"
cost.of = "customers"
times     = { label = "Revenue over cost", format = "ratio", of = "customers" }
*/
with parts as (
    select channel, 1 as customers, revenue_12_months as revenue, 0 as cost
    from customers
    where sales_channel = 'own_shop'
        and day > $end - 730 and day <= $end - 365
    union all
    select channel, 0, 0, amount
    from costs
    where kind in ('ads', 'messages')
        and day > $end - 730 and day <= $end - 365
)
select
    coalesce(channel, '(not set)') as channel,
    sum(customers)::bigint as customers,
    sum(revenue)::double / nullif(sum(customers), 0) as value,
    sum(cost)::double / nullif(sum(customers), 0) as cost,
    sum(revenue)::double / nullif(sum(cost)::double, 0) as times
from parts
group by all
order by customers desc
