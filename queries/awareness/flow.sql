/*
title       = "Where visits go"
question    = "Where do visits come from, and where do they end?"
kind        = "chart"
unit        = "count"
owner       = "marketing"
description = """
A visit that put something in the cart without opening the product's page \
counts as having looked."""
position    = 120

[chart]
type   = "sankey"
source = "origin"
target = "target"
value  = "visits"

[columns]
origin = "From"
target = "To"
visits = { label = "Visits", format = "count" }
*/
with total as (
    select
        coalesce(channel, '(not set)') as channel,
        sum(sessions) as visits,
        sum(product_views) as looked,
        sum(carts) as carts,
        sum(checkouts) as checkouts,
        sum(purchases) as orders
    from traffic
    where day between $start and $end
    group by all
),
links as (
    select channel as origin, 'Looked at a product' as target, looked as visits
    from total
    union all
    select channel, 'Left without looking', visits - looked from total
    union all
    select 'Looked at a product', 'Filled a cart', sum(carts) from total
    union all
    select 'Looked at a product', 'Left after looking', sum(looked - carts)
    from total
    union all
    select 'Filled a cart', 'Began the checkout', sum(checkouts) from total
    union all
    select 'Filled a cart', 'Left a cart behind', sum(carts - checkouts)
    from total
    union all
    select 'Began the checkout', 'Ordered', sum(orders) from total
    union all
    select 'Began the checkout', 'Left in checkout', sum(checkouts - orders)
    from total
)
select origin, target, greatest(visits, 0)::bigint as visits
from links
where visits > 0
order by visits desc
