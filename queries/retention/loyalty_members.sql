/*
title       = "Loyalty members"
question    = """
Of the people who ordered for the first time, how many joined the loyalty \
programme within 30 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 30
grain       = "one row per day and segment"
owner       = "customer relations"
description = "Who had joined before the first order counts as well."
position    = 145
group       = "Loyalty programme"
needs       = ["sales_order", "loyalty_event", "loyalty.enrolled"]
across_rows = """
The first time a person joined; no choice of the reader reaches members."""
*/
with joined as (
    select person_id, min(day) as joined_on
    from loyalty
    where kind in ('enrolled', 'joined', 'signed_up')
        and person_id is not null
    group by person_id
)
select
    customers.day, sales_channel,
    count(*) filter (joined_on <= customers.day + 30) as numerator,
    count(*) as denominator
from customers
left join joined using (person_id)
group by all
