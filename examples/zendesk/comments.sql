-- One row per comment. Its text stays where it is. Who wrote it is known where
-- the user is, or where it is the ticket's own requester.
select
    input.row_number,
    'comment:' || input.id as event_id,
    input.ticket_id,
    'reply' as kind,
    tickets.via_channel as channel,
    case
        when users.role in ('agent', 'admin') then 'agent'
        when users.role = 'end-user' then 'customer'
        when tickets.requester_id = input.user_id then 'customer'
    end as author,
    input.public as is_public,
    input.created as happened_at
from input
left join users on users.id = input.user_id
left join tickets on tickets.id = input.ticket_id
