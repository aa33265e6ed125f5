/*
title       = "Cost per contact"
question    = "What does one contact cost on average, by person or bot?"
kind        = "measure"
unit        = "money"
interval    = "none"
better      = "lower"
grain       = "one row per day and segment"
owner       = "service"
description = """
Uses what a contact and a bot chat cost according to the settings."""
caveat      = """
No figure unless costs are set: [costs] contact and bot_chat in \
journey.toml."""
position    = 180
needs       = ["ticket"]
across_rows = "No figure where no cost of a contact is set."
*/
with parts as (
    select
        day, channel, campaign, sales_channel,
        amount as cost, 0 as contacts
    from costs
    where kind = 'contacts'
    union all
    select
        day, channel, campaign, sales_channel,
        0 as cost, 1 as contacts
    from tickets
    where counts
)
select
    day, channel, campaign, sales_channel,
    sum(cost) as numerator,
    sum(contacts)::bigint as denominator
from parts
where exists (select 1 from costs where kind = 'contacts')
group by all
