/*
title       = "Visits that ask"
question    = """
Of the visits that looked at a product, how many asked something before they \
bought?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "neither"
grain       = "one row per day and segment"
owner       = "growth"
description = """
Chats, forms and bot chats that name their visit, and events of web analytics \
that are a contact. Questions by e-mail or phone belong to no visit and are \
left out."""
position    = 72
group       = "Asking"
needs       = ["asked_visits.session_id", "traffic.product_views"]
*/
with parts as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        1 as asked, 0 as lookers
    from asked_visits
    union all
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        sales_channel,
        0 as asked, product_views as lookers
    from traffic
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(asked)::bigint as numerator,
    sum(lookers)::bigint as denominator
from parts
group by all
