/*
title = "Questions before buying"
kind  = "mart"
grain = "one row per contact before an order"
key   = "ticket_key"
description = """
Contacts that came before any order or about a product. Nothing of a visit is
here, because no visit belongs to most of them: by device all would be none.
"""

[columns]
ticket_key      = "Source, kind and number of the contact."
person_id       = "The person, NULL where nobody matches."
day             = "Day of contact."
contact_channel = "Channel it was made in."
reason          = "Reason as the helpdesk gave it."
sales_channel   = "Sales channel of the contact."
*/
select
    ticket_key, person_id, day, contact_channel, reason,
    sales_channel
from tickets
where counts and before_purchase
