/*
title       = "No second order: what came instead"
question    = "What did new customers do instead of ordering again?"
kind        = "table"
owner       = "customer relations"
grain       = "one row per thing done instead"
description = """
First orders whose 90 days are over and that no second order followed in \
them. Each counts once, by the first that holds: ordered later, sent \
something back, asked the service, left a review, nothing seen. Choose days \
that lie at least 90 days back."""
needs       = ["sales_order"]

[columns]
instead   = "Instead"
customers = { label = "Customers", format = "people" }
share     = { label = "Share", format = "percent" }
*/
with known as (
    select
        case
            when days_to_next is not null then 'ordered later'
            when is_returned then 'sent something back'
            when contacts_after > 0 then 'asked'
            when reviewed_at is not null then 'left a review'
            else 'nothing seen'
        end as instead
    from orders
    where is_first and counts and day between $start and $end
        and day + 90 <= $through and coalesce(days_to_next, 91) > 90
)
select
    instead, count(*) as customers,
    count(*) / sum(count(*)) over () as share
from known
group by instead
order by customers desc, instead
