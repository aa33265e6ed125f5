/*
title = "Touches"
kind  = "mart"
grain = "one row per thing that happened between the shop and a known person"
key   = "person_id, kind, ref, happened_at"

[columns]
person_id   = "The person."
happened_at = "When it happened."
day         = "Day it happened."
kind        = "visit, contact, order, delivery, return, message or feedback."
channel     = "Channel of a visit, an order or a message."
contact_channel = "Channel of a contact."
label       = "What it was, in a word: device, reason, standing, flow, score."
ref = "What it belongs to: session, ticket, order, message or feedback."
*/
with

all_touches as (
    select
        person_id, started_at as happened_at, 'visit' as kind, channel,
        null as contact_channel, device as label, session_id::varchar as ref
    from sessions
    union all
    select
        person_id, created_at, 'contact', null, contact_channel, reason,
        ticket_key
    from tickets
    where counts
    union all
    select person_id, placed_at, 'order', channel, null, standing, order_key
    from orders
    union all
    select
        person_id, delivered_at, 'delivery', null, null,
        case when is_late then 'late' when not is_late then 'on time' end,
        order_key
    from orders
    union all
    select
        person_id, min(requested_at), 'return', null, null,
        min(reason), order_key
    from (
        select
            source || ':' || order_id as order_key, requested_at, reason
        from landed.return_case
    )
    join orders using (order_key)
    group by person_id, order_key
    union all
    select
        coalesce(
            by_customer.person_id, by_email.person_id, by_phone.person_id
        ),
        min(happened_at), 'message', min(lower(channel)), null,
        min(coalesce(flow, campaign_name)),
        source || ':' || message_id || ':' || lower(event)
    from landed.message
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where lower(event) like 'click%' or lower(event) like 'unsub%'
    group by all
    union all
    select
        person_id, answered_at, 'feedback', channel, contact_channel,
        kind || coalesce(' ' || try_cast(score as integer), ''), feedback_key
    from feedback
)

select
    person_id::integer as person_id, happened_at, happened_at::date as day,
    kind, channel, contact_channel, label, ref
from all_touches
where person_id is not null and happened_at is not null
