/*
title       = "Revenue per customer by month of first order"
question    = """
How much revenue, {net}, had one customer of each month brought after so many \
months?"""
kind        = "chart"
unit        = "money"
owner       = "customer relations"
description = """
The first order included, refunds taken off. A month here is 30 days. A cell \
stays empty until everybody of that month was watched for so long."""
position    = 86
needs       = ["sales_order", "customers.person_id"]

[columns]
months = "Months after the first order"

[chart]
type = "cohort"
x = "months"
y = "first_month"
colour = "revenue_so_far"
*/
with people as (
    select person_id, day, date_trunc('month', day)::date as month
    from customers
    where day > $end - 395 and day <= $end
),
spent as (
    select
        month,
        greatest(1, ceil((orders.day - people.day) / 30))::integer as months,
        sum(revenue_after_refunds)::double as revenue
    from people
    join orders using (person_id)
    where counts and orders.day <= people.day + 360
    group by all
),
sizes as (
    select
        month, count(*) as size, unnest(range(1, 13))::integer as months
    from people
    group by month
)
select
    strftime(sizes.month, '%Y-%m') as first_month,
    sizes.months,
    if(
        last_day(sizes.month) + 30 * sizes.months <= $through,
        sum(coalesce(revenue, 0)) over (
            partition by sizes.month order by sizes.months
        ) / size,
        null
    ) as revenue_so_far
from sizes
left join spent using (month, months)
order by first_month, months
