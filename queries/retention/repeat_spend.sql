/*
title    = "First and later orders"
question = "Do people spend more when they come back?"
kind     = "table"
grain    = "one row per order of a person"
owner    = "customer relations"
position = 190
needs    = ["sales_order", "orders.order_number"]

[columns]
order_step    = "Order"
orders        = { label = "Orders", format = "count" }
order_share   = { label = "Share of orders", format = "percent" }
average_order.label = "Average order, {net}"
average_order.format = "money"
average_order.of = "orders"
*/
select
    case
        when order_number = 1 then '1st order'
        when order_number = 2 then '2nd order'
        when order_number = 3 then '3rd order'
        else '4th and later'
    end as order_step,
    count(*) as orders,
    count(*) / sum(count(*)) over () as order_share,
    avg(revenue)::double as average_order
from orders
where counts and order_number is not null and day between $start and $end
group by order_step
order by order_step
