/*
title = "Visits that asked"
kind  = "mart"
grain = "one row per visit that looked at a product and asked before it bought"
key   = "session_id"
description = """
A visit asked where its source counts a contact in it, where an event of web
analytics is one (a lead, a chat begun, a call, a form sent from a page of
contacts), or where a question before an order names it: by session_key, or by
visitor_key and a start in the 4 hours before. Similar visits looked at a
product in the same week and never asked: same channel, device, country, new or
returning, and number of products (1, 2 to 3, 4 and more); where fewer than 30
are alike, whatever their channel and country.
"""

[columns]
session_id    = "The session."
day           = "Day the session started."
channel       = "Channel."
source_medium = "Source and medium."
campaign      = "Campaign."
device        = "mobile, desktop, tablet or as given."
country       = "Country of the visitor."
visitor_type  = "new or returning."
sales_channel = "own_shop: every visit is one of the own shop."
contact_channel = "Channel of the first question; NULL: not told."
reason        = "Reason of the first question; NULL: not told."
bought_within_7_days = """
Bought in the visit, or the same browser in the 7 days after; NULL until they
are over."""
similar_visits = "Similar visits that did not ask."
similar_share = """
Of those, the share that bought so; NULL where there are fewer than 30."""
*/
with

first_free as (
    select coalesce(max(rowid), -1) + 1 as first_free from landed.session
),

looked_at as (
    select
        source, session_key,
        count(distinct coalesce(item_id, item_name, page, event_key)) as looks
    from landed.web_event
    where event_name = 'view_item' and session_key is not null
    group by all
),

lookers as (
    select *
    from sessions
    where viewed_product
),

-- only the landing knows the keys of a visit
visits as (
    select
        session_id, visitor_id, lookers.started_at, day, order_key,
        lookers.source, keyed.session_key, keyed.visitor_key,
        keyed.contacts, keyed.items_viewed as looks
    from lookers
    join landed.session as keyed on keyed.rowid = session_id
    union all
    select
        session_id, visitor_id, lookers.started_at, day, order_key,
        lookers.source, keyed.session_key, keyed.visitor_key, null,
        looked_at.looks
    from lookers
    cross join first_free
    join landed.web_event as keyed on keyed.rowid = session_id - first_free
    left join looked_at
        on looked_at.source = keyed.source
        and looked_at.session_key = keyed.session_key
),

-- ----------------------------------------------------- 1. who asked, and when
questions as (
    select
        landed_keys.session_key, landed_keys.visitor_key, created_at,
        contact_channel, reason
    from tickets
    join (
        select source || ':ticket:' || ticket_id as ticket_key,
            session_key, visitor_key
        from landed.ticket
        union all
        select source || ':conversation:' || conversation_id,
            session_key, visitor_key
        from landed.conversation
    ) as landed_keys using (ticket_key)
    where coalesce(before_purchase, order_key is null)
        and coalesce(landed_keys.session_key, landed_keys.visitor_key)
            is not null
),

of_session as (
    select session_id, created_at as asked_at, contact_channel, reason
    from questions
    join visits using (session_key)
),

of_browser as (
    select session_id, created_at as asked_at, contact_channel, reason
    from (
        select visitor_key, created_at, contact_channel, reason
        from questions
        where visitor_key is not null
            and (
                session_key is null
                or session_key not in (select session_key from visits)
            )
    ) as question
    asof join (
        select visitor_key, session_id, started_at
        from visits
        where visitor_key is not null
    ) as visit
        on question.visitor_key = visit.visitor_key
        and question.created_at >= visit.started_at
    where created_at < started_at + interval 4 hours
),

