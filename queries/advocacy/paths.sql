/*
title       = "Paths to an answer"
question    = """
What had happened to those who would recommend the shop, and to those who \
would not?"""
kind        = "table"
grain       = "one row per answer"
owner       = "customer relations"
description = """
Answers to "would you recommend us" that belong to an order, given in the \
12 months that end on the last day shown, with what is known of that order."""
caveat      = """
Shows what went together. Who answers is not drawn by lot."""
position    = 85
needs       = ["sales_order", "feedback", "feedback.nps", "feedback.order_key"]

[columns]
answer    = "Answer"
answers   = { label = "Answers", format = "people" }
late      = { label = "Came late", format = "percent", of = "dated" }
asked     = { label = "Needed help", format = "percent", of = "answers" }
effort    = { label = "Much effort", format = "percent", of = "answers" }
returned.label = "Sent something back"
returned.format = "percent"
returned.of = "answers"
reviewed  = { label = "Left a review", format = "percent", of = "answers" }
revenue   = { label = "Order, {net}", format = "money", of = "answers" }
dated     = { label = "Delivery known of", format = "count" }
*/
select
    case
        when is_promoter then 'Would recommend (9 or 10)'
        when is_detractor then 'Would not recommend (0 to 6)'
        else 'Undecided (7 or 8)'
    end as answer,
    count(*) as answers,
    count(*) filter (is_late) / nullif(count(is_late), 0) as late,
    count(*) filter (effort_band <> 'none')
        / nullif(count(effort_band), 0) as asked,
    count(*) filter (effort_band = 'high')
        / nullif(count(effort_band), 0) as effort,
    case when (select bool_or(is_returned) from orders) then
        count(*) filter (is_returned) / nullif(count(is_returned), 0)
    end as returned,
    case when (select count(reviewed_at) from orders) > 0 then
        count(reviewed_at) / count(*)
    end as reviewed,
    avg(revenue)::double as revenue, count(is_late) as dated
from (
    select
        is_promoter, is_detractor, is_late, orders.effort_band,
        is_returned, reviewed_at, revenue
    from feedback
    join orders using (order_key)
    where feedback.kind = 'nps' and score is not null
        and answered_at is not null and counts
        and feedback.day > $end - 365 and feedback.day <= $end
)
group by all
order by answer desc
