/*
title       = "What platforms claim"
question    = """
How many orders and how much revenue does each platform claim for itself, and \
what do the shop's own orders say?"""
kind        = "table"
grain       = "one row per platform, and one for all of them"
owner       = "marketing"
description = """
Claimed is what a platform says it brought. Traced are orders that count and \
came by a link of one of its campaigns on that day; in the last row all \
orders of the own shop, whoever brought them. Several platforms claim the \
same order: above 100% of the shop's revenue, that is certain."""
caveat      = """
Platforms often claim amounts with VAT and delivery and count their orders on \
the day of the click; the shop's revenue is {net}, on the day of the order."""
position    = 108
needs       = ["sales_order", "campaigns.platform_revenue"]
optional    = ["costs.ads"]

[columns]
platform        = "Platform"
cost            = { label = "Cost", format = "money" }
orders_claimed  = { label = "Orders claimed", format = "count" }
orders_traced   = { label = "Orders traced", format = "count" }
revenue_claimed = { label = "Revenue claimed", format = "money" }
revenue_traced  = { label = "Revenue traced, {net}", format = "money" }
claimed_share   = { label = "Claimed of all revenue", format = "percent" }
*/
with shop as (
    select count(*) as orders, sum(revenue)::double as revenue
    from orders
    where counts and sales_channel = 'own_shop'
        and day between $start and $end
),
claiming as (
    select
        platform, sum(cost)::double as cost,
        sum(platform_conversions) as orders_claimed,
        sum(orders)::bigint as orders_traced,
        sum(platform_revenue)::double as revenue_claimed,
        sum(revenue)::double as revenue_traced
    from campaigns
    where platform is not null and day between $start and $end
    group by platform
    having sum(platform_conversions) is not null
        or sum(platform_revenue) is not null
),
rows as (
    select *, false as is_total from claiming
    union all
    select
        'All that claim, and the whole shop', sum(cost), sum(orders_claimed),
        any_value(shop.orders), sum(revenue_claimed), any_value(shop.revenue),
        true
    from claiming, shop
    having count(*) > 0
)
select
    platform,
    nullif(rows.cost, 0) as cost,
    orders_claimed::double as orders_claimed,
    orders_traced::bigint as orders_traced,
    revenue_claimed, revenue_traced,
    revenue_claimed / nullif(shop.revenue, 0) as claimed_share
from rows, shop
order by is_total, revenue_claimed desc nulls last, platform
