/*
title       = "Messages per person"
question    = """
Do people who get more messages in a month leave the list or order more \
often?"""
kind        = "table"
grain       = "one row per number of messages in a month"
owner       = "customer relations"
description = """
Each person counts once for every whole month of the 12 months up to the \
last day shown in which a message went to them by that channel."""
caveat      = """
Who orders gets more automatic messages: more messages need not bring more \
orders."""
position    = 182
needs       = ["message"]

[columns]
channel = "Channel"
messages_a_month = "Messages a month"
months = { label = "Months of a person", format = "count" }
people = { label = "People", format = "people" }
click_rate = { label = "Clicked", format = "percent", of = "months" }
left_list = { label = "Left the list", format = "percent", of = "months" }
orders = { label = "Orders a month", format = "number", of = "months" }
*/
select
    coalesce(channel, '(not set)') as channel,
    case
        when sent = 1 then '1'
        when sent = 2 then '2'
        when sent <= 4 then '3 to 4'
        when sent <= 8 then '5 to 8'
        else '9 and more'
    end as messages_a_month,
    count(*) as months,
    count(distinct person_id) as people,
    count(*) filter (clicked > 0) / count(*) as click_rate,
    count(*) filter (unsubscribed) / count(*) as left_list,
    sum(orders) / count(*) as orders
from mailed_people
where sent > 0 and day > $end - 365 and last_day(day) <= $end
group by all
order by channel, min(sent)
