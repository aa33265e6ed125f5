/*
title       = "Channels by stage"
question    = """
Where in the journey do people get in touch, by which channel, and what \
comes of it?"""
kind        = "table"
grain       = "one row per stage and contact channel"
owner       = "service"
description = """
Awareness is before any order, consideration about a product, conversion \
until the order has arrived, retention after it, advocacy after a review or \
referral. Bought means an order in the 7 days after a contact whose 7 days \
are over."""
position    = 215
needs       = ["ticket"]

[columns]
stage           = "Stage"
contact_channel = "Channel"
contacts        = { label = "Contacts", format = "count" }
people          = { label = "People", format = "people" }
first_reply.label = "First response, middle"
first_reply.format = "minutes"
first_reply.of = "answered"
answered        = { label = "Answered", format = "count" }
came_back.label = "Came back in 7 days"
came_back.format = "percent"
came_back.of = "contacts"
bought          = { label = "Bought", format = "percent", of = "contacts" }
*/
select
    case stage
        when 'awareness' then 'Awareness'
        when 'consideration' then 'Consideration'
        when 'conversion' then 'Conversion'
        when 'retention' then 'Retention'
        when 'advocacy' then 'Advocacy'
        else '(not set)'
    end as stage,
    coalesce(contact_channel, '(not set)') as contact_channel,
    count(*) as contacts,
    count(distinct person_id)::bigint as people,
    median(first_reply_minutes) as first_reply,
    count(first_reply_minutes) as answered,
    count(*) filter (repeated_within_7_days)
        / nullif(count(repeated_within_7_days), 0) as came_back,
    count(*) filter (bought_within_7_days)
        / nullif(count(bought_within_7_days), 0) as bought
from tickets
where counts and day between $start and $end
group by tickets.stage, contact_channel
order by
    list_position(
        [
            'awareness', 'consideration', 'conversion', 'retention',
            'advocacy'
        ], tickets.stage
    ) nulls last,
    contacts desc
