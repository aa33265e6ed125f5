/*
title = "Customers"
kind  = "mart"
grain = "one row per person with an order that counts"
key   = "person_id"
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
first_revenue   = "Revenue of the first order less refunds, so far."
margin          = "Their margin so far; NULL unless every line has a cost."
revenue_12_months = """
Revenue of the orders of the first 365 days, from the first on, less what was \
refunded of them so far."""
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
tier_now = "Tier by all orders so far; NULL below 30 customers."
recency_score   = "1 to 5: when the last order was placed."
frequency_score = "1 to 5: how many orders."
money_score     = "1 to 5: revenue after refunds."
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
        sum(counting.revenue_after_refunds) filter (early)
            as revenue_12_months,
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

tiers_now as (
    select person_id, tier, recency_score, frequency_score, money_score
    from tiers
    where happened_at is null
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
    first_orders.revenue_after_refunds as first_revenue,
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
    tier as tier_now, recency_score, frequency_score, money_score,
    first_product_category, product_brand, arrival, brand
from first_orders
join sums using (person_id)
left join tiers_now using (person_id)
left join consents using (person_id)
left join answers using (person_id)
left join referred using (person_id)
