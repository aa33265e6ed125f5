/*
title       = "Parcels not collected: what came instead"
question    = "What did customers do instead of collecting their parcel?"
kind        = "table"
owner       = "growth"
grain       = "one row per thing done instead"
description = """
Parcels that went back to the shop uncollected within 21 days. Each counts \
once, by the first that holds: ordered again, asked the service, nothing \
seen."""
needs       = ["sales_order", "orders.shipped_at"]

[columns]
instead = "Instead"
orders  = { label = "Orders", format = "count" }
share   = { label = "Share", format = "percent" }
*/
with known as (
    select
        case
            when days_to_next is not null then 'ordered again'
            when contacts_after > 0 then 'asked'
            else 'nothing seen'
        end as instead
    from orders
    where counts and shipped_at is not null and day between $start and $end
        and (
            payment_method = 'cash_on_delivery'
            or delivery_method in ('locker', 'pickup')
        )
        and returned_to_sender_at::date <= day + 21
)
select
    instead, count(*) as orders,
    count(*) / sum(count(*)) over () as share
from known
group by instead
order by orders desc, instead
