/*
title = "Stage entries"
kind  = "mart"
grain = "one row per visit or order and stage it entered"
key   = "stage, unit, unit_id, order_key"
description = """
Awareness and consideration count visits; conversion, retention and advocacy
count orders of people. moved_on is NULL while the window is open, also for
those who have moved on already: else the youngest days would look best.
"""

[columns]
unit          = "session or person."
unit_id       = "session_id or person_id."
order_key     = "The order, NULL for visits."
stage         = "awareness, consideration, conversion, retention or advocacy."
entered_at    = "When the stage was entered."
day           = "Day it was entered."
moved_on_at   = "When it was left for the next stage."
moved_on      = "Whether it was, within the window; NULL while that is open."
window_days   = "Days of the window; 0 is the same visit."
channel       = "Channel of the visit, or of the order."
source_medium = "Source and medium of it."
campaign      = "Campaign of it."
device        = "Device of it."
country       = "Country of it."
visitor_type  = "new or returning."
sales_channel = "Sales channel of the order; own_shop for visits."
payment_method = "How the order was paid."
delivery_method = "How the order was delivered."
basket_band   = "Gross amount of the order in bands."
customer_tier = "Tier of the person just before the order."
first_product_category = "Category of the person's first order."
product_brand = "Product brand with most of the order's value."
arrival       = "on_time or late: how the order came."
effort_band   = "none, low or high effort in the 30 days after the order."
value = "Net revenue it brought: of the order it moved on to, else its own."
*/
with

-- a window is over when the orders are complete through its last day
known_through as (
    select
        min(complete_through) filter (table_name = 'sales_order')
            as orders_through,
        min(complete_through) filter (table_name = 'feedback')
            as feedback_through
    from landed_tables
),

placed as (
    select order_key, person_id, placed_at, day, revenue
    from orders
    where counts and person_id is not null
),

session_revenue as (
    select visit_id as session_id, sum(revenue) as session_revenue
    from (
        select session_id as visit_id, unnest(order_keys) as order_key
        from sessions
        where order_keys is not null
    )
    join orders using (order_key)
    where counts
    group by visit_id
),

later_orders as (
    select
        session_id, placed.placed_at as later_at, placed.day as later_day,
        placed.revenue as later_revenue
    from (
        select session_id, person_id, started_at
        from sessions
        where person_id is not null and viewed_product
    ) as known
    asof join placed
        on known.person_id = placed.person_id
        and known.started_at <= placed.placed_at
),

-- awareness: every visit; it moves on when a product is viewed
awareness as (
    select
        'session' as unit, session_id as unit_id, null::varchar as order_key,
        'awareness' as stage, started_at as entered_at, day,
        case when viewed_product then started_at end as moved_on_at,
        viewed_product as moved_on, 0 as window_days,
        channel, source_medium, campaign, device, country, visitor_type,
        session_revenue as value
    from sessions
    left join session_revenue using (session_id)
),

-- consideration: visits that viewed a product; they move on when they buy in
-- the same visit, or within the window where the person is known
looks as (
    select
        session_id, started_at, day, person_id, purchased,
        channel, source_medium, campaign, device, country, visitor_type,
        session_revenue, later_at, later_revenue, buy_days,
        coalesce(later_day <= day + buy_days, false) as bought_later,
        person_id is null or day + buy_days <= orders_through as is_over
    from sessions
    left join session_revenue using (session_id)
    left join later_orders using (session_id)
    cross join settings.stage_windows
    cross join known_through
    where viewed_product
),

consideration as (
    select
        'session' as unit, session_id as unit_id, null::varchar as order_key,
        'consideration' as stage, started_at as entered_at, day,
        case
            when purchased then started_at
            when bought_later then later_at
        end as moved_on_at,
        case when is_over then purchased or bought_later end as moved_on,
        case when person_id is null then 0 else buy_days end as window_days,
        channel, source_medium, campaign, device, country, visitor_type,
        case
            when purchased then session_revenue
            when bought_later then later_revenue
        end as value
    from looks
),

counting as (
    select
        orders.*, come_back_days, recommend_days,
        orders.day + come_back_days <= orders_through as return_is_over,
        delivered_at::date + recommend_days
            <= coalesce(feedback_through, orders_through) as word_is_over,
        days_to_next <= come_back_days as came_back,
        least(reviewed_at, referred_at) as recommended_at,
        least(reviewed_at, referred_at)::date
            <= delivered_at::date + recommend_days as recommended
    from orders
    cross join settings.stage_windows
    cross join known_through
    where counts
),

next_revenue as (
    select
        order_key, lead(revenue) over (
            partition by person_id order by placed_at, order_key
        ) as next_revenue
    from placed
),

-- conversion: orders that count; they move on by coming back or recommending
conversion as (
    select
        'conversion' as stage, placed_at as entered_at, day,
        case
            when came_back then next_order_at
            when recommended then recommended_at
        end as moved_on_at,
        case
            when person_id is not null and return_is_over
                then coalesce(came_back, false) or coalesce(recommended, false)
        end as moved_on,
        come_back_days as window_days, revenue as value, counting
    from counting
),

-- retention: each order; it moves on when the person orders again
retention as (
    select
        'retention' as stage, placed_at as entered_at, day,
        case when came_back then next_order_at end as moved_on_at,
        case
            when person_id is not null and return_is_over
                then coalesce(came_back, false)
        end as moved_on,
        come_back_days as window_days,
        case when came_back then next_revenue end as value, counting
    from counting
    left join next_revenue using (order_key)
),

-- advocacy: each delivered order; it moves on by a review or a referral
advocacy as (
    select
        'advocacy' as stage, delivered_at as entered_at,
        delivered_at::date as day,
        case when recommended then recommended_at end as moved_on_at,
        case when word_is_over then coalesce(recommended, false) end
            as moved_on,
        recommend_days as window_days, revenue as value, counting
    from counting
    where delivered_at is not null
),

visits as (
    select * from awareness
    union all
    select * from consideration
),

people as (
    select * from conversion
    union all
    select * from retention
    union all
    select * from advocacy
)

select
    unit, unit_id::bigint as unit_id, order_key, stage, entered_at, day,
    moved_on_at, moved_on, window_days::integer as window_days,
    channel, source_medium, campaign, device, country, visitor_type,
    'own_shop' as sales_channel, null::varchar as payment_method,
    null::varchar as delivery_method, null::varchar as basket_band,
    null::varchar as customer_tier, null::varchar as first_product_category,
    null::varchar as product_brand, null::varchar as arrival,
    null::varchar as effort_band,
    value::decimal(18, 4) as value
from visits
union all
select
    'person', counting.person_id, counting.order_key, stage, entered_at, day,
    moved_on_at, moved_on, window_days,
    counting.channel, counting.source_medium, counting.campaign,
    counting.device, counting.country, counting.visitor_type,
    counting.sales_channel, counting.payment_method, counting.delivery_method,
    counting.basket_band, counting.customer_tier,
    counting.first_product_category, counting.product_brand,
    counting.arrival, counting.effort_band, value
from people
