/*
title    = "Lookers who buy"
question = """
How many orders does the own shop take for every visit that looked at a \
product?"""
kind     = "measure"
unit     = "percent"
interval = "count"
better   = "higher"
grain    = "one row per day and segment"
owner    = "growth"
position = 80
group    = "Buying"
needs    = ["sales_order", "traffic.product_views"]
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
        0 as gained, product_views as visits
    from traffic
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(gained)::bigint as numerator,
    sum(visits)::bigint as denominator
from parts
group by all
