/*
title    = "Use of search"
question = "Of all visits, how many used the shop's search?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "neither"
grain    = "one row per day and segment"
owner    = "growth"
position = 60
group    = "Looking"
needs    = ["traffic.searches"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(search_sessions)::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
group by all
