/*
title = "Stopped visits"
kind  = "mart"
grain = "one row per visit and step it came to and did not take"
key   = "session_id, step"
description = """
What the visitor did instead is the first that holds: bought later, asked the
service, came back, searched, left. The days to wait are buy_days of the
settings; what happens after them does not count. Pages that were opened next
are not kept, so they cannot be told.
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
            when asked_on <= day + buy_days then 'asked'
            when returned_on <= day + buy_days then 'came back'
            when searches > 0 then 'searched'
            else 'left'
        end as instead,
        visitor_id is not null or person_id is not null as is_known,
        day + buy_days <= through as is_over
    from sessions
    left join ordered using (session_id)
    left join asked using (session_id)
    left join came_back using (session_id)
    left join bought using (session_id)
    cross join settings.stage_windows
    cross join (
        select min(complete_through) as through
        from landed_tables
        where table_name in ('session', 'web_event')
    )
    where not purchased
)

select
    session_id, person_id, step, day, channel, source_medium, campaign, device,
    country, visitor_type, sales_channel, instead, is_known,
    coalesce(is_over, false) as is_over
from (select * exclude (steps), unnest(steps) as step from told)
where step is not null
