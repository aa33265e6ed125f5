/*
title       = "Payment to order"
question    = "Of the visits that reached payment, how many ended in an order?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Visits that skipped the step before are left out of both numbers."""
position    = 110
group       = "Buying"
tags        = ["step"]
needs       = ["traffic.payments"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(purchases_of_payments)::bigint as numerator,
    sum(payments)::bigint as denominator
from traffic
group by all
