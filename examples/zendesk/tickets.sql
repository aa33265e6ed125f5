-- One row per ticket. A reply is a public comment of an agent; a ticket counts
-- as resolved only while it is solved or closed.
with replied as (
    select
        comments.ticket_id,
        min(instant(comments.created)) as first_reply_at,
        count(*) as replies
    from comments
    join users on users.id = comments.user_id and users.role = 'agent'
    where comments.public = 'TRUE'
    group by comments.ticket_id
),
solved as (
    select
        ticket_id,
        min(instant(updated)) as first_resolved_at,
        max(instant(updated)) as resolved_at
    from changes
    where field_name = 'status' and value = 'solved'
    group by ticket_id
)
select
    input.row_number,
    input.id as ticket_id,
    users.email,
    input.requester_id as customer_id,
    input.brand_id as brand,
    input.via_channel as channel,
    input.type as reason,
    input.status,
    input.priority,
    groups.name as team,
    input.created_at,
    replied.first_reply_at,
    solved.first_resolved_at,
    case when input.status in ('solved', 'closed')
        then solved.resolved_at end as resolved_at,
    'calendar' as minutes_basis,
    date_diff('second', instant(input.created_at), replied.first_reply_at)
        / 60 as first_reply_minutes,
    case when input.status in ('solved', 'closed')
        then date_diff('second', instant(input.created_at), solved.resolved_at)
            / 60 end as full_resolution_minutes,
    replied.replies,
    case when input.submitter_id = input.requester_id
        then 'customer' else 'agent' end as initiated_by,
    input.updated_at,
    case when input.status = 'deleted'
        then input.updated_at end as deleted_at
from input
left join users on users.id = input.requester_id
left join groups on groups.id = input.group_id
left join replied on replied.ticket_id = input.id
left join solved on solved.ticket_id = input.id
