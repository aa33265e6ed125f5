/*
title       = "Channels by stage"
question    = """
Where in the journey do people get in touch, by which channel, and do they \
buy afterwards?"""
kind        = "table"
grain       = "one row per stage and contact channel"
owner       = "service"
description = """
Awareness is before any order, consideration about a product, conversion \
until the order has arrived, retention after it, advocacy after a review or \
referral. Bought: an order in the 7 days after a contact before buying, \
another order in the 90 days after a contact about one; only contacts whose \
days are over are judged."""
position    = 215
needs       = ["ticket"]

[columns]
stage           = "Stage"
contact_channel = "Channel"
contacts        = { label = "Contacts", format = "count" }
people          = { label = "People", format = "people" }
first_reply.label = "Half wait at most"
first_reply.format = "minutes"
first_reply.of = "answered"
answered        = { label = "Answered", format = "count" }
bought.label = "Bought afterwards"
bought.format = "percent"
bought.of = "judged"
judged          = { label = "Days over", format = "count" }
came_back.label = "Came back in 7 days"
came_back.format = "percent"
came_back.of = "watched"
watched         = { label = "7 days over", format = "count" }
*/
with judged as (
    select
        *,
        case
            when stage in ('awareness', 'consideration')
                then bought_within_7_days
            else bought_within_90_days
        end as bought_after,
        coalesce(first_reply_minutes, wait_seconds / 60) as minutes
    from tickets
    where counts and day between $start and $end
)
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
    median(minutes) as first_reply, count(minutes) as answered,
    count(*) filter (bought_after) / nullif(count(bought_after), 0) as bought,
    count(bought_after) as judged,
    count(*) filter (repeated_within_7_days)
        / nullif(count(repeated_within_7_days), 0) as came_back,
    count(repeated_within_7_days) as watched
from judged
group by judged.stage, contact_channel
order by
    list_position(
        [
            'awareness', 'consideration', 'conversion', 'retention',
            'advocacy'
        ], judged.stage
    ) nulls last,
    contacts desc
