/*
title = "Snapshot"
kind  = "mart"
grain = "one row"
key   = "stamp"

[columns]
stamp        = "Name of this snapshot."
built_at     = "When it was built."
data_through = "Last day complete in visits, orders and contacts alike."
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
)

select
    stamp, built_at,
    coalesce(
        (select day from common),
        (select max(complete_through) from freshness where landed)
    ) as data_through,
    is_sample, time_zone, currency, locale, vat, version
from settings.build
cross join settings.reporting
