/*
title = "Loyalty and referrals"
kind  = "mart"
grain = "one row per loyalty or referral event"
key   = "event_key"

[columns]
event_key   = "Source and event id."
person_id   = "The person, NULL where nobody matches."
happened_at = "When it happened."
day         = "Day it happened."
kind        = "What happened, as the source names it."
points      = "Points given (positive) or used (negative)."
amount      = "Money that used points took off, in the reporting currency."
sales_channel = "own_shop: the programme is its own."
order_key   = "The order it belongs to."
is_referral = "Whether the person brought somebody."
referred_person_id = "The person who was brought, once known."
*/
select
    loyalty_event.source || ':' || event_id as event_key,
    coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
        ::integer as person_id,
    happened_at, happened_at::date as day,
    lower(loyalty_event.kind) as kind,
    points, (loyalty_event.amount * rate)::decimal(18, 4) as amount,
    'own_shop' as sales_channel,
    loyalty_event.source || ':' || order_id as order_key,
    coalesce(lower(loyalty_event.kind) like '%refer%', false)
        or referred_email_hash is not null as is_referral,
    referred.person_id::integer as referred_person_id
from landed.loyalty_event
left join landed.person as by_customer
    on by_customer.key_kind = 'customer'
    and by_customer.key = loyalty_event.source || ':' || customer_id
left join landed.person as by_email
    on by_email.key_kind = 'email' and by_email.key = email_hash
left join landed.person as by_phone
    on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
left join landed.person as referred
    on referred.key_kind = 'email' and referred.key = referred_email_hash
left join exchange_rates
    on exchange_rates.day = happened_at::date
    and exchange_rates.currency = upper(loyalty_event.currency)
where happened_at is not null
