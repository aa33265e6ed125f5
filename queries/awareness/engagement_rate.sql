/*
title       = "Engaged visits"
question    = """
Of all visits, how many stayed longer than 10 seconds, saw a second page \
or did something that counts?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 2
grain       = "one row per day and segment"
owner       = "marketing"
description = "The rest left at once, so there is no bounce rate beside it."
position    = 20
needs       = ["traffic.engaged_sessions"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(engaged_sessions)::bigint as numerator,
    sum(sessions)::bigint as denominator
from traffic
group by all
