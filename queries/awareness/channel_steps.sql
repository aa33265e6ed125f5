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
engaged   = { label = "Engaged", format = "percent" }
looked    = { label = "Looked at a product", format = "percent" }
carts     = { label = "Filled a cart", format = "percent" }
checkouts = { label = "Began the checkout", format = "percent" }
orders    = { label = "Ordered", format = "percent" }
*/
select
    coalesce(channel, '(not set)') as channel,
    sum(sessions)::bigint as visits,
    sum(engaged_sessions) / nullif(sum(sessions), 0) as engaged,
    sum(product_views) / nullif(sum(sessions), 0) as looked,
    sum(carts) / nullif(sum(sessions), 0) as carts,
    sum(checkouts) / nullif(sum(sessions), 0) as checkouts,
    sum(purchases) / nullif(sum(sessions), 0) as orders
from traffic
where day between $start and $end
group by all
order by visits desc
