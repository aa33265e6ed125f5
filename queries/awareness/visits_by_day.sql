/*
title    = "Visits by day"
question = "How many visits came each day, by device?"
kind     = "chart"
owner    = "marketing"
position = 110

[chart]
type = "line"
x = "day"
y = "visits"
colour = "device"
*/
select
    day,
    coalesce(device, '(not set)') as device,
    sum(sessions)::bigint as visits
from traffic
where day between $start and $end
group by all
order by day, device
