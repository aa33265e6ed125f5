/*
title       = "Visits"
question    = "How many visits did the shop have?"
kind        = "measure"
unit        = "count"
interval    = "count"
better      = "higher"
headline    = 1
grain       = "one row per day and segment"
owner       = "marketing"
description = """
Visits, not people: one person who comes back tomorrow is two visits."""
caveat      = """
Visitors who refuse cookies or block tracking are missing; the coverage \
badge says how many orders web analytics saw."""
position    = 10
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(sessions)::bigint as value
from traffic
group by all
