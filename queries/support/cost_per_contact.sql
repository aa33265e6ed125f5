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
The costs are those of the settings, not of any bill: it moves with the mix \
of people and bot."""
position    = 180
group       = "Contacts"
needs       = ["costs.contacts"]
*/
with parts as (
    select day, sales_channel, amount as cost, 0 as contacts
    from costs
    where kind = 'contacts'
    union all
    select day, sales_channel, 0 as cost, 1 as contacts
    from tickets
    where counts and coalesce(answered, true)
)
select
    day, sales_channel,
    sum(cost) as numerator,
    sum(contacts)::bigint as denominator
from parts
group by all
-- costs carry no channel: chosen by it, there is no figure and not a zero
having sum(cost) > 0
