-- A guest has a record too; only members have joined.
select
    row_number,
    'member:' || id as event_id,
    email,
    'enrolled' as kind,
    created_at as happened_at,
    updated_at
from input
where state = 'member'
