/*
title       = "Conversion rate"
question    = "How many orders does the own shop take for every visit?"
kind        = "measure"
unit        = "percent"
interval    = "count"
better      = "higher"
headline    = 1
grain       = "one row per day and segment"
owner       = "growth"
description = """
Orders that count (not cancelled, failed or waiting for payment) divided \
by all visits."""
caveat      = """
Web analytics misses some orders, so the figure takes orders from the shop \
and not from web analytics. Marketplace orders have no visit and are left \
out."""
position    = 10
group       = "Buying"
needs       = ["sales_order"]
*/
with parts as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        1 as gained, 0 as visits
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
    sum(gained)::bigint as numerator,
    sum(visits)::bigint as denominator
from parts
group by all
