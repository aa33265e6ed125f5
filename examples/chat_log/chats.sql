-- One ticket per chat. Senders: v the visitor, a staff, s the system or a bot.
-- What was said is not read, only who wrote when.
with transcript as (
    select distinct on (chat.id)
        row_number, chat.id as id, chat.visitor.email as email,
        chat.visitor.country as country, chat.messages as messages,
        time as ended_at
    from input
    where event = 'chat:transcript_created'
    order by chat.id, time desc
),

piece as (
    select
        row_number, id, position,
        instant(one.time) as moment, one.sender.t as sender
    from (
        select
            row_number, id, unnest(messages) as one,
            generate_subscripts(messages, 1) as position
        from transcript
    )
),

message as (
    select
        *,
        coalesce(lag(sender) over (
            partition by id order by moment, position
        ), '') as before
    from piece
),

spoken as (
    select
        id,
        min(moment) as began,
        max(moment) as ended,
        min(moment) filter (sender = 'v') as asked_at,
        min(moment) filter (sender = 'a') as staff_at,
        -- several messages in a row are one reply
        count(*) filter (sender = 'a' and before <> 'a') as replies
    from message
    group by id
),

replied as (
    select id, min(message.moment) as first_reply_at
    from message
    join spoken using (id)
    where sender = 'a' and message.moment >= asked_at
    group by id
)

select
    transcript.row_number,
    id as ticket_id,
    email,
    upper(country) as country,
    'chat' as channel,
    case when staff_at is null then 'missed' else 'closed' end as status,
    coalesce(asked_at, began) as created_at,
    first_reply_at,
    case when staff_at is not null then ended end as resolved_at,
    replies,
    'calendar' as minutes_basis,
    case when asked_at is null then 'agent' else 'customer' end
        as initiated_by,
    ended_at as updated_at
from transcript
join spoken using (id)
left join replied using (id)
