/*
title       = "Coming back by first spend"
question    = """
Do people who spend more on their first order come back more often?"""
kind        = "table"
grain       = "one row per band of the first order"
owner       = "customer relations"
description = """
People whose first order was in the 12 months that ended 90 days before \
the last day shown, so that each was watched for 90 days. Money is {net}."""
position    = 192
needs       = ["sales_order", "customers.person_id"]

[columns]
first_basket  = "First order, gross"
customers     = { label = "Customers", format = "people" }
first_revenue = { label = "First order, {net}", format = "money" }
came_back.label = "Ordered again in 90 days"
came_back.format = "percent"
came_back.of = "customers"
later_revenue = { label = "Later orders, 12 months", format = "money" }
*/
select
    coalesce(basket_band, '(not set)') as first_basket,
    count(*) as customers,
    avg(first_revenue)::double as first_revenue,
    count(*) filter (days_to_second <= 90) / count(*) as came_back,
    avg(revenue_12_months - first_revenue)::double as later_revenue
from customers
where day > $end - 455 and day <= $end - 90
group by basket_band
order by first_revenue
