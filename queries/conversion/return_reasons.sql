/*
title       = "Why goods come back"
question    = """
Why do customers send goods back, what does it cost, and how fast is each \
case answered?"""
kind        = "table"
grain       = "one row per reason"
owner       = "service"
description = """
Returns by the day they were announced, as the customer gave the reason. Paid \
back is the revenue, {net}, of the goods of cases that were refunded so far. Days \
are those of the middle case, by the calendar, of cases that were answered or \
refunded."""
caveat      = """
Only returns announced in a form are here: a shop that only books refunds \
knows no reasons."""
position    = 235
needs       = ["sales_order", "returns.reason"]

[columns]
return_reason  = "Reason"
kind           = "Kind"
returns        = { label = "Returns", format = "count" }
share          = { label = "Share of returns", format = "percent" }
refunded       = { label = "Paid back, {net}", format = "money" }
days_to_answer.label = "Days to answer"
days_to_answer.format = "days"
days_to_answer.of = "answers"
answers        = { label = "Answered", format = "count" }
days_to_refund.label = "Days to refund"
days_to_refund.format = "days"
days_to_refund.of = "refunds"
refunds        = { label = "Refunded", format = "count" }
top_brand      = "Most from brand"
top_category   = "Most from category"
*/
with cases as (
    select
        returns.*, order_lines.category,
        case
            when refunded_at is not null then coalesce(
                order_lines.revenue
                * least(1, returns.quantity / nullif(order_lines.quantity, 0)),
                -- cases that name no line share the order
                orders.revenue / count(*) over (
                    partition by
                        returns.order_key, order_lines.line_key is null,
                        refunded_at is null
                )
            )
        end as paid_back
    from returns
    left join order_lines using (line_key)
    left join orders on orders.order_key = returns.order_key
    where returns.day between $start and $end
)
select
    coalesce(reason, '(not set)') as return_reason,
    case kind
        when 'complaint' then 'Claim'
        when 'withdrawal' then 'Change of mind'
    end as kind,
    count(*) as returns,
    count(*) / sum(count(*)) over () as share,
    coalesce(sum(paid_back), 0)::double as refunded,
    median(answered_at::date - day)::double as days_to_answer,
    count(answered_at) as answers,
    median(days_to_refund)::double as days_to_refund,
    count(days_to_refund) as refunds,
    mode(brand) as top_brand,
    mode(category) as top_category
from cases
group by reason, kind
order by returns desc, return_reason
