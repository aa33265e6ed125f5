/*
title       = "Visitors as reported"
question    = """
How many visitors did web analytics itself count in exactly these days?"""
kind        = "period"
unit        = "count"
better      = "higher"
owner       = "marketing"
description = """
Visitors do not add up over days, so there is a figure only for periods that \
web analytics was asked for."""
position    = 55
group       = "Visits"
needs       = ["visitor_periods.visitors"]
*/
select
    period_start, period_end, sum(visitors)::bigint as value
from visitor_periods
where visitors is not null
group by all
