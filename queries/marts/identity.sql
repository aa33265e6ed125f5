/*
title = "Who is who"
kind  = "mart"
grain = "one row per subject, source and way"
key   = "subject, source, way"
description = """
How many orders, contacts, visits and purchases could be told whose they are,
and by what; and how the numbers of orders look.
"""

[columns]
subject = """
order (of the own shop, that counts), contact, visit, purchase that web
analytics saw, or number: a form of the number of orders."""
source  = "The source."
way     = """
order, contact: account, email, phone, order (the number it names), not_buyer
(known, but never ordered) or nobody; visit: known or nobody; purchase, number:
order_id, order_name, order_digits, transaction_id, or none."""
things  = "How many."
share   = "Share of the subject's, in this source; NULL for number."
looks   = "Purchase, number: how most are written, 9 a digit and a a letter."
*/
with

order_ways as (
    select
        orders.source,
        case
            when by_customer.person_id is not null then 'account'
            when by_email.person_id is not null then 'email'
            when by_phone.person_id is not null then 'phone'
            else 'nobody'
        end as way
    from orders
    join landed.sales_order using (source, order_id)
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where counts and orders.sales_channel = 'own_shop'
),

buyers as (
    select distinct person_id
    from orders
    where person_id is not null
),

contact_ways as (
    select
        tickets.source,
        case
            when effort.person_id is null then 'nobody'
            when buyers.person_id is null then 'not_buyer'
            else known_by
        end as way
    from contact_effort as effort
    join tickets using (ticket_key)
    left join buyers on buyers.person_id = effort.person_id
    where effort.counts
),

purchase_ways as (
    select
        web_source as source, coalesce(matched_by, 'none') as way,
        lower(transaction_id) as number
    from web_purchases
),

counted as (
    select
        'order' as subject, source, way, count(*) as things,
        null::varchar as looks
    from order_ways
    group by all
    union all
    select 'contact', source, way, count(*), null
    from contact_ways
    group by all
    union all
    select
        'visit', source,
        case when person_id is null then 'nobody' else 'known' end as way,
        count(*), null
    from sessions
    group by all
    union all
    select
        'purchase', source, way, count(*),
        mode(regexp_replace(
            regexp_replace(number, '[[:alpha:]]', 'a', 'g'), '[0-9]', '9', 'g'
        ))
    from purchase_ways
    group by all
    union all
    select
        'number', source, form, count(*),
        mode(regexp_replace(
            regexp_replace(number, '[[:alpha:]]', 'a', 'g'), '[0-9]', '9', 'g'
        ))
    from order_numbers
    group by all
)

select
    subject, source, way, things::bigint as things,
    case
        when subject != 'number'
            then things / sum(things) over (partition by subject, source)
    end as share,
    looks[:40] as looks
from counted
