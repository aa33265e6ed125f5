-- A call has a row for every leg; linkedid holds them together. Calls that came
-- from outside have the number dialled in did. A queue or a voice mail that
-- picks up is nobody: somebody took the call where a leg reached a telephone.
with leg as (
    select distinct on (uniqueid, sequence)
        *, instant(calldate) as began
    from input
    where calldate <> ''
    order by uniqueid, sequence, row_number
),

taken as (
    select
        *,
        disposition = 'ANSWERED' and dstchannel <> ''
            and lower(lastapp) in ('dial', 'queue') as by_staff
    from leg
),

call as (
    select
        min(row_number) as row_number,
        linkedid,
        arg_min(src, began) as number,
        arg_min(did, began) filter (did <> '') as dialled,
        min(began) as started_at,
        max(began + to_seconds(number(duration)::integer)) as ended_at,
        min(began + to_seconds(
            (number(duration) - number(billsec))::integer
        )) filter (by_staff) as answered_at,
        sum(number(billsec)) filter (by_staff) as talk_seconds,
        count(*) filter (by_staff) > 0 as answered
    from taken
    group by linkedid
)

select
    row_number,
    linkedid as conversation_id,
    'call' as kind,
    'phone' as channel,
    number as phone,
    started_at,
    ended_at,
    date_diff('second', started_at, coalesce(answered_at, ended_at))
        as wait_seconds,
    talk_seconds,
    answered,
    not answered as abandoned
from call
where dialled is not null