-- a shop's plug-in calls the cart a form: only those of a page of contacts
contact_events as (
    select
        source, session_key, happened_at as asked_at,
        case
            when event_name like '%chat%' then 'chat'
            when event_name like '%call%' then 'phone'
            else 'form'
        end as contact_channel
    from landed.web_event
    where session_key is not null
        and (
            event_name in (
                'generate_lead', 'contact', 'contact_us', 'click_to_call',
                'phone_call', 'call_click', 'contact_form_submit'
            )
            or regexp_matches(
                event_name,
                'chat.*(start|begin|open|init|sen[dt]|message|engage)'
                || '|(start|begin|open|init|sen[dt]|engage).*chat'
            )
            or event_name = 'form_submit' and regexp_matches(
                lower(page), 'contact|kontakt|support|help|pomoc|ask|question'
            )
        )
),

asked as (
    select session_id, asked_at, contact_channel, reason from of_session
    union all
    select session_id, asked_at, contact_channel, reason from of_browser
    union all
    select session_id, asked_at, contact_channel, null
    from contact_events
    join visits using (source, session_key)
    union all
    select session_id, started_at, null, null
    from visits
    where contacts > 0
),

seen_buying as (
    select source, session_key, min(happened_at) as bought_at
    from landed.web_event
    where event_name = 'purchase'
    group by all
),

first_questions as (
    select
        session_id, arg_min(contact_channel, asked_at) as contact_channel,
        arg_min(reason, asked_at) as reason
    from asked
    join visits using (session_id)
    left join orders using (order_key)
    left join seen_buying
        on seen_buying.source = visits.source
        and seen_buying.session_key = visits.session_key
    where asked_at < coalesce(least(placed_at, bought_at), 'infinity')
    group by session_id
),

-- --------------------------------------------------------- 2. who bought then
purchases as (
    select visitor_id, started_at as bought_at, day as bought_on
    from sessions
    where visitor_id is not null and purchased
),

bought_later as (
    select session_id, bought_on
    from (
        select session_id, visitor_id, started_at
        from lookers
        where not purchased
            and visitor_id in (select visitor_id from purchases)
    ) as looker
    asof join purchases
        on looker.visitor_id = purchases.visitor_id
        and looker.started_at <= purchases.bought_at
),

known_through as (
    select min(complete_through) as through
    from landed_tables
    where table_name in ('session', 'web_event')
),

-- two ways to be alike, written as texts so that what is not known is equal
told as (
    select
        lookers.*,
        concat_ws(
            '|', source, date_trunc('week', day), coalesce(device, '-'),
            coalesce(visitor_type, '-'),
            case when looks >= 4 then 4 when looks >= 2 then 2 else 1 end
        ) as roughly,
        concat_ws('|', channel, '', country) as exactly,
        first_questions.session_id is not null as has_asked,
        first_questions.contact_channel, first_questions.reason,
        case
            when purchased or bought_on <= day + 7 then true
            when day + 7 <= through then false
        end as bought_within_7_days
    from lookers
    join (select session_id, looks from visits) using (session_id)
    left join first_questions using (session_id)
    left join bought_later using (session_id)
    cross join known_through
),

-- -------------------------------------------------- 3. who else was like them
others as (
    select
        roughly, exactly, count(*) as visits,
        count(*) filter (bought_within_7_days) as bought
    from told
    where not has_asked and bought_within_7_days is not null
        and coalesce(
            visitor_id not in (
                select visitor_id from told
                where has_asked and visitor_id is not null
            ), true
        )
    group by all
),

rough_others as (
    select roughly, sum(visits) as visits, sum(bought) as bought
    from others
    group by roughly
)

select
    session_id, day, channel, source_medium, campaign, device, country,
    visitor_type, sales_channel, contact_channel, reason,
    bought_within_7_days, similar_visits::bigint as similar_visits,
    case when similar_visits >= 30 then similar_bought / similar_visits end
        as similar_share
from told
left join others using (roughly, exactly)
left join rough_others using (roughly)
cross join lateral (
    select
        coalesce(others.visits, 0) >= 30 as is_exact,
        case when is_exact then others.visits
            else coalesce(rough_others.visits, 0) end as similar_visits,
        case when is_exact then others.bought else rough_others.bought
            end as similar_bought
)
where has_asked
