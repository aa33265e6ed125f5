/*
title = "Purchases seen by web analytics"
kind  = "mart"
grain = "one row per web source and transaction id"
key   = "web_source, transaction_id"

[columns]
web_source     = "The source of web analytics that saw it."
transaction_id = "Transaction id as web analytics gave it."
order_key      = "The order it belongs to, NULL where none was found."
matched_by     = "Form of the order's number that the id equals."
happened_at    = "When it was first seen; midnight where only a day is known."
day            = "Day it was first seen."
times_seen     = "How often it was seen: more than once is a reloaded page."
revenue        = "What web analytics says it brought, once, in `currency`."
currency       = "Currency of revenue."
shown_revenue  = "Revenue converted; NULL: no rate of the day it was seen."
sales_channel  = "own_shop: other shops have no web analytics here."
channel        = "Channel of a ready-made report, NULL for event data."
source_medium  = "Source and medium of a ready-made report."
campaign       = "Campaign of a ready-made report."
*/
with

seen as (
    select
        source, transaction_id, started_at as happened_at, purchases as times,
        null::decimal(18, 4) as revenue, null::varchar as currency,
        null::varchar as channel, null::varchar as source_medium,
        null::varchar as campaign
    from landed.session
    where transaction_id is not null
    union all
    -- an event has one row per item: those of one instant are one purchase
    select
        source, transaction_id, happened_at, 1,
        max(value), min(currency), null, null, null
    from landed.web_event
    where event_name = 'purchase' and transaction_id is not null
    group by source, transaction_id, happened_at, session_key
    union all
    select
        source, transaction_id, date::timestamptz, purchases,
        revenue, currency, channel_group, source_medium, campaign
    from landed.web_order
),

purchases as (
    select
        source as web_source, transaction_id,
        min(happened_at) as happened_at,
        sum(greatest(coalesce(times, 1), 1))::bigint as times_seen,
        arg_min(revenue, happened_at) as revenue,
        arg_min(currency, happened_at) as currency,
        arg_min(channel, happened_at) as channel,
        arg_min(source_medium, happened_at) as source_medium,
        arg_min(campaign, happened_at) as campaign
    from seen
    where trim(transaction_id) not in ('', '(not set)')
    group by source, transaction_id
)

select
    web_source, purchases.transaction_id,
    order_source || ':' || order_id as order_key, form as matched_by,
    happened_at, happened_at::date as day, times_seen,
    revenue, purchases.currency,
    (revenue * rate)::decimal(18, 4) as shown_revenue,
    'own_shop' as sales_channel,
    nullif(channel, '') as channel,
    nullif(source_medium, '') as source_medium,
    nullif(campaign, '') as campaign
from purchases
left join exchange_rates
    on exchange_rates.day = happened_at::date
    and exchange_rates.currency = upper(purchases.currency)
left join landed.purchase_match as matches
    on matches.source = web_source
    and matches.transaction_id = purchases.transaction_id
