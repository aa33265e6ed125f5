/*
title       = "Questions before buying"
question    = """
How many questions before an order came in for every visit that looked at \
a product?"""
kind        = "measure"
unit        = "percent"
interval    = "count"
better      = "neither"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Many questions can mean interest or a product page that leaves something \
open: read it with the reasons."""
position    = 70
needs       = ["ticket", "traffic.product_views"]
*/
with parts as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        1 as questions, 0 as lookers
    from tickets
    where counts and before_purchase
    union all
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        0 as questions, product_views as lookers
    from traffic
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(questions)::bigint as numerator,
    sum(lookers)::bigint as denominator
from parts
group by all
