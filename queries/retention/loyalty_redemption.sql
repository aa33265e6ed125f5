/*
title       = "Loyalty points used"
question    = "Of the loyalty points given out, what share was used?"
kind        = "measure"
unit        = "percent"
interval    = "none"
better      = "higher"
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Points used in the period divided by points given in the period; they need \
not be the same points."""
position    = 150
needs       = ["loyalty_event"]
*/
select
    day, sales_channel,
    sum(if(kind = 'redeemed', abs(points), 0)) as numerator,
    sum(if(kind = 'earned', points, 0)) as denominator
from loyalty
group by all
