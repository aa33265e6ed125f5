/*
title       = "Orders seen by web analytics"
question    = "Of the own shop's orders, how many did web analytics see?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "marketing"
description = """
The rest came from people who refuse cookies or block tracking, or were \
lost on the way."""
position    = 90
group       = "Tracking"
needs       = ["sales_order", "web_event"]
*/
select
    day, channel, device, country, sales_channel,
    sum(seen)::bigint as numerator,
    sum(orders)::bigint as denominator
from coverage
group by all
