/*
title       = "Categories"
question = """
Which categories are looked at, bought, returned and asked about?"""
kind        = "table"
grain       = "one row per category"
owner       = "growth"
description = """
Returns belong to the day of the order, so the last weeks still ripen. \
Revenue is {net}, before refunds. Until order lines of the shop are connected, \
what web analytics saw stands in their place, with the tax it was told."""
needs       = ["product_days.product_id"]
position    = 120

[columns]
category                 = "Category"
views                    = { label = "Views", format = "count" }
cart_rate.label = "Views to cart"
cart_rate.format = "percent"
cart_rate.of = "views"
orders.label = "Orders"
orders.format = "count"
orders.needs = ["order_line"]
bought_seen.label = "Bought, seen by web analytics"
bought_seen.format = "count"
bought_seen.description = "Purchases; pieces where only reports exist."
bought_seen.needs = ["product_days.by_web"]
return_rate.label = "Returned"
return_rate.format = "percent"
return_rate.of = "orders"
return_rate.needs = ["order_line"]
questions_per_100_orders.label = "Questions per 100 orders"
questions_per_100_orders.format = "number"
questions_per_100_orders.of = "orders"
questions_per_100_orders.needs = ["order_line"]
revenue.label = "Revenue, {net}"
revenue.format = "money"
revenue.needs = ["order_line"]
revenue_seen.label = "Revenue seen by web analytics"
revenue_seen.format = "money"
revenue_seen.needs = ["product_days.by_web"]
*/
select
    coalesce(category, '(not set)') as category,
    sum(views)::bigint as views,
    sum(carts) / nullif(sum(views), 0) as cart_rate,
    (sum(purchases) filter (by_web is not true))::bigint as orders,
    (sum(purchases) filter (by_web))::bigint as bought_seen,
    sum(returned_quantity)
    / nullif(sum(quantity) filter (by_web is not true), 0) as return_rate,
    100 * sum(questions) filter (by_web is not true)
    / nullif(sum(purchases) filter (by_web is not true), 0)
        as questions_per_100_orders,
    (sum(revenue) filter (by_web is not true))::double as revenue,
    (sum(revenue) filter (by_web))::double as revenue_seen
from product_days
where day between $start and $end
group by all
order by sum(product_days.revenue) desc nulls last
