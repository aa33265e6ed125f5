/*
title    = "Order statuses"
question = "Which orders count, wait or are lost, and which statuses are unknown?"
kind     = "table"
owner    = "analytics"
grain    = "one row per source and status"

[columns]
source    = "Source"
status    = "Status"
standing  = "Standing"
orders    = { label = "Orders", format = "count" }
first_day = { label = "First day", format = "date" }
last_day  = { label = "Last day", format = "date" }
*/
select source, status, standing, orders, first_day, last_day
from order_status_counts
order by standing <> 'unknown', orders desc
