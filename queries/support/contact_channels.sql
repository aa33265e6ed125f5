/*
title    = "Contact channels"
question = "How well does each channel of contact serve its customers?"
kind     = "table"
grain    = "one row per contact channel"
owner    = "service"
position = 220
needs    = ["ticket"]

[columns]
contact_channel = "Channel"
contacts        = { label = "Contacts", format = "count" }
people          = { label = "People", format = "people" }
first_reply.label = "First response"
first_reply.format = "minutes"
first_reply.of = "contacts"
one_touch       = { label = "One reply", format = "percent", of = "contacts" }
repeat_share.label = "Came back in 7 days"
repeat_share.format = "percent"
repeat_share.of = "contacts"
switched_share.label = "Changed channel"
switched_share.format = "percent"
switched_share.of = "contacts"
effort          = { label = "Effort", format = "score", of = "contacts" }
*/
select
    coalesce(contact_channel, '(not set)') as contact_channel,
    count(*) as contacts,
    count(distinct person_id)::bigint as people,
    median(first_reply_minutes) as first_reply,
    count(*) filter (is_one_touch) / nullif(count(is_one_touch), 0)
        as one_touch,
    count(*) filter (repeated_within_7_days)
        / nullif(count(repeated_within_7_days), 0) as repeat_share,
    count(*) filter (switched_channel and person_id is not null)
        / nullif(count(person_id), 0) as switched_share,
    avg(effort_points) as effort
from tickets
where counts and day between $start and $end
group by all
order by contacts desc
