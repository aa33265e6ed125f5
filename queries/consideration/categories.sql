/*
title       = "Categories"
question = """
Which categories are looked at, bought, returned and asked about?"""
kind        = "table"
grain       = "one row per category"
owner       = "growth"
description = """
Returns belong to the day of the order, so the last weeks still ripen. \
Revenue is net, before refunds. Until orders of the shop are connected, orders \
and revenue are what web analytics saw, with the tax it was told."""
needs       = ["product_days.product_id"]
position    = 120

[columns]
category                 = "Category"
views                    = { label = "Views", format = "count" }
cart_rate.label = "Views to cart"
cart_rate.format = "percent"
cart_rate.of = "views"
orders                   = { label = "Orders", format = "count" }
return_rate.label = "Returned"
return_rate.format = "percent"
return_rate.of = "orders"
questions_per_100_orders.label = "Questions per 100 orders"
questions_per_100_orders.format = "number"
questions_per_100_orders.of = "orders"
revenue                  = { label = "Revenue, net", format = "money" }
*/
select
    coalesce(category, '(not set)') as category,
    sum(views)::bigint as views,
    sum(carts) / nullif(sum(views), 0) as cart_rate,
    sum(purchases)::bigint as orders,
    sum(returned_quantity) / nullif(sum(quantity), 0) as return_rate,
    100 * sum(questions) / nullif(sum(purchases), 0)
        as questions_per_100_orders,
    sum(revenue)::double as revenue
from product_days
where day between $start and $end
group by all
order by revenue desc nulls last
