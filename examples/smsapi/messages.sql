-- A message becomes one row for its sending and one for its delivery. The
-- number goes into phone, which is hashed; the text is not read.
with message as (
    select
        row_number,
        "ID" as message_id,
        "Nadawca" as sender,
        "Numer" as number,
        unnest([
            {event: 'sent', moment: "Data wysłania"},
            {event: 'delivered', moment: case
                when lower("Status") in ('dostarczona', 'delivered')
                    then coalesce(nullif("Data statusu", ''), "Data wysłania")
            end}
        ], recursive := true)
    from input
    where "ID" <> ''
)

select distinct on (message_id, event)
    row_number,
    message_id,
    sender as campaign_id,
    sender as campaign_name,
    -- the panel writes 48600...; with the plus it is the country code
    case when number like '+%' then number else '+' || number end as phone,
    'sms' as channel,
    event,
    instant(moment) as happened_at
from message
where moment <> ''
order by message_id, event, row_number
