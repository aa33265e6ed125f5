/*
title       = "Pages opened next"
question    = "Which page did visitors open instead of taking a step?"
kind        = "table"
owner       = "growth"
grain       = "one row per step not taken and page"
description = """
The first page after the last time the visit was at the step before. Told by \
sources of single events, as a GA4 export; visits without told pages are left \
out. Pages of fewer than 5 visits are one row, so that no rare address is \
named."""
needs       = ["web_event"]

[columns]
step   = "Step not taken"
page   = "Page opened next"
visits = { label = "Visits", format = "people" }
share  = { label = "Share", format = "percent", of = "told" }
told   = { label = "Visits told", format = "count" }
*/
with counted as (
    select
        step, next_page, count(*) as visits,
        sum(count(*)) over (partition by step) as told
    from stopped_visits
    where next_page is not null and day between $start and $end
    group by step, next_page
)
select
    step,
    case
        when next_page = '(none)' then '(the visit ended)'
        when visits < 5 then '(other pages)'
        else next_page
    end as page,
    sum(visits)::bigint as visits,
    sum(visits) / any_value(told) as share,
    any_value(told)::bigint as told
from counted
group by step, page
order by step, page = '(other pages)', visits desc, page
