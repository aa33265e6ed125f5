/*
title    = "Steps to the order"
question = "How many visits reached each step?"
kind     = "chart"
unit     = "count"
owner    = "growth"
position = 200

[chart]
type = "funnel"
x = "step"
y = "visits"
*/
with told as (
    select
        sum(sessions) as visits, sum(product_views) as products,
        sum(carts) as carts, sum(checkouts) as checkouts,
        sum(payments) as payments, sum(purchases) as orders,
        day between $start and $end as in_period
    from traffic
    group by in_period
),
steps as (
    select unnest([
        {step: 'Visit', number: 1, ever: visits},
        {step: 'Product', number: 2, ever: products},
        {step: 'Cart', number: 3, ever: carts},
        {step: 'Checkout', number: 4, ever: checkouts},
        {step: 'Payment', number: 5, ever: payments},
        {step: 'Order', number: 6, ever: orders}
    ], recursive := true), in_period
    from told
)
-- a step that nobody ever reached was not told, or the shop has none such
select
    step, coalesce(sum(ever) filter (in_period), 0)::bigint as visits
from steps
group by step, number
having sum(ever) > 0
order by number
