/*
title = "Checkouts"
kind  = "mart"
grain = "one row per checkout begun in the shop"
key   = "checkout_key"

[columns]
checkout_key    = "Source and checkout id."
person_id       = "The person, NULL where nobody matches."
order_key       = "The order it became."
started_at      = "When it was begun."
day             = "Day it was begun."
completed_at    = "When it became an order."
is_completed    = "Whether it became an order."
recovered       = "Whether a reminder brought the customer back."
reminder        = "The reminder that was sent."
reminded        = "Whether any reminder was sent."
bought_within_7_days = """
Person ordered in the 7 days after; NULL until they are over."""
total           = "Amount incl. tax, in the reporting currency."
device          = "Device of the order it became."
country         = "Country of the order it became."
channel         = "Channel of the order it became."
sales_channel   = "Sales channel of the order it became, else own_shop."
customer_tier   = "Tier of the person just before it."
*/
with

begun as (
    select
        source || ':' || checkout_id as checkout_key,
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            ::integer as person_id,
        source || ':' || order_id as order_key,
        started_at, started_at::date as day, completed_at,
        coalesce(recovered, false) as recovered, reminder, total,
        upper(currency) as currency
    from landed.checkout
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where started_at is not null
),

placed as (
    select person_id, placed_at, day
    from orders
    where counts and person_id is not null
),

tiers_then as (
    select checkout_key, tier
    from begun
    join tiers
        on tiers.person_id = begun.person_id
        and happened_at = started_at
),

next_orders as (
    select checkout_key, placed.day as next_order_day
    from begun
    asof join placed
        on begun.person_id = placed.person_id
        and begun.started_at <= placed.placed_at
),

known_through as (
    select min(complete_through) as orders_through
    from landed_tables
    where table_name = 'sales_order'
)

select
    checkout_key, begun.person_id, order_key, started_at, begun.day,
    completed_at,
    completed_at is not null or order_key is not null as is_completed,
    recovered, reminder, reminder is not null as reminded,
    case
        when begun.person_id is null then null
        when begun.day + 7 > orders_through then null
        else coalesce(next_order_day <= begun.day + 7, false)
    end as bought_within_7_days,
    (total * exchange_rates.rate)::decimal(18, 4) as total,
    device, country, channel,
    coalesce(sales_channel, 'own_shop') as sales_channel,
    tier as customer_tier
from begun
left join orders using (order_key)
left join exchange_rates
    on exchange_rates.day = begun.day
    and exchange_rates.currency = begun.currency
left join tiers_then using (checkout_key)
left join next_orders using (checkout_key)
cross join known_through
