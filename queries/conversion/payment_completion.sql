/*
title    = "Payment to order"
question = "Of the visits that reached payment, how many ended in an order?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "growth"
position = 110
tags     = ["buying", "step"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sum(purchases)::bigint as numerator,
    sum(payments)::bigint as denominator
from traffic
group by all
