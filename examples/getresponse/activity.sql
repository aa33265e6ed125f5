-- One row per thing a subscriber did. The key of a message is its name and its
-- reader; the address in it is replaced by its keyed hash on arrival.
select distinct on (message_id, event, happened_at)
    row_number,
    "Message name" || ':' || lower("Email") as message_id,
    "Message name" as campaign_id,
    "Message name" as campaign_name,
    case when "Message type" <> 'Newsletter' then "Message type" end as flow,
    "Email" as email,
    'email' as channel,
    case lower("Activity")
        when 'sent' then 'sent'
        when 'opened' then 'opened' when 'open' then 'opened'
        when 'clicked' then 'clicked' when 'click' then 'clicked'
        when 'unsubscribed' then 'unsubscribed'
        when 'bounced' then 'bounced'
    end as event,
    instant("Date") as happened_at
from input
where "Email" <> '' and lower("Activity") in (
    'sent', 'open', 'opened', 'click', 'clicked', 'unsubscribed', 'bounced'
)
order by message_id, event, happened_at, row_number
