/*
title       = "Hours of the week"
question    = """
At which hours of the week do people write, and at which are they answered?"""
kind        = "chart"
unit        = "count"
grain       = "one row per weekday and part of the day"
owner       = "service"
description = """
Tickets by the hour they came in; a cell tells the first replies of those \
hours too, in the shop's own time."""
position    = 205
needs       = ["ticket"]

[chart]
type = "heat"
x = "part_of_day"
y = "weekday"
colour = "contacts"

[columns]
weekday     = "Day"
part_of_day = "Hours"
contacts    = { label = "Came in", format = "count" }
answers     = { label = "First replies", format = "count" }
first_reply.label = "Wait of those who wrote then, middle"
first_reply.format = "minutes"
first_reply.of = "replied"
replied     = { label = "Of them answered", format = "count" }
*/
with moments as (
    select
        created_at as moment, 1 as contacts, 0 as answers, first_reply_minutes
    from tickets
    where kind = 'ticket' and day between $start and $end
    union all
    select first_reply_at, 0, 1, null
    from tickets
    where kind = 'ticket' and first_reply_at is not null
        and first_reply_at::date between $start and $end
)
select
    dayname(moment) as weekday,
    concat(
        right(concat('0', 3 * (hour(moment) // 3)), 2), '–',
        right(concat('0', 3 * (hour(moment) // 3) + 3), 2)
    ) as part_of_day,
    sum(contacts)::bigint as contacts,
    sum(answers)::bigint as answers,
    median(first_reply_minutes) as first_reply,
    count(first_reply_minutes) as replied
from moments
group by weekday, part_of_day, isodow(moment)
order by isodow(moment), part_of_day
