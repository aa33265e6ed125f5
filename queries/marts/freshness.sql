/*
title = "Freshness"
kind  = "mart"
grain = "one row per mart"
key   = "table_name"

[columns]
table_name       = "The mart."
landed           = "Whether any source gives what it needs."
first_day        = "Its first day."
complete_through = "Last day complete for every source that feeds it."
rows             = "Its rows."
read_at          = "When the last of its sources was read."
time_zone_differs = "Whether its days are cut in another zone than the app's."
*/
with

sizes as (
    select 'traffic' as table_name, count(*) as rows, min(day) as first_day
    from traffic
    union all
    select 'sessions', count(*), min(day) from sessions
    union all
    select 'orders', count(*), min(day) from orders
    union all
    select 'payments', count(*), min(day) from payments
)

select
    table_name, rows > 0 as landed, first_day,
    null::date as complete_through, rows::bigint as rows,
    null::timestamptz as read_at, false as time_zone_differs
from sizes
