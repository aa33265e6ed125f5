/*
title       = "Bought after asking"
question    = """
Of the visits that asked something, how many more bought within 7 days than \
of similar visits that did not ask?"""
kind        = "measure"
unit        = "percent_points"
interval    = "proportion"
better      = "higher"
headline    = 4
window_days = 7
grain       = "one row per day and segment, of visits that asked and of others"
owner       = "growth"
description = """
Visits that looked at a product. Each visit that asked is held against ten \
like the visits of its week that did not: same channel, device, country, new \
or returning, and number of products. Bought means in that visit or later by \
the same browser."""
caveat      = """
Who asks is nearer to buying already: the difference is not all due to the \
answer."""
position    = 40
needs       = ["asked_visits.similar_share"]
*/
with compared as (
    select * from asked_visits
    where bought_within_7_days is not null and similar_share is not null
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, contact_channel, 'treated' as arm,
    count(*) filter (bought_within_7_days)::double as numerator,
    count(*)::double as denominator
from compared
group by all
union all
-- of at least 30 visits each, so that ten stand for no more than were seen
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, contact_channel, 'baseline' as arm,
    sum(10 * similar_share) as numerator,
    10 * count(*)::double as denominator
from compared
group by all
