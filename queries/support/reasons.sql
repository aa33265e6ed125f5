/*
title    = "Why people get in touch"
question = """
Why do customers get in touch, how often do they come back and how much \
effort is it?"""
kind     = "table"
grain    = "one row per reason"
owner    = "service"
position = 200
needs    = ["ticket"]

[columns]
reason        = "Reason"
contacts      = { label = "Contacts", format = "count" }
contact_share = { label = "Share of contacts", format = "percent" }
repeat_share.label = "Came back in 7 days"
repeat_share.format = "percent"
repeat_share.of = "contacts"
first_reply.label = "First response"
first_reply.format = "minutes"
first_reply.of = "contacts"
effort        = { label = "Effort", format = "score", of = "contacts" }
*/
select
    coalesce(reason, '(not set)') as reason,
    count(*) as contacts,
    count(*) / sum(count(*)) over () as contact_share,
    count(*) filter (repeated_within_7_days)
        / nullif(count(repeated_within_7_days), 0) as repeat_share,
    median(first_reply_minutes) as first_reply,
    avg(effort_points) as effort
from tickets
where counts and day between $start and $end
group by reason
order by contacts desc
