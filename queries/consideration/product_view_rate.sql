/*
title    = "Visits with a product"
question = "Of all visits, how many looked at a product?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
headline = 1
grain    = "one row per day and segment"
owner    = "growth"
position = 10
tags     = ["step"]
needs    = ["traffic.product_views"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(product_views)::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
group by all
