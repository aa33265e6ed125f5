/*
title = "Snapshot"
kind  = "mart"
grain = "one row"
key   = "stamp"

[columns]
stamp        = "Name of this snapshot."
built_at     = "When it was built."
data_through = "Last day complete in visits, orders and contacts alike."
usual_days   = """
Days a page opens with: the shortest of 28, 90 and 365 with 30 orders, where \
there are no orders with 30 visits or contacts; 28 where none has them."""
is_sample    = "Whether this is the invented shop."
time_zone    = "Zone in which a day begins."
currency     = "Currency in which money is shown."
locale       = "How numbers and dates are written."
version      = "Which texts of the marts built it."
vat          = "excluded: money is net; included: incl. VAT."
*/
with

-- what a shop lives by; a survey read months ago must not hold the days back
complete as (
    select complete_through as day
    from freshness
    where landed and table_name in ('traffic', 'orders', 'tickets')
),

-- a source that has stopped for a fortnight does not hold them back either
common as (
    select min(day) as day
    from complete
    where day >= (select max(day) - 14 from complete)
),

reach as (
    select coalesce(
        (select day from common),
        (select max(complete_through) from freshness where landed)
    ) as day
),

-- fewer than 30 give no rate, and a page without a figure helps nobody
counted as (
    select 1 as place, day, count(*) as n from orders where counts group by day
    union all
    select 2, day, sum(sessions) from traffic group by day
    union all
    select 3, day, count(*) from tickets group by day
),

enough as (
    select c.place, l.days
    from counted as c
    cross join reach as r
    cross join (values (28), (90), (365)) as l(days)
    where c.day between r.day - (l.days - 1) and r.day
    group by all
    having sum(c.n) >= 30
),

lives_by as (
    select min(place) as place from counted
)

select
    stamp, built_at,
    (select day from reach) as data_through,
    coalesce(
        (
            select min(days) from enough
            where place = (select place from lives_by)
        ), 28
    )::integer as usual_days,
    is_sample, time_zone, currency, locale, vat, version
from settings.build
cross join settings.reporting
