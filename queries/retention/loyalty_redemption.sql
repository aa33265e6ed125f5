/*
title       = "Loyalty points used"
question    = "Of the loyalty points given out, what share was used?"
kind        = "measure"
unit        = "percent"
interval    = "mean"
better      = "higher"
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Points used in the period divided by points given in the period; they need \
not be the same points."""
position    = 150
group       = "Loyalty programme"
needs       = ["loyalty_event", "loyalty.redeemed"]
*/
select
    day, sales_channel,
    sum(used) as numerator,
    sum(given) as denominator,
    sum(used * used) as sum_nn,
    sum(given * given) as sum_dd,
    0 as sum_nd,
    count(*) filter (used + given > 0) as units
from (
    select
        day, sales_channel,
        if(kind = 'redeemed', abs(points), 0) as used,
        if(kind != 'redeemed', greatest(points, 0), 0) as given
    from loyalty
)
group by all
