/*
title       = "Visits by channel"
question    = "How far do the visits of each channel get?"
kind        = "table"
grain       = "one row per channel"
owner       = "marketing"
description = "Every share is one of all visits of the channel."
position    = 140

[columns]
channel   = "Channel"
visits    = { label = "Visits", format = "count" }
visit_share = { label = "Share of visits", format = "percent" }
engaged   = { label = "Engaged", format = "percent", of = "visits" }
looked.label = "Looked at a product"
looked.format = "percent"
looked.of = "visits"
carts     = { label = "Filled a cart", format = "percent", of = "visits" }
checkouts = { label = "Began the checkout", format = "percent", of = "visits" }
orders    = { label = "Ordered", format = "percent", of = "visits" }
*/
with told as (
    select
        sum(engaged_sessions) > 0 as any_engaged,
        sum(product_views) > 0 as any_looked,
        sum(carts) > 0 as any_carts,
        sum(checkouts) > 0 as any_checkouts,
        sum(purchases) > 0 as any_orders
    from traffic
    where day between $start and $end
)
select
    coalesce(channel, '(not set)') as channel,
    sum(sessions)::bigint as visits,
    sum(sessions) / sum(sum(sessions)) over () as visit_share,
    if(any_engaged, sum(engaged_sessions) / nullif(sum(sessions), 0), null)
        as engaged,
    if(any_looked, sum(product_views) / nullif(sum(sessions), 0), null)
        as looked,
    if(any_carts, sum(carts) / nullif(sum(sessions), 0), null)
        as carts,
    if(any_checkouts, sum(checkouts) / nullif(sum(sessions), 0), null)
        as checkouts,
    if(any_orders, sum(purchases) / nullif(sum(sessions), 0), null)
        as orders
from traffic, told
where day between $start and $end
group by
    channel, any_engaged, any_looked, any_carts, any_checkouts, any_orders
order by visits desc
