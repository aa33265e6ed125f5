/*
title       = "Failed payments"
question    = "Of all attempts to pay, how many failed?"
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Counts attempts, not orders: somebody who fails twice and then pays has \
failed twice in three."""
position    = 120
group       = "Buying"
needs       = ["payment_attempt", "payments.failed"]
*/
select
    day, device, country, sales_channel, payment_method,
    count(*) filter (failed) as numerator,
    count(*) as denominator
from payments
where failed is not null
group by all
