/*
title = "Sessions"
kind  = "mart"
grain = "one row per visit"
key   = "session_id"

[columns]
session_id         = "Number of the visit, the place of its first landed row."
source             = "The source that saw it."
person_id          = "The person, where a purchase or a log-in tells who."
visitor_id = """
The browser: place of its first row; NULL where no consent was given."""
started_at         = "First moment of the visit."
day                = "Day it started, in the reporting time zone."
channel            = "Channel, by the source or by the mart channel_groups."
source_medium      = "Source and medium, like google / cpc."
campaign           = "Campaign."
source_basis = """
What the source is known from; first_user: the visitor's, not the visit's."""
device             = "mobile, desktop, tablet or as given."
country            = "Country of the visitor."
visitor_type       = "new or returning."
sales_channel      = "own_shop: every visit is one of the own shop."
landing_page       = "First page, without its query."
consent            = "Consent as the source gave it."
is_engaged         = "Over 10 seconds, two pages or a key event."
engagement_seconds = "Seconds in the foreground."
page_views         = "Pages seen."
searches           = "Searches made."
zero_results       = "Searches that found nothing."
viewed_product     = "Whether a product was viewed."
carted             = "Whether something was put in the cart."
began_checkout     = "Whether checkout was begun."
added_shipping     = "Whether delivery was chosen."
added_payment      = "Whether a way to pay was chosen."
purchased = "Whether it bought; a reloaded thank-you page does not count."
order_key          = "The order it led to, the first of several."
order_keys         = "All orders it led to."
*/
with

-- 1. visits that came ready-made
ready_made as (
    select
        rowid as session_id, source, session_key, visitor_key, user_key,
        started_at,
        channel_group, source_name, medium, campaign,
        device_category, country, landing_page, is_new,
        coalesce(is_engaged, engagement_seconds >= 10 or page_views >= 2)
            as is_engaged,
        engagement_seconds, page_views, searches, zero_results,
        items_viewed > 0 as viewed_product, add_to_carts > 0 as carted,
        checkouts > 0 as began_checkout, shipping_infos > 0 as added_shipping,
        payment_infos > 0 as added_payment, purchases > 0 as bought,
        purchases > 0
            and coalesce(trim(transaction_id), '') in ('', '(not set)')
            as bought_without_id,
        transaction_id, consent, null as source_basis
    from landed.session
),

-- 2. visits made of events; without consent an event has no session_key and
-- belongs to no visit
events as (
    select
        *, rowid as event_row,
        coalesce(source_name, medium, campaign) is not null as has_source,
        -- events of one instant are put in an order, so that every build
        -- picks the same one
        epoch_us(happened_at)::hugeint * 1000000
            + (hash(event_key) % 1000000)::hugeint as moment,
        -- the source's own answer for the visit is better than an event's, the
        -- visitor's very first source is the last resort; then the earliest
        case source_basis
            when 'session' then 0 when 'first_user' then 2 else 1
        end::hugeint * 1000000000000000000000000 + moment as source_rank
    from landed.web_event
    where
        session_key is not null
        and source not in (select source from landed.session)
),

-- an event with items has a row per item, and may have been read twice
events_once as (
    select
        source, session_key, any_value(event_name) as event_name,
        max(engagement_ms) as engagement_ms,
        max(search_results) as search_results
    from events
    where coalesce(item_number, 1) = 1 and event_key is not null
    group by source, session_key, event_key
    union all
    select source, session_key, event_name, engagement_ms, search_results
    from events
    where coalesce(item_number, 1) = 1 and event_key is null
),

event_counts as (
    select
        source, session_key,
        sum(engagement_ms) as engagement_ms,
        count(*) filter (event_name in ('page_view', 'screen_view'))
            as page_views,
        count(*) filter (event_name = 'view_search_results') as searches,
        count(*) filter (
            event_name = 'view_search_results' and search_results = 0
        ) as zero_results
    from events_once
    group by source, session_key
),

first_free as (
    select coalesce(max(rowid), -1) + 1 as first_free from landed.session
),

