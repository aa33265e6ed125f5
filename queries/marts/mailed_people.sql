/*
title = "People who get messages"
kind  = "mart"
grain = "one row per person, channel and month with a message"
key   = "person_id, channel, day"
description = """
Who is written to more often leaves more often, or does not: messages of
nobody known are left out. The last month is complete only as far as the mart
freshness says.
"""

[columns]
person_id    = "The person."
day          = "First day of the month."
channel      = "Channel, as in the other marts: Email, SMS or as given."
sales_channel = "own_shop: it sends the messages."
sent         = "Messages sent to the person in that month."
flow_sent    = "Of those, sent by an automatic flow."
opened       = "Of those, opened; mail programs open by themselves too."
clicked      = "Of those, clicked."
unsubscribed = "Whether the person left the list in that month."
orders       = "The person's orders that count, placed in that month."
*/
with

events as (
    select
        source, message_id, flow, lower(channel) as channel,
        lower(event) as event, happened_at,
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            as person_id
    from landed.message
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
),

one_message as (
    select
        person_id, source, message_id,
        case min(channel)
            when 'email' then 'Email'
            when 'sms' then 'SMS'
            when 'push' then 'Mobile Push Notifications'
            else min(channel)
        end as channel,
        date_trunc('month', min(happened_at)::date)::date as month,
        min(flow) is not null as is_flow,
        bool_or(event like 'open%') as opened,
        bool_or(event like 'click%') as clicked,
        bool_or(event like 'unsub%') as unsubscribed
    from events
    where person_id is not null
    group by person_id, source, message_id
),

placed as (
    select
        person_id, date_trunc('month', day)::date as month, count(*) as orders
    from orders
    where counts and person_id is not null
    group by all
)

select
    person_id::integer as person_id, month as day, channel,
    'own_shop' as sales_channel,
    count(*)::bigint as sent,
    count(*) filter (is_flow)::bigint as flow_sent,
    count(*) filter (opened)::bigint as opened,
    count(*) filter (clicked)::bigint as clicked,
    bool_or(unsubscribed) as unsubscribed,
    coalesce(any_value(orders), 0)::bigint as orders
from one_message
left join placed using (person_id, month)
group by person_id, month, channel
