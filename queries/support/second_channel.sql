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
position    = 225
needs       = ["ticket", "tickets.reason", "tickets.person_id"]

[columns]
reason   = "Reason"
contacts = { label = "Contacts", format = "count" }
again    = { label = "Again elsewhere", format = "count" }
share    = { label = "Share", format = "percent", of = "contacts" }
*/
select
    reason, count(*) as contacts,
    count(*) filter (asked_elsewhere) as again,
    count(*) filter (asked_elsewhere) / count(*) as share
from tickets
where counts and asked_elsewhere is not null and day between $start and $end
group by reason
order by again desc, contacts desc, reason
