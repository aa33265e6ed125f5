/*
title = "Customer tiers"
kind  = "mart"
grain = "one row per person and moment: order, contact, checkout or now"
key   = "person_id, happened_at"
description = """
Shopify's eleven names, as of just before the moment. Who has not ordered yet
is a prospect, unless no shop tells of orders. All others have a score for how
lately they ordered (R), how often (F), and their net revenue after refunds
(M), from 1 to 5: 1, and 1 more for each of the four cut points below it. Cut
points part all customers into fifths, equal ones together, as of the first day
of the month; now, as of the day after the last one. W is the mean of F and M,
rounded up. R 5: W 4 or 5 champions, 3 active, else new. R 4: W 4 or 5 loyal, 3
active, else promising. R 3: W 4 or 5 loyal, 3 needs attention, else almost
lost. R 1 or 2: W 5 previously loyal, 3 or 4 at risk, else dormant. Shopify
publishes the names, what they mean and that F and M are averaged; where to cut
is our reading of that. NULL as of months with fewer than 30 customers, and
where no order has an amount. Of more than 100,000 customers every second,
third and so on is looked at for the cut points.
"""

[columns]
person_id       = "The person."
happened_at     = "The moment; NULL: now, of who has ordered."
day             = "Its day; now is the day after the last one."
tier = """
champions, loyal, active, new, promising, needs_attention, at_risk,
previously_loyal, almost_lost, dormant or prospects."""
orders          = "Orders that count, before the moment."
revenue         = "Their net revenue less what was refunded by then."
last_day        = "Day of the last of them."
recency_score   = "1 to 5: how lately the last of them was placed."
frequency_score = "1 to 5: how many they are."
money_score     = "1 to 5: how much they brought."
*/
with

-- ---------------------------------------- 1. what a person had done, and when
events as (
    select
        person_id, placed_at as happened_at, day as order_day, 1 as orders,
        revenue
    from order_amounts
    where counts and person_id is not null
    union all
    -- a refund that tells no moment counts from the order on
    select
        order_amounts.person_id, coalesce(refunded_at, placed_at), null, 0,
        -refund_amounts.revenue
    from refund_amounts
    join order_amounts using (order_key)
    where counts and order_amounts.person_id is not null
    union all
    select person_id, placed_at, null, 0, -refunded_told
    from order_amounts
    anti join refund_amounts using (order_key)
    where counts and person_id is not null and refunded_told != 0
),

states as (
    select
        person_id, happened_at, happened_at::date as day,
        (sum(sum(orders)) over so_far)::bigint as orders,
        (sum(sum(revenue)) over so_far)::decimal(18, 4) as revenue,
        max(max(order_day)) over so_far as last_day,
        lead(happened_at::date) over so_far as next_day
    from events
    group by person_id, happened_at
    window so_far as (partition by person_id order by happened_at)
),

-- ------------------------------------------------- 2. the moments asked for
checkouts_begun as (
    select
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            ::integer as person_id,
        started_at
    from landed.checkout
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where started_at is not null
),

moments as (
    select person_id, placed_at as happened_at from order_amounts
    where person_id is not null
    union
    select person_id, created_at from contact_effort
    where person_id is not null
    union
    select person_id, started_at from checkouts_begun
    where person_id is not null
),

today as (
    select greatest(
        (select max(day) from states),
        (select max(happened_at)::date from moments)
    ) + 1 as day
),

standings as (
    select
        moments.person_id, moments.happened_at,
        moments.happened_at::date as day,
        date_trunc('month', moments.happened_at::date)::date as as_of,
        coalesce(states.orders, 0) as orders, states.revenue, states.last_day
    from moments
    asof left join states
        on moments.person_id = states.person_id
        and moments.happened_at > states.happened_at
    union all
    select
        person_id, null, today.day, today.day, orders, revenue, last_day
    from states
    cross join today
    where next_day is null and orders > 0
),

-- ------------------------------------------------------- 3. where to cut
dates as (
    select as_of, row_number() over (order by as_of) as number
    from (select distinct as_of from standings)
),

looked_at as (
    select states.*
    from states
    cross join (
        select 1 + count(distinct person_id) // 100001 as step from states
    )
    where orders > 0 and person_id % step = 0
),

-- the dates on which a state was a person's last one
spans as (
    select
        looked_at.orders, looked_at.revenue, last_day,
        coalesce(begins.number, 0) + 1 as first_number,
        case
            when next_day is null then (select count(*) from dates)
            else coalesce(ends.number, 0)
        end as last_number
    from looked_at
    asof left join dates as begins on looked_at.day >= begins.as_of
    asof left join dates as ends on looked_at.next_day >= ends.as_of
),

cuts as (
    select
        as_of, count(*) as customers,
        quantile_disc(last_day - as_of, [0.2, 0.4, 0.6, 0.8]) as last_days,
        quantile_disc(orders, [0.2, 0.4, 0.6, 0.8]) as orders,
        quantile_disc(revenue, [0.2, 0.4, 0.6, 0.8]) as revenues
    from (
        select
            orders, revenue, last_day,
            unnest(range(first_number, last_number + 1)) as number
        from spans
    )
    join dates using (number)
    group by as_of
),

-- ------------------------------------------------------- 4. scores and names
scored as (
    select
        standings.*,
        1 + len(list_filter(
            cuts.last_days, lambda cut: cut < standings.last_day - day
        )) as recency_score,
        1 + len(list_filter(cuts.orders, lambda cut: cut < standings.orders))
            as frequency_score,
        1 + len(list_filter(
            cuts.revenues, lambda cut: cut < standings.revenue
        )) as money_score
    from standings
    left join cuts on cuts.as_of = standings.as_of and customers >= 30
),

weighed as (
    select *, (frequency_score + money_score + 1) // 2 as worth
    from scored
)

select
    person_id, happened_at, day,
    case
        when orders = 0 and exists (from states) then 'prospects'
        when recency_score + worth is null then null
        when recency_score <= 2 then case
            when worth = 5 then 'previously_loyal'
            when worth >= 3 then 'at_risk'
            else 'dormant'
        end
        when worth >= 4 then if(recency_score = 5, 'champions', 'loyal')
        when worth = 3
            then if(recency_score = 3, 'needs_attention', 'active')
        when recency_score = 3 then 'almost_lost'
        when recency_score = 4 then 'promising'
        else 'new'
    end as tier,
    orders, revenue, last_day,
    if(orders > 0, recency_score, null)::integer as recency_score,
    if(orders > 0, frequency_score, null)::integer as frequency_score,
    if(orders > 0, money_score, null)::integer as money_score
from weighed
