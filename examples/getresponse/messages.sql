-- One row per message and day. Opens and clicks are people, not their events;
-- delivered is sent without what bounced.
select
    min(row_number) as row_number,
    'getresponse' as platform,
    "Message name" as campaign_id,
    "Message name" as campaign_name,
    'Email' as channel,
    day("Sent on") as date,
    'Europe/Warsaw' as time_zone,
    sum(number("Sent")) as sent,
    sum(number("Sent") - coalesce(number("Bounced"), 0)) as delivered,
    sum(number("Unique opens")) as opens,
    sum(number("Unique clicks")) as clicks,
    sum(number("Unsubscribed")) as unsubscribes
from (select distinct on ("Message name", "Sent on", "List") * from input)
where "Sent on" <> '' and "Message name" not in ('', 'Total')
group by "Message name", day("Sent on")
