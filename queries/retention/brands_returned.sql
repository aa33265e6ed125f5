/*
title       = "Brands sent back"
question = """
Which brands are asked about before buying and sent back, and do their \
buyers order again?"""
kind        = "table"
grain       = "one row per brand"
owner       = "customer relations"
description = """
Lines of orders of the 12 months that ended 90 days before the last day \
shown."""
position    = 140
needs       = ["sales_order", "order_lines.returned_quantity"]

[columns]
brand          = "Brand"
lines          = { label = "Order lines", format = "count" }
returned_share = { label = "Returned", format = "percent", of = "lines" }
asked_share    = { label = "Asked before", format = "percent", of = "lines" }
came_back.label = "Ordered again in 90 days"
came_back.format = "percent"
came_back.of = "lines"
revenue        = { label = "Revenue, {net}", format = "money" }
*/
select
    coalesce(brand, '(not set)') as brand,
    count(*) as lines,
    count(*) filter (is_returned) / nullif(count(is_returned), 0)
        as returned_share,
    count(*) filter (asked_before) / count(*) as asked_share,
    count(*) filter (days_to_next <= 90) / nullif(count(person_id), 0)
        as came_back,
    sum(revenue)::double as revenue
from order_lines
where counts and day > $end - 455 and day <= $end - 90
group by all
order by returned_share desc
