/*
title    = "Orders with a known source"
question = """
Of the own shop's orders, for how many is it known where the buyer came \
from?"""
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "marketing"
position = 100
group    = "Tracking"
needs    = ["sales_order", "orders.channel"]
*/
select
    day, channel, device, country, sales_channel,
    sum(has_source)::bigint as numerator,
    sum(orders)::bigint as denominator
from coverage
group by all
