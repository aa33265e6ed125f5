/*
title       = "Carts won back by reminder"
question    = """
Of the abandoned checkouts, how many ordered within 7 days after each kind \
of reminder, and how many without any?"""
kind        = "table"
grain       = "one row per kind of reminder"
owner       = "growth"
description = """
Without a reminder stand those who were held back on purpose: what comes \
back by itself. Only the difference to them is the effect of a reminder. \
Checkouts of the 12 months that ended 7 days before the last day shown."""
position    = 240
needs       = ["checkout", "checkouts.reminder"]

[columns]
reminder   = "Reminder"
checkouts  = { label = "Checkouts", format = "count" }
ordered.label = "Ordered in 7 days"
ordered.format = "percent"
ordered.of = "checkouts"
difference.label = "More than without"
difference.format = "percent_points"
difference.of = "checkouts"
low.label = "At least"
low.format = "percent_points"
low.of = "checkouts"
high.label = "At most"
high.format = "percent_points"
high.of = "checkouts"
*/
with counted as (
    select
        case
            when reminder in ('control', 'holdout', 'none') then 'None'
            when reminder = 'sms' then 'SMS'
            when reminder = 'email' then 'E-mail'
            else reminder
        end as reminder,
        count(*) as checkouts,
        count(*) filter (
            bought_within_7_days or completed_at < started_at + interval 7 days
        ) / count(*) as ordered
    from checkouts
    where reminder is not null
        and day > $end - 372 and day <= $end - 7
    group by 1
),
compared as (
    select
        counted.*, counted.ordered - base.ordered as difference,
        1.96 * sqrt(
            counted.ordered * (1 - counted.ordered) / counted.checkouts
            + base.ordered * (1 - base.ordered) / base.checkouts
        ) as half
    from counted
    left join counted as base
        on base.reminder = 'None' and counted.reminder != 'None'
        and base.checkouts >= 30
)
select
    reminder, checkouts,
    ordered,
    difference,
    difference - half as low,
    difference + half as high
from compared
order by reminder != 'None', checkouts desc
