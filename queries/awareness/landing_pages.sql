/*
title       = "Landing pages"
question    = "On which pages do visits begin, and how engaged are they?"
kind        = "table"
grain       = "one row per first page"
owner       = "marketing"
position    = 108
needs       = ["landing_pages.landing_page"]

[columns]
landing_page          = "First page"
visits                = { label = "Visits", format = "count" }
engaged_share.label   = "Engaged"
engaged_share.format  = "percent"
engaged_share.of      = "visits"
*/
select
    landing_page,
    sum(sessions)::bigint as visits,
    sum(engaged_sessions)::double / nullif(sum(sessions), 0) as engaged_share
from landing_pages
where day between $start and $end
group by landing_page
having sum(sessions) > 0
order by visits desc, landing_page
