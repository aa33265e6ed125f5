/*
title = "Customers"
kind  = "mart"
grain = "one row per person with an order that counts"
key   = "person_id"
description = """
Scores run from 1 to 5 by fifths of all customers, equal ones together: 5
ordered last, most often, or brought most after refunds. The group goes by
recency (R) and the mean of the other two, rounded up (W). R 5: W 4 or 5
champions. R 3 or 4: W 4 or 5 loyal. R 4 or 5: W 3 active; else one order new
(R 5), others promising. R 3 else: needs attention. R 2: W 4 or 5 at risk,
else almost lost. R 1: W 4 or 5 previously loyal, else dormant. Who never
ordered is a prospect and not here.
"""

[columns]
person_id       = "The person."
first_order_key = "The first order."
first_order_at  = "When it was placed."
day             = "Day of the first order."
second_order_at = "When the second order was placed."
days_to_second  = "Days from first to second order, by the calendar."
orders          = "Orders that count, so far."
revenue         = "Their revenue before refunds, so far."
revenue_after_refunds = "Their revenue less refunds, so far."
first_revenue   = "Revenue of the first order."
margin          = "Their margin so far; NULL unless every line has a cost."
revenue_12_months = "Revenue of the first 365 days, from the first order on."
margin_12_months = """
Margin of the first 365 days; NULL unless every line has a cost."""
last_order_at   = "When the last order was placed."
last_day        = "Day of the last order."
marketing_consent = "Whether the person agreed to be written to."
effort_band = "none, low or high effort in the 30 days after the first order."
contacts_after_first = "Contacts in the 30 days after the first order."
promoter        = "promoter, passive or detractor by the last NPS answer."
first_order_late = "Whether the first order arrived after its promised day."
first_order_returned = "Whether anything of the first order was sent back."
first_order_coupon = "Whether the first order used a coupon."
was_referred    = "Whether another customer brought this one."
channel         = "Channel of the first order."
source_medium   = "Source and medium of the first order."
campaign        = "Campaign of the first order."
device          = "Device of the first order."
country         = "Country of the first order."
visitor_type    = "new or returning, by the session of the first order."
sales_channel   = "Sales channel of the first order."
payment_method  = "How the first order was paid."
delivery_method = "How the first order was delivered."
basket_band     = "Gross amount of the first order in bands."
customer_tier   = "Tier as of the first order: new."
tier_now        = "new, second or loyal by all orders so far."
recency_score   = "1 to 5: when the last order was placed."
frequency_score = "1 to 5: how many orders."
money_score     = "1 to 5: revenue after refunds."
rfm_group       = "One of ten, like champions; NULL below five customers."
first_product_category = "Category of the first order."
product_brand   = "Product brand with most of the first order's value."
arrival         = "on_time or late: how the first order came."
brand           = "Brand of the shop of the first order."
*/
with

counting as (
    select *
    from orders
    where counts and person_id is not null
),

first_orders as (
    select * from counting where order_number = 1
),

sums as (
    select
        counting.person_id,
        count(*) as orders,
        sum(counting.revenue) as revenue,
        sum(counting.revenue_after_refunds) as revenue_after_refunds,
        case when count(*) = count(counting.margin) then sum(counting.margin)
        end as margin,
        sum(counting.revenue) filter (early) as revenue_12_months,
        case
            when count(*) filter (early)
                = count(counting.margin) filter (early)
                then sum(counting.margin) filter (early)
        end as margin_12_months,
        max(counting.placed_at) as last_order_at
    from counting
    join first_orders using (person_id)
    cross join lateral (
        select counting.day < first_orders.day + 365 as early
    )
    group by counting.person_id
),

ranked as (
    select
        person_id,
        (1 + 5 * (rank() over (order by last_order_at::date) - 1) // people)
            ::integer as recency_score,
        (1 + 5 * (rank() over (order by orders) - 1) // people)::integer
            as frequency_score,
        (1 + 5 * (rank() over (order by revenue_after_refunds) - 1) // people)
            ::integer as money_score,
        people
    from sums
    cross join (select count(*) as people from sums)
),

grouped as (
    select
        person_id, recency_score, frequency_score, money_score,
        case
            when people < 5 then null
            when worth >= 4 then case recency_score
                when 5 then 'champions'
                when 2 then 'at_risk'
                when 1 then 'previously_loyal'
                else 'loyal'
            end
            when recency_score >= 4 and worth = 3 then 'active'
            when recency_score = 5 and orders = 1 then 'new'
            when recency_score >= 4 then 'promising'
            when recency_score = 3 then 'needs_attention'
            when recency_score = 2 then 'almost_lost'
            else 'dormant'
        end as rfm_group
    from ranked
    join sums using (person_id)
    cross join lateral (
        select (frequency_score + money_score + 1) // 2 as worth
    )
),

consents as (
    select
        person_id,
        arg_max(marketing_consent, coalesce(updated_at, created_at))
            as marketing_consent
    from landed.customer
    join landed.person
        on key_kind = 'customer' and key = source || ':' || customer_id
    where marketing_consent is not null and deleted_at is null
    group by person_id
),

answers as (
    select
        person_id,
        arg_max(
            case
                when is_promoter then 'promoter'
                when is_detractor then 'detractor'
                else 'passive'
            end, answered_at
        ) as promoter
    from feedback
    where kind = 'nps' and answered_at is not null and score is not null
    group by person_id
),

referred as (
    select distinct referred_person_id as person_id
    from loyalty
    where referred_person_id is not null
)

select
    person_id,
    order_key as first_order_key,
    placed_at as first_order_at,
    day,
    next_order_at as second_order_at,
    days_to_next as days_to_second,
    sums.orders::bigint as orders,
    sums.revenue::decimal(18, 4) as revenue,
    sums.revenue_after_refunds::decimal(18, 4) as revenue_after_refunds,
    first_orders.revenue as first_revenue,
    sums.margin::decimal(18, 4) as margin,
    revenue_12_months::decimal(18, 4) as revenue_12_months,
    margin_12_months::decimal(18, 4) as margin_12_months,
    last_order_at, last_order_at::date as last_day,
    marketing_consent,
    effort_band, contacts_after as contacts_after_first,
    promoter,
    is_late as first_order_late,
    is_returned as first_order_returned,
    coupon_used as first_order_coupon,
    referred.person_id is not null as was_referred,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier,
    case
        when sums.orders = 1 then 'new'
        when sums.orders = 2 then 'second'
        else 'loyal'
    end as tier_now,
    recency_score, frequency_score, money_score, rfm_group,
    first_product_category, product_brand, arrival, brand
from first_orders
join sums using (person_id)
join grouped using (person_id)
left join consents using (person_id)
left join answers using (person_id)
left join referred using (person_id)
