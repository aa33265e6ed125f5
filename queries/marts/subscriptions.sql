/*
title = "Subscriptions"
kind  = "mart"
grain = "one row per change of a newsletter or delivery subscription"
key   = "event_key"

[columns]
event_key   = "Source and event id."
person_id   = "The person, NULL where nobody matches."
happened_at = "When it happened."
day         = "Day it happened."
list        = "The list."
kind        = "What happened, as the source names it, in lower case."
contact_channel = "Channel of the list: email, sms, push."
sales_channel = "own_shop: the lists are its own."
*/
select
    source || ':' || event_id as event_key,
    coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
        ::integer as person_id,
    happened_at, happened_at::date as day, list,
    lower(kind) as kind, lower(channel) as contact_channel,
    'own_shop' as sales_channel
from landed.subscription_event
left join landed.person as by_customer
    on by_customer.key_kind = 'customer'
    and by_customer.key = source || ':' || customer_id
left join landed.person as by_email
    on by_email.key_kind = 'email' and by_email.key = email_hash
left join landed.person as by_phone
    on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
where happened_at is not null
