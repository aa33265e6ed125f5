/*
title       = "Sources of visits"
question    = "Which sources and campaigns bring visits, and how engaged are they?"
kind        = "table"
grain       = "one row per source and campaign"
owner       = "marketing"
description = """
Google's words (other), (not set) and Unassigned stand for different things \
and are kept apart."""
position    = 107
needs       = ["acquisition.source_medium"]

[columns]
source_medium         = "Source and medium"
campaign              = "Campaign"
channel               = "Channel"
visits                = { label = "Visits", format = "count" }
engaged_share.label   = "Engaged"
engaged_share.format  = "percent"
engaged_share.of      = "visits"
new_share.label       = "Of new visitors"
new_share.format      = "percent"
new_share.of          = "visits"
*/
select
    source_medium,
    campaign,
    any_value(channel) as channel,
    sum(sessions)::bigint as visits,
    sum(engaged_sessions)::double / nullif(sum(sessions), 0) as engaged_share,
    least(sum(new_sessions)::double / nullif(sum(sessions), 0), 1)
        as new_share
from acquisition
where day between $start and $end and source_medium is not null
group by source_medium, campaign
having sum(sessions) > 0
order by visits desc, source_medium, campaign
