/*
title    = "Orders with a known source"
question = "Of the own shop's orders, how many have a known source?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "analytics"
needs    = ["sales_order"]
*/
select
    day, channel, device, country,
    sum(has_source)::bigint as numerator,
    sum(orders)::bigint as denominator
from coverage
group by all
