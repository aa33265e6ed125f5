/*
title = "Acquisition"
kind  = "mart"
grain = "one row per day, source of the visit, device and basis"
key   = "day, channel, source_medium, campaign, device, basis"
description = """
Where visits came from. Ready-made reports tell sources apart from countries
and steps: their rows are another cut of the same visits as in traffic.
"""

[columns]
day                = "Day the sessions started."
channel            = "Channel."
source_medium      = "Source and medium, like google / cpc."
campaign           = "Campaign."
device             = "mobile, desktop, tablet or as given."
sales_channel      = "own_shop: every visit is one of the own shop."
basis = "events: counted from visits; reports: from ready-made reports."
sessions           = "Sessions."
engaged_sessions   = "Sessions over 10 seconds, with two pages or a key event."
new_sessions = """
Sessions of new visitors; from reports: new visitors."""
*/
with

from_sessions as (
    select
        day, channel, source_medium, campaign, device, 'events' as basis,
        count(*) as sessions,
        count(*) filter (is_engaged) as engaged_sessions,
        count(*) filter (visitor_type = 'new') as new_sessions
    from sessions
    group by all
),

from_reports as (
    select
        date as day, nullif(channel_group, '') as channel,
        nullif(source_medium, '') as source_medium,
        nullif(campaign, '') as campaign,
        nullif(lower(device_category), '') as device, 'reports' as basis,
        sum(sessions) as sessions,
        sum(engaged_sessions) as engaged_sessions,
        sum(new_users) as new_sessions
    from landed.web_daily
    where
        report = 'acquisition'
        and source not in (select distinct source from sessions)
    group by all
)

select
    day, channel, source_medium, campaign, device,
    'own_shop' as sales_channel, basis,
    coalesce(sessions, 0)::bigint as sessions,
    coalesce(engaged_sessions, 0)::bigint as engaged_sessions,
    coalesce(new_sessions, 0)::bigint as new_sessions
from (
    select * from from_sessions
    union all
    select * from from_reports
)
