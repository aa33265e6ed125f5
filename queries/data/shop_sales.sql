/*
title       = "Sales as the shop counts them"
question    = """
What did the orders of these days bring to the cent, and which of them count?"""
kind        = "table"
grain       = "one row per standing of an order"
owner       = "analytics"
description = """
An order counts on its day, a refund on the day it was paid back. Gross less \
shipping and tax is what was sold; less what was refunded it is the figure \
"Revenue"."""
needs       = ["sales_order"]

[columns]
standing         = "Standing"
orders           = { label = "Orders", format = "count" }
gross            = { label = "Gross", format = "money" }
shipping_and_tax = { label = "Shipping and tax", format = "money" }
sold             = { label = "Sold", format = "money" }
refunded         = { label = "Refunded", format = "money" }
revenue          = { label = "Revenue", format = "money" }
*/
with parts as (
    select standing, 1 as placed, gross, revenue as sold, 0 as refunded
    from orders
    where day between $start and $end
    union all
    select 'counts', 0, 0, 0, revenue
    from refunds
    where
        day between $start and $end
        and order_key in (select order_key from orders where counts)
),

sums as (
    select
        standing,
        sum(placed)::bigint as orders,
        coalesce(sum(gross), 0)::decimal(18, 2) as gross,
        coalesce(sum(sold), 0)::decimal(18, 2) as sold,
        (coalesce(sum(sold), 0) - coalesce(sum(refunded), 0))::decimal(18, 2)
            as revenue
    from parts
    group by standing
)

-- what does not count brought nothing: only how much is at stake is told
select
    standing, orders, gross,
    if(standing = 'counts', gross - sold, null)::decimal(18, 2)
        as shipping_and_tax,
    if(standing = 'counts', sold, null)::decimal(18, 2) as sold,
    if(standing = 'counts', sold - revenue, null)::decimal(18, 2) as refunded,
    if(standing = 'counts', revenue, null)::decimal(18, 2) as revenue
from sums
order by standing <> 'counts', orders desc, standing
