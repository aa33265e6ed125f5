/*
title       = "Loyalty: members against others"
question    = """
Do members of the loyalty programme order again more often, and did they \
already before they joined?"""
kind        = "table"
grain       = "one row per group of customers"
owner       = "customer relations"
description = """
People whose first order was in the 12 months that ended 90 days before the \
last day shown. Who joins is a choice: orders before joining and the first \
order show how different members were from the start."""
caveat      = """
The difference between the groups is not what the programme brings: people \
who like the shop join it, and points are used on a further order."""
position    = 155
needs       = ["sales_order", "loyalty_event", "loyalty.enrolled"]

[columns]
member_group  = "Group"
customers     = { label = "Customers", format = "people" }
orders_before = { label = "Orders before joining", format = "number" }
first_revenue = { label = "First order, {net}", format = "money" }
came_back.label = "Ordered again in 90 days"
came_back.format = "percent"
came_back.of = "customers"
*/
with members as (
    select
        person_id,
        min(happened_at) filter (kind in ('enrolled', 'joined', 'signed_up'))
            as joined_at,
        count(*) filter (kind = 'redeemed') > 0 as has_used
    from loyalty
    where person_id is not null
    group by person_id
),
before_joining as (
    select person_id, count(*) as orders
    from members
    join orders using (person_id)
    where counts and placed_at < joined_at
    group by person_id
)
select
    case
        when joined_at is null then 'Not a member'
        when has_used then 'Member who used points'
        else 'Member, points not used'
    end as member_group,
    count(*) as customers,
    coalesce(sum(before_joining.orders), 0)
        / nullif(count(joined_at), 0) as orders_before,
    avg(first_revenue)::double as first_revenue,
    count(*) filter (days_to_second <= 90) / count(*) as came_back
from customers
left join members using (person_id)
left join before_joining using (person_id)
where customers.day > $end - 455 and customers.day <= $end - 90
group by 1
order by customers desc
