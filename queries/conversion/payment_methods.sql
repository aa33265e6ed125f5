/*
title    = "Ways to pay"
question = """
How is each way to pay used, how often does it fail and how often does its \
parcel come back?"""
kind     = "table"
grain    = "one row per payment method"
owner    = "growth"
position = 210
tags     = ["buying"]
needs    = ["sales_order"]

[columns]
payment_method = "Payment method"
orders         = { label = "Orders", format = "count" }
order_share    = { label = "Share of orders", format = "percent" }
failure_rate   = { label = "Failed attempts", format = "percent" }
sent_back_rate = { label = "Sent back", format = "percent" }
revenue        = { label = "Revenue, net", format = "money" }
*/
with parts as (
    select payment_method, 1 as attempts, failed::integer as failures,
        0 as orders, 0 as revenue, 0 as sent_back
    from payments
    where failed is not null and day between $start and $end
    union all
    select payment_method, 0, 0, 1, revenue,
        (returned_to_sender_at is not null)::integer
    from orders
    where counts and day between $start and $end
)
select
    coalesce(payment_method, '(not set)') as payment_method,
    sum(orders)::bigint as orders,
    sum(orders) / nullif(sum(sum(orders)) over (), 0) as order_share,
    sum(failures) / nullif(sum(attempts), 0) as failure_rate,
    sum(sent_back) / nullif(sum(orders), 0) as sent_back_rate,
    sum(revenue)::double as revenue
from parts
group by payment_method
order by revenue desc
