/*
title       = "Visitors"
question    = "How many different browsers visited the shop?"
kind        = "measure"
unit        = "count"
interval    = "count"
better      = "higher"
grain       = "one row per visit"
owner       = "marketing"
description = "Each browser counts once in the period, however often it came."
caveat      = """
One person with a phone and a laptop is two visitors. Visitors of two \
periods must not be added up. Visits without consent carry no visitor."""
position    = 50
group       = "Visits"
needs       = ["sessions.visitor_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    visitor_id as member
from sessions
where visitor_id is not null
