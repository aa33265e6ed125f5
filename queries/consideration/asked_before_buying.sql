/*
title       = "Questions before buying"
question    = """
How many questions before an order came in for every visit that looked at \
a product?"""
kind        = "measure"
unit        = "percent"
interval    = "count"
better      = "neither"
grain       = "one row per day and segment"
owner       = "growth"
description = """
By any channel, e-mail and phone included. Many questions can mean interest \
or a page that leaves something open: read it with the reasons."""
position    = 70
group       = "Asking"
needs       = ["ticket", "traffic.product_views"]
*/
with parts as (
    select day, sales_channel, 1 as questions, 0 as lookers
    from questions
    union all
    select day, sales_channel, 0 as questions, product_views as lookers
    from traffic
)
select
    day, sales_channel,
    sum(questions)::bigint as numerator,
    sum(lookers)::bigint as denominator
from parts
group by all
