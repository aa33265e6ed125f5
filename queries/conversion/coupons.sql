/*
title       = "Coupons"
question    = """
How is each coupon code used, what does it cost, and do people who used it \
come back?"""
kind        = "table"
grain       = "one row per code"
owner       = "growth"
description = """
An order counts for the first of its codes; codes of fewer than five people \
stand together. Watched are the code's orders of the 12 months that ended 90 \
days before the last day shown, whose buyer is known: of those, came back \
says how many were followed by another order within 90 days."""
caveat      = """
Revenue with a code is not revenue because of it: the row without a code \
shows what others buy."""
position    = 225
needs       = ["sales_order", "orders.coupon_used"]

[columns]
code          = "Code"
orders        = { label = "Orders", format = "count" }
order_share   = { label = "Share of orders", format = "percent" }
first_orders  = { label = "First orders", format = "count" }
discount      = { label = "Discounts given", format = "money" }
average_order = { label = "Average, {net}", format = "money", of = "orders" }
revenue       = { label = "Revenue, {net}", format = "money" }
watched       = { label = "Watched", format = "count" }
came_back     = { label = "Came back", format = "percent", of = "watched" }
*/
with coded as (
    select
        case
            when not coupon_used then 'Without a code'
            when coupon_code = 'single use' then 'Single use'
            else coalesce(coupon_code, '(not set)')
        end as code,
        coupon_used, revenue, discount, is_first, days_to_next,
        day between $start and $end as shown,
        person_id is not null and day > $end - 455 and day <= $end - 90
            as watched
    from orders
    where counts and coupon_used is not null
)
select
    code,
    count(*) filter (shown) as orders,
    count(*) filter (shown)
        / nullif(sum(count(*) filter (shown)) over (), 0) as order_share,
    count(*) filter (shown and is_first) as first_orders,
    coalesce(sum(discount) filter (shown), 0)::double as discount,
    avg(revenue) filter (shown)::double as average_order,
    coalesce(sum(revenue) filter (shown), 0)::double as revenue,
    count(*) filter (watched) as watched,
    count(*) filter (watched and days_to_next <= 90)
        / nullif(count(*) filter (watched), 0) as came_back
from coded
group by code, coupon_used
having count(*) filter (shown) > 0
order by coupon_used desc, revenue desc, code
