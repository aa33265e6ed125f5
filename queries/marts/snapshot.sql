/*
title = "Snapshot"
kind  = "mart"
grain = "one row"
key   = "stamp"

[columns]
stamp        = "Name of this snapshot."
built_at     = "When it was built."
data_through = "Last day that is complete for every mart with rows."
is_sample    = "Whether this is the invented shop."
time_zone    = "Zone in which a day begins."
currency     = "Currency in which money is shown."
locale       = "How numbers and dates are written."
vat          = "excluded: money is net; included: incl. VAT."
*/
select
    stamp, built_at,
    (select min(complete_through) from freshness where landed) as data_through,
    is_sample, time_zone, currency, locale, vat
from settings.build
cross join settings.reporting
