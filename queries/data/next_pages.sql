/*
title       = "Pages opened next"
question    = "Which page did visitors open next, at the step they did not take?"
kind        = "table"
owner       = "growth"
grain       = "one row per step not taken and page"
description = """
The first page after the last time the visit was at the step before; the ten \
most frequent of each step. Told by sources of single events, as a GA4 \
export; visits without told pages are left out."""
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
        sum(count(*)) over (partition by step) as told,
        row_number() over (
            partition by step order by count(*) desc, next_page
        ) as place
    from stopped_visits
    where next_page is not null and day between $start and $end
    group by step, next_page
)
select
    step,
    case
        when place > 10 then '(other pages)'
        when next_page = '(none)' then '(the visit ended)'
        else next_page
    end as page,
    sum(visits)::bigint as visits,
    sum(visits) / any_value(told) as share,
    any_value(told)::bigint as told
from counted
group by step, page
order by step, page = '(other pages)', visits desc, page
