-- The report has one row per reader with a column for every thing she did;
-- each filled one becomes a row.
with reader as (
    select
        row_number,
        "Nazwa kampanii" as campaign,
        lower("E-mail") as email,
        unnest([
            {event: 'sent', moment: "Data wysyłki"},
            {event: 'opened', moment: "Data otwarcia"},
            {event: 'clicked', moment: "Data kliknięcia"},
            {event: 'unsubscribed', moment: "Data rezygnacji"}
        ], recursive := true)
    from input
    where "E-mail" <> ''
)

select distinct on (campaign, email, event, moment)
    row_number,
    campaign || ':' || email as message_id,
    campaign as campaign_id,
    campaign as campaign_name,
    email,
    'email' as channel,
    event,
    instant(moment) as happened_at
from reader
where instant(moment) is not null
order by campaign, email, event, moment, row_number
