/*
title       = "Months of first order"
question    = """
Of the people who first ordered in a month, how many had ordered again \
after so many months?"""
kind        = "chart"
unit        = "percent"
owner       = "customer relations"
description = """
A month here is 30 days. A cell stays empty until everybody of that month \
was watched for so long."""
position    = 84
needs       = ["sales_order", "customers.person_id"]

[columns]
months = "Months after the first order"

[chart]
type = "cohort"
x = "months"
y = "first_month"
colour = "came_back"
*/
with cohorts as (
    select
        date_trunc('month', day)::date as month,
        unnest(range(1, 13))::integer as months,
        days_to_second
    from customers
    where day > $end - 395 and day <= $end
),
counted as (
    select
        month, months,
        count(*) as people,
        count(*) filter (days_to_second <= 30 * months) as returned
    from cohorts
    group by all
)
select
    strftime(month, '%Y-%m') as first_month,
    months,
    if(last_day(month) + 30 * months <= $through, returned / people, null)
        as came_back
from counted
order by first_month, months
