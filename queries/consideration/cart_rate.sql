/*
title       = "Visits with a cart"
question    = "Of all visits, how many put something in the cart?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Published figures from 4% to 11% count different things: compare only with \
your own past."""
position    = 50
group       = "Looking"
needs       = ["traffic.carts"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(carts)::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
group by all
