/*
title = "Freshness"
kind  = "mart"
grain = "one row per mart that pages read"
key   = "table_name"

[columns]
table_name       = "The mart."
landed           = "Whether any source gives what it needs."
first_day        = "Its first day."
complete_through = "Last day complete for every source that feeds it."
rows             = "Its rows."
read_at          = "When the last of its sources was read."
time_zone_differs = "Whether a source cuts days in another zone than the app."
*/
with

-- the landed tables that make a mart's rows, not those that only add a column
fed_by as (
    select unnest([
        {mart: 'traffic', feeds: ['session', 'web_event', 'web_daily']},
        {mart: 'acquisition', feeds: ['session', 'web_event', 'web_daily']},
        {mart: 'landing_pages', feeds: ['session', 'web_event', 'web_daily']},
        {mart: 'sessions', feeds: ['session', 'web_event']},
        {mart: 'session_steps', feeds: ['session', 'web_event']},
        {mart: 'stopped_visits', feeds: ['session', 'web_event']},
        {mart: 'asked_visits', feeds: ['session', 'web_event']},
        {mart: 'web_purchases',
            feeds: ['session', 'web_event', 'web_daily']},
        {mart: 'leavers', feeds: ['sales_order']},
        {mart: 'orders', feeds: ['sales_order']},
        {mart: 'order_lines', feeds: ['sales_order']},
        {mart: 'order_numbers', feeds: ['sales_order']},
        {mart: 'order_amounts', feeds: ['sales_order']},
        {mart: 'refund_amounts', feeds: ['sales_order']},
        {mart: 'tiers', feeds: ['sales_order']},
        {mart: 'order_status_counts', feeds: ['sales_order']},
        {mart: 'refunds', feeds: ['sales_order']},
        {mart: 'returns', feeds: ['return_case']},
        {mart: 'mailed_people', feeds: ['message']},
        {mart: 'visitor_periods', feeds: ['web_people']},
        {mart: 'customers', feeds: ['sales_order']},
        {mart: 'coverage', feeds: ['sales_order']},
        {mart: 'stage_entries',
            feeds: ['session', 'web_event', 'sales_order']},
        {mart: 'tickets', feeds: ['ticket', 'conversation']},
        {mart: 'contact_effort', feeds: ['ticket', 'conversation']},
        {mart: 'questions', feeds: ['ticket', 'conversation']},
        {mart: 'feedback', feeds: ['feedback']},
        {mart: 'payments', feeds: ['payment_attempt']},
        {mart: 'checkouts', feeds: ['checkout']},
        {mart: 'subscriptions', feeds: ['subscription_event']},
        {mart: 'loyalty', feeds: ['loyalty_event']},
        {mart: 'messages', feeds: ['message', 'campaign_daily']},
        {mart: 'campaigns', feeds: ['campaign_daily']},
        {mart: 'costs', feeds: ['campaign_daily']},
        {mart: 'product_days',
            feeds: ['web_event', 'web_daily', 'sales_order']},
        {mart: 'touches',
            feeds: ['session', 'web_event', 'sales_order', 'ticket']}
    ], recursive := true)
),

pairs as (
    select mart as table_name, unnest(feeds) as feed from fed_by
    union all
    -- where settings say what a contact costs, contacts are costs too
    select 'costs', unnest(['ticket', 'conversation'])
    from settings.costs
    where contact is not null or bot_chat is not null
),

fed as (
    select
        pairs.table_name,
        min(complete_through) as complete_through,
        max(read_at) as read_at,
        bool_or(time_zone_differs) as time_zone_differs
    from pairs
    join landed_tables on landed_tables.table_name = feed
    group by all
),

sizes as (
    select 'traffic' as table_name, count(*) as rows, min(day) as first_day
    from traffic
    union all
    select 'acquisition', count(*), min(day) from acquisition
    union all
    select 'landing_pages', count(*), min(day) from landing_pages
    union all
    select 'sessions', count(*), min(day) from sessions
    union all
    select 'session_steps', count(*), min(day) from session_steps
    union all
    select 'stopped_visits', count(*), min(day) from stopped_visits
    union all
    select 'asked_visits', count(*), min(day) from asked_visits
    union all
    select 'web_purchases', count(*), min(day) from web_purchases
    union all
    select 'orders', count(*), min(day) from orders
    union all
    select 'leavers', count(*), min(day) from leavers
    union all
    select 'order_lines', count(*), min(day) from order_lines
    union all
    select 'order_numbers', count(*), min(placed_at)::date from order_numbers
    union all
    select 'order_amounts', count(*), min(day) from order_amounts
    union all
    select 'refund_amounts', count(*), (select min(day) from orders)
    from refund_amounts
    union all
    select 'tiers', count(*), min(day) from tiers
    union all
    select 'order_status_counts', count(*), min(first_day)
    from order_status_counts
    union all
    -- refunds are known from the first order on, whether or not any was made
    select 'refunds', count(*), (select min(day) from orders) from refunds
    union all
    select 'customers', count(*), min(day) from customers
    union all
    select 'coverage', count(*), min(day) from coverage
    union all
    select 'stage_entries', count(*), min(day) from stage_entries
    union all
    select 'tickets', count(*), min(day) from tickets
    union all
    select 'contact_effort', count(*), min(created_at)::date
    from contact_effort
    union all
    -- nobody asked before the first question, though somebody might have
    select 'questions', count(*), (select min(day) from tickets) from questions
    union all
    select 'feedback', count(*), min(day) from feedback
    union all
    select 'payments', count(*), min(day) from payments
    union all
    select 'checkouts', count(*), min(day) from checkouts
    union all
    select 'subscriptions', count(*), min(day) from subscriptions
    union all
    select 'loyalty', count(*), min(day) from loyalty
    union all
    select 'messages', count(*), min(day) from messages
    union all
    select 'returns', count(*), min(day) from returns
    union all
    select 'mailed_people', count(*), min(day) from mailed_people
    union all
    select 'visitor_periods', count(*), min(period_start) from visitor_periods
    union all
    select 'campaigns', count(*), min(day) from campaigns
    union all
    select 'costs', count(*), min(day) from costs
    union all
    select 'product_days', count(*), min(day) from product_days
    union all
    select 'touches', count(*), min(day) from touches
)

select
    table_name, fed.table_name is not null as landed, first_day,
    complete_through, rows::bigint as rows, read_at,
    coalesce(time_zone_differs, false) as time_zone_differs
from sizes
left join fed using (table_name)
