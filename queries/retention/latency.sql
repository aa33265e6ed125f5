/*
title       = "Days until the next order"
question    = """
How soon after an order does the next one come, and is it sooner for people \
who have ordered often?"""
kind        = "table"
grain       = "one row per order of a person"
owner       = "customer relations"
description = """
Orders of the 24 months up to the last day shown. By Kaplan and Meier: an \
order counts for as long as it was watched, so that new ones neither speed \
the figure up nor slow it down."""
caveat      = """
A dash under "half" means that fewer than half come back at all, or that \
nobody was watched for long enough to know."""
position    = 92
needs       = ["sales_order", "orders.order_number"]

[columns]
gap             = "From which order to which"
orders          = { label = "Orders", format = "count" }
in_30.label = "Next in 30 days"
in_30.format = "percent"
in_30.of = "orders"
in_90.label = "In 90 days"
in_90.format = "percent"
in_90.of = "orders"
in_180.label = "In 180 days"
in_180.format = "percent"
in_180.of = "orders"
in_365.label = "In 365 days"
in_365.format = "percent"
in_365.of = "orders"
a_quarter.label = "A quarter came after"
a_quarter.format = "days"
a_quarter.of = "orders"
a_half.label = "Half came after"
a_half.format = "days"
a_half.of = "orders"
*/
with watched as (
    select
        least(order_number, 3) as number,
        coalesce(days_to_next, $through - day)::integer as days,
        days_to_next is not null as came
    from orders
    where counts and order_number is not null
        and day > $end - 730 and day <= $end
        and coalesce(days_to_next, $through - day) >= 0
),
sizes as (
    select number, count(*) as orders from watched group by number
),
by_day as (
    select
        number, days, count(*) filter (came) as came, count(*) as gone
    from watched
    group by all
),
at_risk as (
    select
        *, sum(gone) over (
            partition by number order by days desc
        ) as open
    from by_day
),
-- the product of those who stay, day by day; nobody left is ln(0), which is
-- no number here, so the curve ends at 1 by itself
curve as (
    select
        number, days, came, open,
        1 - exp(sum(ln(greatest(1 - came / open, 1e-12))) over (
            partition by number order by days
        )) as share
    from at_risk
)
select
    case number
        when 1 then '1st to 2nd order'
        when 2 then '2nd to 3rd order'
        else '3rd and later to the next'
    end as gap,
    any_value(orders)::bigint as orders,
    -- known only as far as somebody was watched
    if(max(days) >= 30, max(share) filter (days <= 30), null) as in_30,
    if(max(days) >= 90, max(share) filter (days <= 90), null) as in_90,
    if(max(days) >= 180, max(share) filter (days <= 180), null) as in_180,
    if(max(days) >= 365, max(share) filter (days <= 365), null) as in_365,
    (min(days) filter (share >= 0.25))::double as a_quarter,
    (min(days) filter (share >= 0.5))::double as a_half
from curve
join sizes using (number)
group by number
order by number
