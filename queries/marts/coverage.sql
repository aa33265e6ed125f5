/*
title = "Coverage"
kind  = "mart"
grain = "one row per day and segment of own-shop orders that count"
key   = "day, channel, device, country"

[columns]
day        = "Day the orders were placed."
channel    = "Channel of the order."
device     = "Device of the order."
country    = "Country of the order."
sales_channel = "own_shop."
orders     = "Own-shop orders that count."
seen       = "Of those, seen by web analytics."
has_source = "Of those, with a known source."
*/
select
    day, channel, device, country, sales_channel,
    count(*)::bigint as orders,
    count(*) filter (web_seen)::bigint as seen,
    count(*) filter (has_source)::bigint as has_source
from orders
where counts and sales_channel = 'own_shop'
group by all
