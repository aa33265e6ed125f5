/*
title    = "Steps to the order"
question = "How many visits reached each step?"
kind     = "chart"
unit     = "count"
owner    = "growth"
position = 200

[chart]
type = "steps"
x = "step"
y = "visits"
*/
with steps as (
    select unnest([
        {step: 'Visit', number: 1, visits: sum(sessions)},
        {step: 'Product', number: 2, visits: sum(product_views)},
        {step: 'Cart', number: 3, visits: sum(carts)},
        {step: 'Checkout', number: 4, visits: sum(checkouts)},
        {step: 'Payment', number: 5, visits: sum(payments)},
        {step: 'Order', number: 6, visits: sum(purchases)}
    ], recursive := true)
    from traffic
    where day between $start and $end
)
select step, visits::bigint as visits
from steps
order by number
