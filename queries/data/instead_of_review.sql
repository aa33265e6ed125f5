/*
title       = "Deliveries without a review: what came instead"
question    = "What did customers do instead of leaving a review?"
kind        = "table"
owner       = "customer relations"
grain       = "one row per thing done instead"
description = """
Delivered orders whose 30 days are over and that nobody reviewed in them. \
Each counts once, by the first that holds: reviewed later, sent something \
back, asked the service, ordered again, nothing seen. Choose days that lie at \
least 30 days back."""
needs       = ["sales_order", "feedback", "orders.delivered_at"]

[columns]
instead = "Instead"
orders  = { label = "Orders", format = "count" }
share   = { label = "Share", format = "percent" }
*/
with known as (
    select
        case
            when reviewed_at is not null then 'reviewed later'
            when is_returned then 'sent something back'
            when contacts_after > 0 then 'asked'
            when days_to_next is not null then 'ordered again'
            else 'nothing seen'
        end as instead
    from orders
    where counts and delivered_at::date between $start and $end
        and delivered_at::date + 30 <= $through
        and coalesce(reviewed_at >= delivered_at + interval 30 days, true)
)
select
    instead, count(*) as orders,
    count(*) / sum(count(*)) over () as share
from known
group by instead
order by orders desc, instead
