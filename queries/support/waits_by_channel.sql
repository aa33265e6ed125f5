/*
title       = "How long people wait"
question    = "How long do people wait for a person, by channel of contact?"
kind        = "table"
grain       = "one row per contact channel"
owner       = "service"
description = """
From the first message to the first public reply of staff; of calls, the time \
in the queue. Who has no answer yet counts as still waiting, who hung up as \
having waited at least that long. Office hours are those of the helpdesk. \
Never answered: nothing within 7 days, of the contacts whose 7 days are over. \
What a bot took is left out: it answers at once."""
position    = 202
needs       = ["ticket"]

[columns]
contact_channel  = "Channel"
contacts         = { label = "Contacts", format = "count" }
half.label = "Half wait at most"
half.format = "minutes"
half.of = "timed"
most.label = "9 of 10 wait at most"
most.format = "minutes"
most.of = "timed"
office_half.label = "In office hours: half"
office_half.format = "minutes"
office_half.of = "timed_in_office"
office_most.label = "In office hours: 9 of 10"
office_most.format = "minutes"
office_most.of = "timed_in_office"
never_answered.label = "Never answered"
never_answered.format = "percent"
never_answered.of = "judged"
timed            = { label = "Time known of", format = "count" }
timed_in_office.label = "Office hours known of"
timed_in_office.format = "count"
judged           = { label = "7 days over", format = "count" }
*/
with

-- a helpdesk that tells no replies leaves open who was never answered
replies as (
    select count(first_reply_minutes) > 0 as tells_replies from tickets
),

asked as (
    select
        coalesce(contact_channel, '(not set)') as contact_channel,
        case kind
            when 'ticket' then coalesce(
                first_reply_minutes,
                case
                    when not coalesce(is_solved, false) then date_diff(
                        'minute', created_at, ($through + 1)::timestamptz
                    )
                end
            )
            else wait_seconds / 60
        end as minutes,
        case kind
            when 'ticket' then first_reply_minutes is not null
            else not coalesce(abandoned, not answered, false)
        end as is_answered,
        case kind
            when 'ticket' then if(
                tells_replies,
                coalesce(first_reply_minutes > 7 * 24 * 60, true), null
            )
            else coalesce(abandoned, not answered)
        end as is_never_answered,
        first_reply_business_minutes as office_minutes,
        day + 7 <= $through as is_over
    from tickets, replies
    where counts and not by_bot and day between $start and $end
),

-- Kaplan and Meier: who still waits leaves the row of those at risk
at_risk as (
    select
        contact_channel, minutes,
        count(*) filter (is_answered) as answers,
        sum(count(*)) over (
            partition by contact_channel order by minutes desc
        ) as waiting
    from asked
    where minutes is not null
    group by contact_channel, minutes
),

curve as (
    select
        contact_channel, minutes,
        product(1 - answers / waiting) over (
            partition by contact_channel order by minutes
        ) as still_waiting
    from at_risk
),

waits as (
    select
        contact_channel,
        -- a hair above, because products of fractions miss 0.5 by rounding
        min(minutes) filter (still_waiting <= 0.5 + 1e-9) as half,
        min(minutes) filter (still_waiting <= 0.1 + 1e-9) as most
    from curve
    group by contact_channel
)

select
    contact_channel, count(*) as contacts,
    any_value(half) as half, any_value(most) as most,
    median(office_minutes) as office_half,
    quantile_cont(office_minutes, 0.9) as office_most,
    count(*) filter (is_never_answered and is_over)
        / nullif(count(is_never_answered) filter (is_over), 0)
        as never_answered,
    count(minutes) as timed, count(office_minutes) as timed_in_office,
    count(is_never_answered) filter (is_over) as judged
from asked
left join waits using (contact_channel)
group by contact_channel
order by contacts desc, contact_channel
