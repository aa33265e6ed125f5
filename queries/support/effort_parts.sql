/*
title       = "What effort is made of"
question    = "Which signs of effort do contacts carry, and how often?"
kind        = "table"
grain       = "one row per sign of effort"
owner       = "service"
description = """
Each sign adds its points to the effort of a contact, and the points of all \
contacts within 30 days after an order are the effort of that order. What a \
sign weighs stands in queries/marts/effort_weights.sql: change it there and \
build again."""
position    = 230
needs       = ["ticket"]

[columns]
indicator   = "Sign of effort"
contacts    = { label = "Contacts with it", format = "count" }
share       = { label = "Share of contacts", format = "percent", of = "asked" }
occurrences = { label = "Times in all", format = "count" }
asked       = { label = "Contacts", format = "count" }
*/
with signs as (
    select
        unnest([
            'repeat', 'transfer', 'reopen', 'channel_switch', 'wait'
        ]) as indicator,
        unnest([
            is_repeat::bigint, transfers, reopens, switched_channel::bigint,
            waited::bigint
        ]) as times
    from tickets
    where counts and day between $start and $end
)
select
    indicator, count(*) filter (times > 0) as contacts,
    count(*) filter (times > 0) / count(*) as share,
    sum(times)::bigint as occurrences, count(*) as asked
from signs
group by indicator
order by occurrences desc, indicator
