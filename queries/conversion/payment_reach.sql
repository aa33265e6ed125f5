/*
title       = "Checkout to payment"
question    = """
Of the visits that began the checkout, how many reached payment?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Visits that skipped the step before are left out of both numbers."""
position    = 100
group       = "Buying"
tags        = ["step"]
needs       = ["traffic.checkouts", "traffic.payments"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(payments_of_checkouts)::bigint as numerator,
    sum(checkouts)::bigint as denominator
from traffic
group by all
