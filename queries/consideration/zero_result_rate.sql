/*
title       = "Searches without a result"
question    = "Of all searches in the shop, how many found nothing?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
headline    = 3
grain       = "one row per day and segment"
owner       = "growth"
description = "Only where the shop reports how many results a search had."
position    = 30
needs       = ["traffic.searches", "traffic.zero_results"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(zero_results)::bigint as numerator,
    sum(searches)::bigint as denominator
from traffic
where zero_results is not null
group by all
