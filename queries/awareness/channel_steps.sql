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
engaged   = { label = "Engaged", format = "percent", of = "visits" }
looked.label = "Looked at a product"
looked.format = "percent"
looked.of = "visits"
carts     = { label = "Filled a cart", format = "percent", of = "visits" }
checkouts = { label = "Began the checkout", format = "percent", of = "visits" }
orders    = { label = "Ordered", format = "percent", of = "visits" }
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
