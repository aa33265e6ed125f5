/*
title       = "Hours of the week"
question    = """
At which hours of the week do people write, and at which are they answered?"""
kind        = "chart"
unit        = "count"
grain       = "one row per weekday and part of the day"
owner       = "service"
description = """
Tickets and calls by the hour they came in, in the shop's own time; a cell \
tells too how many first answers were given in those hours, and of those who \
wrote then how many had one within 4 hours. What a bot took is left out."""
position    = 205
needs       = ["ticket"]

[chart]
type = "heat_map"
x = "part_of_day"
y = "weekday"
colour = "contacts"

[columns]
weekday     = "Day"
part_of_day = "Hours"
contacts    = { label = "Came in", format = "count" }
answers     = { label = "First answers given", format = "count" }
in_time.label = "Answered within 4 hours"
in_time.format = "percent"
in_time.of = "contacts"
first_reply.label = "Half wait at most"
first_reply.format = "minutes"
first_reply.of = "replied"
replied     = { label = "Of them answered", format = "count" }
*/
with

asked as (
    select
        created_at,
        case kind
            when 'ticket' then first_reply_at
            when 'conversation' then case
                when answered and not coalesce(abandoned, false)
                    then created_at
                        + to_seconds(coalesce(wait_seconds, 0)::integer)
            end
        end as answered_at,
        case kind
            when 'ticket' then first_reply_minutes
            else wait_seconds / 60
        end as minutes,
        case kind
            when 'ticket' then first_reply_minutes is not null
            else coalesce(answered and not coalesce(abandoned, false), false)
        end as is_answered
    from tickets
    where counts and not by_bot
),

moments as (
    select
        created_at as moment, 1 as contacts, 0 as answers,
        is_answered and minutes <= 240 as is_in_time,
        case when is_answered then minutes end as minutes
    from asked
    where created_at::date between $start and $end
    union all
    select answered_at, 0, 1, null, null
    from asked
    where answered_at::date between $start and $end
)

select
    left(dayname(moment), 3) as weekday,
    concat(
        right(concat('0', 3 * (hour(moment) // 3)), 2), '–',
        right(concat('0', 3 * (hour(moment) // 3) + 3), 2)
    ) as part_of_day,
    sum(contacts)::bigint as contacts,
    sum(answers)::bigint as answers,
    count(*) filter (is_in_time) / nullif(sum(contacts), 0) as in_time,
    median(minutes) as first_reply,
    count(minutes) as replied
from moments
group by weekday, part_of_day, isodow(moment)
order by isodow(moment), part_of_day
