/*
title       = "Visits that looked at no product: what came instead"
question    = "What did visitors do instead of looking at a product?"
kind        = "table"
owner       = "growth"
grain       = "one row per thing done instead"
description = """
Each visit counts once, by the first that holds within the days that a look \
may become an order: bought later, asked the service, came back, searched in \
the same visit, left. Visits whose days are not over are left out. A visitor \
who cannot be recognised when coming back counts as left."""
needs       = ["session"]

[columns]
instead = "Instead"
visits  = { label = "Visits", format = "people" }
share   = { label = "Share", format = "percent" }
*/
select
    instead, count(*) as visits,
    count(*) / sum(count(*)) over () as share
from stopped_visits
where step = 'product_view' and is_over and day between $start and $end
group by instead
order by visits desc, instead
