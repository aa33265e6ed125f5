/*
title       = "Checkout completion"
question    = """
Of the visits that began the checkout, how many ended in an order?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 2
grain       = "one row per day and segment"
owner       = "growth"
description = """
Visits that skipped the step before are left out of both numbers."""
position    = 20
group       = "Buying"
needs       = ["traffic.checkouts"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(purchases_of_checkouts)::bigint as numerator,
    sum(checkouts)::bigint as denominator
from traffic
group by all
