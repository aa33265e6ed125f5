/*
title       = "Did promotions add orders?"
question    = """
Did each promotion bring more orders, its days and the 21 days after them \
taken together?"""
kind        = "table"
grain       = "one row per promotion, newest first"
owner       = "growth"
description = """
A promotion is two or more days in a row on which at least 35% of the orders \
used a coupon. Expected is what the same weekdays brought on days without \
one, in the 8 weeks before and, once they are over, the 8 weeks after; the \
range says how sure the extra orders are. Promotions of the last 18 months, \
told once their 21 days are over."""
caveat      = """
A season that peaks in these weeks, as before Christmas, counts as extra."""
position    = 205
needs       = ["sales_order", "orders.coupon_used"]

[columns]
first_day    = { label = "From", format = "date" }
last_day     = { label = "To", format = "date" }
coupon       = "Coupon used most"
orders       = { label = "Orders", format = "count" }
expected     = { label = "Expected", format = "count" }
orders_after = { label = "21 days after", format = "count" }
expected_after = { label = "Expected after", format = "count" }
extra        = { label = "Extra orders", format = "count" }
extra_low    = { label = "At least", format = "count" }
extra_high   = { label = "At most", format = "count" }
discount     = { label = "Discounts given", format = "money" }
*/
with

calendar as (
    select unnest(generate_series(
        (select min(day) from orders)::timestamp, $through::timestamp,
        interval 1 day
    ))::date as day
),

daily as (
    select
        calendar.day,
        count(order_key) as orders,
        count(*) filter (coupon_used) as coupons,
        coalesce(sum(discount) filter (coupon_used), 0) as discount,
        mode(coupon_code) as coupon
    from calendar
    left join orders on orders.day = calendar.day and counts
    group by all
),

promoted as (
    select *, day - row_number() over (order by day)::integer as run
    from daily
    where coupons >= 5 and coupons >= 0.35 * orders
),

promotions as (
    select
        min(day) as first_day, max(day) as last_day,
        sum(discount)::double as discount, mode(coupon) as coupon
    from promoted
    group by run
    having count(*) > 1
),

around as (
    select first_day, isodow(daily.day) as weekday, orders,
        daily.day < first_day as earlier
    from promotions
    join daily
        on daily.day between first_day - 56 and first_day - 1
        or daily.day between last_day + 22 and last_day + 77
    where daily.day not in (select day from promoted)
),

sides as (
    select first_day, weekday, earlier, avg(orders) as expected,
        count(*) as days, var_samp(orders) as variance
    from around
    group by all
),

-- both sides weigh the same, so that a season that drifts is met halfway
usual as (
    select
        first_day, weekday, avg(expected) as expected,
        greatest(avg(expected), avg(variance)) as variance,
        sum(days) as days
    from sides
    group by all
),

compared as (
    select
        promotions.first_day, last_day, promotions.coupon,
        promotions.discount,
        daily.day <= last_day as during, orders, expected,
        -- of the day itself and of what it is held against
        variance * greatest(1, orders / nullif(expected, 0))
            + variance / days as spread
    from promotions
    join daily on daily.day between promotions.first_day and last_day + 21
    join usual
        on usual.first_day = promotions.first_day
        and weekday = isodow(daily.day)
)

select
    first_day, last_day, any_value(coupon) as coupon,
    sum(orders) filter (during)::bigint as orders,
    sum(expected) filter (during) as expected,
    sum(orders) filter (not during)::bigint as orders_after,
    sum(expected) filter (not during) as expected_after,
    sum(orders - expected) as extra,
    sum(orders - expected) - 1.96 * sqrt(sum(spread)) as extra_low,
    sum(orders - expected) + 1.96 * sqrt(sum(spread)) as extra_high,
    any_value(discount) as discount
from compared
where last_day + 21 <= $through and first_day > $through - 548
group by first_day, last_day
order by first_day desc