event_flags as (
    select
        source, session_key, min(event_row) as event_row,
        any_value(visitor_key) as visitor_key,
        arg_min(user_key, moment) as user_key,
        min(happened_at) as started_at,
        arg_min(
            {s: source_name, m: medium, c: campaign, b: source_basis},
            source_rank
        ) filter (has_source) as origin,
        arg_min(device_category, moment) as device_category,
        arg_min(country, moment) as country,
        split_part(arg_min(page, moment), '?', 1) as landing_page,
        bool_or(is_first_visit or session_number = 1) as is_new,
        bool_or(is_engaged) as is_engaged,
        bool_or(event_name = 'view_item') as viewed_product,
        bool_or(event_name = 'add_to_cart') as carted,
        bool_or(event_name = 'begin_checkout') as began_checkout,
        bool_or(event_name = 'add_shipping_info') as added_shipping,
        bool_or(event_name = 'add_payment_info') as added_payment,
        bool_or(event_name = 'purchase') as bought,
        bool_or(
            event_name = 'purchase'
            and coalesce(trim(transaction_id), '') in ('', '(not set)')
        ) as bought_without_id,
        arg_min(consent, moment) as consent
    from events
    group by source, session_key
),

from_events as (
    select
        first_free + event_row as session_id, source, session_key,
        visitor_key, user_key, started_at,
        null as channel_group, origin.s, origin.m, origin.c,
        device_category, country, landing_page, is_new,
        coalesce(
            is_engaged,
            coalesce(engagement_ms, 0) >= 10000 or page_views >= 2 or bought
        ) as is_engaged,
        coalesce(engagement_ms, 0) / 1000 as engagement_seconds,
        page_views, searches, zero_results, viewed_product, carted,
        began_checkout, added_shipping, added_payment, bought,
        bought_without_id, null as transaction_id, consent, origin.b
    from event_flags
    left join event_counts using (source, session_key)
    cross join first_free
),

visits as (
    select * from ready_made
    union all
    select * from from_events
),

-- 3. a purchase counts once, in the first visit that shows its transaction id
visit_purchases as (
    select source, session_key, transaction_id, started_at
    from landed.session
    where purchases > 0 and transaction_id is not null
    union
    select source, session_key, transaction_id, min(happened_at)
    from events
    where event_name = 'purchase' and transaction_id is not null
    group by all
),

first_purchases as (
    select source as web_source, session_key, transaction_id, started_at
    from visit_purchases
    where trim(transaction_id) not in ('', '(not set)')
    qualify row_number() over (
        partition by source, transaction_id order by started_at, session_key
    ) = 1
),

visit_orders as (
    select
        web_source as source, session_key,
        list(distinct order_key order by order_key)
            filter (order_key is not null) as order_keys,
        arg_min(order_key, started_at) as order_key
    from first_purchases
    left join web_purchases using (web_source, transaction_id)
    group by all
),

visitors as (
    select visitor_key, min(place) as visitor_id
    from (
        select visitor_key, rowid as place from landed.session
        union all
        select visitor_key, first_free + event_row
        from event_flags
        cross join first_free
    )
    where visitor_key is not null
    group by visitor_key
)

select
    session_id,
    visits.source,
    coalesce(by_user.person_id, by_visitor.person_id)::integer as person_id,
    visitor_id::bigint as visitor_id,
    visits.started_at,
    visits.started_at::date as day,
    coalesce(nullif(channel_group, ''), channel_groups.channel) as channel,
    case
        when visits.source_name is null and visits.medium is null then null
        else coalesce(visits.source_name, '(not set)') || ' / '
            || coalesce(visits.medium, '(not set)')
    end as source_medium,
    nullif(visits.campaign, '') as campaign,
    source_basis,
    nullif(lower(device_category), '') as device,
    nullif(upper(country), '') as country,
    case when is_new then 'new' when not is_new then 'returning' end
        as visitor_type,
    'own_shop' as sales_channel,
    landing_page,
    consent,
    is_engaged,
    case when isfinite(engagement_seconds) then engagement_seconds end::double
        as engagement_seconds,
    page_views::bigint as page_views,
    searches::bigint as searches,
    zero_results::bigint as zero_results,
    coalesce(viewed_product, false) as viewed_product,
    coalesce(carted, false) as carted,
    coalesce(began_checkout, false) as began_checkout,
    coalesce(added_shipping, false) as added_shipping,
    coalesce(added_payment, false) as added_payment,
    coalesce(visit_orders.session_key is not null or bought_without_id, false)
        as purchased,
    visit_orders.order_key,
    visit_orders.order_keys
from visits
left join channel_groups
    on channel_groups.source_name is not distinct from visits.source_name
    and channel_groups.medium is not distinct from visits.medium
    and channel_groups.campaign is not distinct from visits.campaign
left join visit_orders using (source, session_key)
left join visitors using (visitor_key)
left join landed.person as by_user
    on by_user.key_kind = 'user' and by_user.key = visits.user_key
left join landed.person as by_visitor
    on by_visitor.key_kind = 'visitor' and by_visitor.key = visits.visitor_key
