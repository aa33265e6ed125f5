/*
title       = "Revenue per visit"
question    = "How much revenue, {net}, does the own shop take for every visit?"
kind        = "measure"
unit        = "money"
interval    = "mean"
better      = "higher"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Conversion rate times average order, in one figure. Before refunds."""
position    = 130
group       = "Buying"
needs       = ["sales_order"]
*/
with parts as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        revenue as gained, 0 as visits
    from orders
    where counts and sales_channel = 'own_shop'
    union all
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        0 as gained, sessions as visits
    from traffic
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(gained) as numerator,
    sum(visits)::bigint as denominator,
    -- an order and its visit come from two systems, so no product of both
    sum(gained::double * gained::double) as sum_nn,
    sum(visits)::bigint as sum_dd,
    0 as sum_nd,
    sum(visits)::bigint as units
from parts
group by all
