/*
title       = "After much effort"
question = """
Do people order again when the first order cost them much effort with the \
service?"""
kind        = "table"
grain       = "one row per group"
owner       = "customer relations"
description = """
People whose first order was in the 12 months that ended 90 days before \
the last day shown, so that each was watched for 90 days."""
position    = 120
needs       = ["sales_order", "ticket"]

[columns]
people_group = "Effort in the first 30 days"
customers    = { label = "Customers", format = "people" }
came_back.label = "Ordered again in 90 days"
came_back.format = "percent"
came_back.of = "customers"
value.label = "Net revenue in 12 months so far"
value.format = "money"
value.of = "customers"
*/
select
    case effort_band
        when 'none' then 'No contact'
        when 'low' then 'Little effort'
        when 'high' then 'Much effort'
        else '(not set)'
    end as people_group,
    count(*) as customers,
    count(*) filter (days_to_second <= 90) / count(*) as came_back,
    avg(revenue_12_months)::double as value
from customers
where day > $end - 455 and day <= $end - 90
group by all
order by customers desc
