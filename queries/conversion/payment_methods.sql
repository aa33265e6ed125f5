/*
title       = "Ways to pay"
question = """
How is each way to pay used, how often does it fail and how often does its \
parcel come back?"""
kind        = "table"
grain       = "one row per payment method"
owner       = "growth"
description = """
Failed attempts include those of orders that were given up. The way to pay \
is the last one chosen."""
position    = 210
needs       = ["sales_order", "orders.payment_method"]

[columns]
payment_method = "Payment method"
orders         = { label = "Orders", format = "count" }
order_share    = { label = "Share of orders", format = "percent" }
attempts       = { label = "Attempts", format = "count" }
failure_rate   = { label = "Failed", format = "percent", of = "attempts" }
sent_back_rate = { label = "Sent back", format = "percent", of = "orders" }
revenue        = { label = "Revenue, {net}", format = "money" }
*/
select
    coalesce(payment_method, '(not set)') as payment_method,
    count(*) filter (counts) as orders,
    count(*) filter (counts)
        / nullif(sum(count(*) filter (counts)) over (), 0) as order_share,
    -- orders alone tell of no attempt, which is not none
    case
        when (select sum(payment_attempts) from orders) > 0
            then sum(payment_attempts)::bigint
    end as attempts,
    sum(payment_failures) / nullif(sum(payment_attempts), 0)
        as failure_rate,
    -- a shop that never tells of one that came back has no rate, not zero
    case
        when (select count(returned_to_sender_at) from orders) > 0
            then count(*) filter (
                counts and returned_to_sender_at is not null
            ) / nullif(count(*) filter (counts), 0)
    end as sent_back_rate,
    coalesce(sum(revenue) filter (counts), 0)::double as revenue
from orders
where standing != 'test' and day between $start and $end
group by payment_method
order by revenue desc
