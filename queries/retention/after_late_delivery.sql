/*
title       = "After a late delivery"
question    = "Do people order again when their first order came late?"
kind        = "table"
grain       = "one row per country and way of delivery"
owner       = "customer relations"
description = """
People whose first order was in the 12 months that ended 90 days before \
the last day shown, so that each was watched for 90 days."""
position    = 130
needs       = ["sales_order", "orders.delivered_at", "orders.promised_at"]

[columns]
country   = "Country"
delivery  = "First delivery"
customers = { label = "Customers", format = "people" }
came_back.label = "Ordered again in 90 days"
came_back.format = "percent"
came_back.of = "customers"
value.label = "Net revenue in 12 months so far"
value.format = "money"
value.of = "customers"
*/
select
    coalesce(country, '(not set)') as country,
    if(first_order_late, 'Late', 'On time') as delivery,
    count(*) as customers,
    count(*) filter (days_to_second <= 90) / count(*) as came_back,
    avg(revenue_12_months)::double as value
from customers
where first_order_late is not null
    and day > $end - 455 and day <= $end - 90
group by all
order by country, delivery desc
