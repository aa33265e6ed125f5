/*
title = "Landing pages"
kind  = "mart"
grain = "one row per day, first page of the visit, device and basis"
key   = "day, landing_page, device, basis"

[columns]
day              = "Day the sessions started."
landing_page     = "First page, without its query."
device           = "mobile, desktop, tablet or as given."
sales_channel    = "own_shop: every visit is one of the own shop."
basis = "events: counted from visits; reports: from ready-made reports."
sessions         = "Sessions."
engaged_sessions = "Sessions over 10 seconds, with two pages or a key event."
*/
with

from_sessions as (
    select
        day, landing_page, device, 'events' as basis,
        count(*) as sessions,
        count(*) filter (is_engaged) as engaged_sessions
    from sessions
    where landing_page is not null
    group by all
),

from_reports as (
    select
        date as day, landing_page,
        nullif(lower(device_category), '') as device, 'reports' as basis,
        sum(sessions) as sessions, sum(engaged_sessions) as engaged_sessions
    from landed.web_daily
    where
        report = 'landing' and landing_page != ''
        and source not in (select distinct source from sessions)
    group by all
)

select
    day, landing_page, device, 'own_shop' as sales_channel, basis,
    coalesce(sessions, 0)::bigint as sessions,
    coalesce(engaged_sessions, 0)::bigint as engaged_sessions
from (
    select * from from_sessions
    union all
    select * from from_reports
)
