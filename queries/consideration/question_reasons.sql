/*
title    = "What people ask"
question = "What do people ask before they buy?"
kind     = "chart"
owner    = "growth"
position = 100
needs    = ["ticket"]

[chart]
type = "bar"
x = "questions"
y = "reason"
*/
select
    coalesce(reason, '(not set)') as reason,
    count(*) as questions
from tickets
where counts and before_purchase
    and day between $start and $end
group by all
order by questions desc
