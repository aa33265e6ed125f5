/*
title    = "Orders that web analytics saw"
question = "Of the own shop's orders, how many did web analytics see?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "analytics"
caveat   = "Consent, blockers and interrupted payments hide orders."
needs    = ["sales_order"]
*/
select
    day, channel, device, country,
    sum(seen)::bigint as numerator,
    sum(orders)::bigint as denominator
from coverage
group by all
