/*
title       = "Share of new visitors"
question    = """
Of the visits whose visitor is known, how many were first visits?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "neither"
grain       = "one row per day and segment"
owner       = "marketing"
description = """
Neither high nor low is good by itself: much advertising raises it, a \
loyal public lowers it."""
position    = 60
group       = "Visits"
needs       = ["traffic.visitor_type"]
*/
select
    day, channel, source_medium, campaign, device, country, sales_channel,
    sum(sessions) filter (visitor_type = 'new')::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
where visitor_type is not null
group by all
