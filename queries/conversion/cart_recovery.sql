/*
title       = "Carts won back"
question    = """
Of the abandoned checkouts, how many more people ordered within 7 days \
with a reminder than without?"""
kind        = "measure"
unit        = "percent_points"
interval    = "proportion"
better      = "higher"
window_days = 7
grain       = "one row per day and segment"
owner       = "growth"
description = """
The share that ordered after a reminder, minus the share of those who were \
held back on purpose."""
caveat      = """
Some people come back without any reminder; only the difference is its \
effect. No figure without checkouts held back."""
position    = 180
group       = "Buying"
needs       = ["checkout", "checkouts.reminder"]
*/
select
    day, sales_channel, customer_tier,
    case
        when reminder in ('control', 'holdout', 'none') then 'baseline'
        else 'treated'
    end as arm,
    count(*) filter (
        bought_within_7_days or completed_at < started_at + interval 7 days
    ) as numerator,
    count(*) as denominator
from checkouts
where reminder is not null
group by all
