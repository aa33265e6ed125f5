/*
title       = "Cart to checkout"
question    = "For visits with a cart, how many began the checkout?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Visits that skipped the step before are left out of both numbers."""
position    = 90
group       = "Buying"
tags        = ["step"]
needs       = ["traffic.carts", "traffic.checkouts"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(checkouts_of_carts)::bigint as numerator,
    sum(carts)::bigint as denominator
from traffic
group by all
