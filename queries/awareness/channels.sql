/*
title       = "Channels"
question    = "What does each channel bring, and what does it cost?"
kind        = "table"
grain       = "one row per channel"
owner       = "marketing"
description = """
Orders, new customers and revenue belong to the channel of the visit that \
ended in the order. Revenue is {net}, before refunds."""
position    = 105
optional    = ["traffic", "orders", "customers.person_id", "costs.ads"]

[columns]
channel               = "Channel"
visits                = { label = "Visits", format = "count" }
engaged_share.label = "Engaged"
engaged_share.format = "percent"
engaged_share.of = "visits"
orders                = { label = "Orders", format = "count" }
new_customers         = { label = "First orders", format = "count" }
revenue               = { label = "Revenue, {net}", format = "money" }
cost                  = { label = "Cost", format = "money" }
cost_per_new_customer.label = "Cost per new customer"
cost_per_new_customer.format = "money"
cost_per_new_customer.of = "new_customers"
cost_share            = { label = "Share of cost", format = "percent" }
*/
with parts as (
    select channel, sessions as visits, engaged_sessions as engaged,
        null as orders, null as buyers, null as revenue, null as cost
    from traffic
    where day between $start and $end
    union all
    select channel, null, null, 1, null, revenue, null
    from orders
    where counts and sales_channel = 'own_shop'
        and day between $start and $end
    union all
    select channel, null, null, null, 1, null, null
    from customers
    where sales_channel = 'own_shop' and day between $start and $end
    union all
    select channel, null, null, null, null, null, amount
    from costs
    where kind in ('ads', 'messages') and day between $start and $end
),
channels as (
    select
        coalesce(channel, '(not set)') as channel,
        -- no row is 0 where others have some, and nothing where nobody has
        coalesce(sum(visits), 0 * sum(sum(visits)) over ())::bigint as visits,
        coalesce(sum(engaged), 0)
            * nullif(sum(sum(engaged)) over () > 0, false)::integer as engaged,
        coalesce(sum(orders), 0 * sum(sum(orders)) over ())::bigint as orders,
        coalesce(sum(buyers), 0 * sum(sum(buyers)) over ())::bigint
            as new_customers,
        coalesce(sum(revenue), 0 * sum(sum(revenue)) over ())::double
            as revenue,
        coalesce(sum(cost), 0 * sum(sum(cost)) over ())::double as cost
    from parts
    group by all
)
select
    channel,
    visits,
    engaged / nullif(visits, 0) as engaged_share,
    orders,
    new_customers,
    revenue,
    cost,
    if(cost > 0, cost / nullif(new_customers, 0), null)
        as cost_per_new_customer,
    cost / nullif((select sum(cost) from channels), 0) as cost_share
from channels
order by revenue desc nulls last, visits desc nulls last
