/*
title    = "Sign-ups"
question = "How many people signed up for messages for every visit?"
kind     = "measure"
unit     = "percent"
interval = "count"
better   = "higher"
grain    = "one row per day and segment"
owner    = "growth"
position = 80
group    = "Messages"
needs    = ["subscription_event"]
*/
with parts as (
    select
        day, sales_channel,
        1 as sign_ups, 0 as visits
    from subscriptions
    where kind in ('subscribed', 'subscribe', 'signed_up', 'opted_in')
    union all
    select
        day, sales_channel,
        0 as sign_ups, sessions as visits
    from traffic
)
select
    day, sales_channel,
    sum(sign_ups)::bigint as numerator,
    sum(visits)::bigint as denominator
from parts
group by all
