/*
title       = "What answers are followed by"
question = """
Do people who would recommend the shop order again more often than those \
who would not?"""
kind        = "table"
grain       = "one row per answer"
owner       = "customer relations"
description = """
People whose first order was in the 12 months that ended 90 days before \
the last day shown, so that each was watched for 90 days."""
position    = 90
needs       = ["sales_order", "feedback"]

[columns]
answer    = "Answer"
customers = { label = "Customers", format = "people" }
came_back = { label = "Ordered again in 90 days", format = "percent" }
orders    = { label = "Orders so far", format = "number" }
value     = { label = "Net revenue in 12 months so far", format = "money" }
*/
select
    case promoter
        when 'promoter' then 'Would recommend'
        when 'passive' then 'Undecided'
        else 'Would not recommend'
    end as answer,
    count(*) as customers,
    count(*) filter (days_to_second <= 90) / count(*) as came_back,
    avg(orders) as orders,
    avg(revenue_12_months)::double as value
from customers
where promoter is not null and day > $end - 455 and day <= $end - 90
group by all
order by came_back desc
