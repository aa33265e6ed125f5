/*
title = "Stopped visits"
kind  = "mart"
grain = "one row per visit and step it came to and did not take"
key   = "session_id, step"
description = """
What the visitor did instead is the first that holds: bought later, asked the
service, came back, searched, left. The days to wait are buy_days of the
settings; what happens after them does not count. The page opened next is that
after the last time the visit was at the step before; only sources of single
events tell it.
"""

[columns]
session_id    = "The session."
person_id     = "The person, NULL where nobody matches."
step          = "product_view, cart, checkout, payment or purchase: not taken."
day           = "Day the session started."
channel       = "Channel."
source_medium = "Source and medium."
campaign      = "Campaign."
device        = "mobile, desktop, tablet or as given."
country       = "Country of the visitor."
visitor_type  = "new or returning."
sales_channel = "own_shop: every visit is one of the own shop."
instead       = "bought later, asked, came back, searched or left."
next_page = """
Path of the page opened next; (none): the visit ended; NULL: not told."""
is_known      = "Whether the visitor would be recognised when coming back."
is_over       = "Whether the days to wait are over."
*/
with

placed as (
    select person_id, placed_at, day as placed_on
    from orders
    where counts and person_id is not null
),

contacts as (
    select person_id, created_at, day as asked_on
    from tickets
    where counts and person_id is not null
),

-- an order of the same person, wherever it was placed
ordered as (
    select session_id, placed_on
    from (
        select session_id, person_id, started_at
        from sessions where person_id is not null and not purchased
    ) as stopped
    asof join placed
        on stopped.person_id = placed.person_id
        and stopped.started_at <= placed.placed_at
),

asked as (
    select session_id, asked_on
    from (
        select session_id, person_id, started_at
        from sessions where person_id is not null and not purchased
    ) as stopped
    asof join contacts
        on stopped.person_id = contacts.person_id
        and stopped.started_at <= contacts.created_at
),

-- the next visit of the same browser, and its next visit that bought
came_back as (
    select
        session_id, lead(day) over (
            partition by visitor_id order by started_at, session_id
        ) as returned_on
    from sessions
    where visitor_id is not null
),

purchases as (
    select visitor_id, started_at as bought_at, day as bought_on
    from sessions
    where visitor_id is not null and purchased
),

bought as (
    select session_id, bought_on
    from (
        select session_id, visitor_id, started_at
        from sessions
        where visitor_id in (select visitor_id from purchases)
            and not purchased
    ) as stopped
    asof join purchases
        on stopped.visitor_id = purchases.visitor_id
        and stopped.started_at <= purchases.bought_at
),

told as (
    select
        sessions.session_id, person_id, day, channel, source_medium, campaign,
        device, country, visitor_type, 'own_shop' as sales_channel,
        [
            case when not viewed_product then 'product_view' end,
            case when viewed_product and not carted then 'cart' end,
            case when carted and not began_checkout then 'checkout' end,
            case when began_checkout and not added_payment then 'payment' end,
            case when added_payment and not purchased then 'purchase' end
        ] as steps,
        case
            when least(bought_on, placed_on) <= day + buy_days
                then 'bought later'
            when asked_on <= day + buy_days or has_asked then 'asked'
            when returned_on <= day + buy_days then 'came back'
            when searches > 0 then 'searched'
            else 'left'
        end as instead,
        visitor_id is not null or person_id is not null as is_known,
        day + buy_days <= through as is_over
    from sessions
    left join ordered using (session_id)
    left join asked using (session_id)
    left join (select session_id, true as has_asked from asked_visits)
        using (session_id)
    left join came_back using (session_id)
    left join bought using (session_id)
    cross join settings.stage_windows
    cross join (
        select min(complete_through) as through
        from landed_tables
        where table_name in ('session', 'web_event')
    )
    where not purchased
),

first_free as (
    select coalesce(max(rowid), -1) + 1 as first_free from landed.session
),

-- only the landing knows the keys of a visit
stops as (
    select session_id, step, keyed.source, keyed.session_key
    from (select session_id, unnest(steps) as step from told)
    cross join first_free
    join landed.web_event as keyed on keyed.rowid = session_id - first_free
    where step is not null
),

events as (
    select
        source, session_key, happened_at, event_name,
        split_part(split_part(page, '?', 1), '#', 1) as path
    from landed.web_event
    where session_key is not null
),

-- when and where the visit was last at the step before each
last_at as (
    select
        source, session_key,
        min({moment: happened_at, path: path}) as product_view,
        max({moment: happened_at, path: path})
            filter (event_name = 'view_item') as cart,
        max({moment: happened_at, path: path})
            filter (event_name = 'add_to_cart') as checkout,
        max({moment: happened_at, path: path})
            filter (event_name in ('begin_checkout', 'add_shipping_info'))
            as payment,
        max({moment: happened_at, path: path})
            filter (event_name = 'add_payment_info') as purchase
    from events
    group by source, session_key
),

steps_before as (
    select
        session_id, source, session_key, step,
        case step
            when 'product_view' then product_view
            when 'cart' then cart
            when 'checkout' then checkout
            when 'payment' then payment
            else purchase
        end as was
    from stops
    join last_at using (source, session_key)
),

next_pages as (
    select
        session_id, step,
        coalesce(
            regexp_replace(
                arg_min(path, (happened_at, path)) filter (
                    happened_at >= was.moment
                    and path is distinct from was.path
                ), '^[a-z]+://[^/]*/?', '/'
            ), '(none)'
        ) as next_page
    from steps_before
    join events using (source, session_key)
    where
        was is not null and path is not null
        and event_name in ('page_view', 'screen_view')
    group by session_id, step
)

select
    session_id, person_id, step, day, channel, source_medium, campaign, device,
    country, visitor_type, sales_channel, instead, next_page, is_known,
    coalesce(is_over, false) as is_over
from (select * exclude (steps), unnest(steps) as step from told)
left join next_pages using (session_id, step)
where step is not null
