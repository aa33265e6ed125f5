/*
title       = "Campaigns"
question = """
What does each campaign cost, and what do the shop's own orders say it \
brought?"""
kind        = "table"
grain       = "one row per campaign"
owner       = "marketing"
description = """
Orders and revenue are counted from the shop's orders, never from what a \
platform claims for itself."""
position    = 106

[columns]
campaign              = "Campaign"
channel               = "Channel"
cost                  = { label = "Cost", format = "money" }
clicks                = { label = "Clicks", format = "count" }
cost_per_click.label = "Cost per click"
cost_per_click.format = "money"
cost_per_click.of = "clicks"
orders                = { label = "Orders", format = "count" }
new_customers         = { label = "First orders", format = "count" }
cost_per_new_customer.label = "Cost per new customer"
cost_per_new_customer.format = "money"
cost_per_new_customer.of = "new_customers"
revenue               = { label = "Revenue, {net}", format = "money" }
cost_of_revenue.label = "Cost, share of revenue"
cost_of_revenue.format = "percent"
cost_of_revenue.of = "orders"
*/
select
    campaign,
    any_value(channel) as channel,
    sum(cost)::double as cost,
    sum(clicks)::bigint as clicks,
    sum(cost)::double / nullif(sum(clicks), 0) as cost_per_click,
    sum(orders)::bigint as orders,
    sum(new_customers)::bigint as new_customers,
    if(sum(cost) > 0, sum(cost)::double / nullif(sum(new_customers), 0), null)
        as cost_per_new_customer,
    sum(revenue)::double as revenue,
    sum(cost)::double / nullif(sum(revenue), 0) as cost_of_revenue
from campaigns
where day between $start and $end and campaign is not null
group by all
order by cost desc nulls last, revenue desc nulls last
