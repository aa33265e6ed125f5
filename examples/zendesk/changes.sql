-- One row per change of a field. The export repeats some changes; they are one.
with change as (
    select distinct ticket_id, field_name, updated, value from input
),
step as (
    select
        *,
        lag(value) over (
            partition by ticket_id, field_name order by updated, value
        ) as before
    from change
)
select
    concat_ws(':', 'change', ticket_id, field_name, updated, value) as event_id,
    ticket_id,
    case
        when field_name = 'status' and before in ('solved', 'closed')
            and value not in ('solved', 'closed') then 'reopen'
        when field_name in ('assignee_id', 'group_id') and before is not null
            then 'transfer'
        else field_name
    end as kind,
    before as from_value,
    value as to_value,
    updated as happened_at
from step
