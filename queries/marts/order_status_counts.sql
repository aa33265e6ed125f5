/*
title = "Order statuses"
kind  = "mart"
grain = "one row per source, status and standing"
key   = "source, status, standing"

[columns]
source    = "The shop."
status    = "Status as the shop gave it."
standing  = "counts, waits, lost, test, or unknown: name it in order_statuses."
orders    = "Orders with it."
first_day = "Day of the first of them."
last_day  = "Day of the last of them."
*/
select
    source, status, standing, count(*)::bigint as orders,
    min(day) as first_day, max(day) as last_day
from orders
group by all
