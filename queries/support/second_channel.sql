/*
title       = "Same matter in a second channel"
question    = """
Which matters do people bring to a second channel within 7 days?"""
kind        = "table"
grain       = "one row per reason"
owner       = "service"
description = """
Contacts of the period whose 7 days are over, followed by a contact of the \
same person for the same reason in another channel. Contacts without a known \
person or reason are left out."""
caveat      = """
Choosing a contact channel hides the second one: read it for all channels."""
position    = 225
needs       = ["ticket", "tickets.reason", "tickets.person_id"]

[columns]
reason   = "Reason"
contacts = { label = "Contacts", format = "count" }
again    = { label = "Again elsewhere", format = "count" }
share    = { label = "Share", format = "percent", of = "contacts" }
*/
with first_contacts as (
    select
        reason,
        exists (
            select 1 from tickets as later
            where later.counts
                and later.person_id = tickets.person_id
                and later.reason = tickets.reason
                and later.contact_channel != tickets.contact_channel
                and later.created_at > tickets.created_at
                and later.created_at <= tickets.created_at + interval 7 days
        ) as went_on
    from tickets
    where counts and person_id is not null and reason is not null
        and day between $start and $end and day + 7 <= $through
)
select
    reason, count(*) as contacts,
    count(*) filter (went_on) as again,
    count(*) filter (went_on) / count(*) as share
from first_contacts
group by reason
order by again desc, contacts desc
