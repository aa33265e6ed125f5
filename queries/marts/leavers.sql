/*
title = "Customers who did not go on"
kind  = "mart"
grain = "one row per visit or order of a known customer and step not taken"
key   = "step, ref"
description = """
Whom a list of "See who" names, with the numbers of the shop and the helpdesk.
Visits of customers who have ordered since are left out, and so are orders
whose days to wait are not over.
"""

[columns]
step = "A step of stopped_visits, collection, second_order or review."
ref           = "The session, or the order."
person_id     = "The customer."
day           = "Day of the visit, of the first order, or of the delivery."
source        = "The shop of the order."
order_id      = "The shop's own id: of the last order, or of the order itself."
order_name    = "The number that the customer knows of that order."
ordered_on    = "Day of that order."
ticket_source = "The helpdesk of the last ticket."
ticket_id     = "The helpdesk's own number of the customer's last ticket."
marketing_consent = "Whether the customer agreed to be written to."
channel       = "Channel of the visit, or of the order."
source_medium = "Source and medium of it."
campaign      = "Campaign of it."
device        = "Device of it."
country       = "Country of it."
visitor_type  = "new or returning."
sales_channel = "Sales channel of the order; own_shop for visits."
payment_method = "How the order was paid; NULL for visits."
delivery_method = "How the order was delivered; NULL for visits."
basket_band   = "Gross amount of the order in bands; NULL for visits."
customer_tier = "Tier just before the order; NULL for visits."
first_product_category = "Category of the first order; NULL for visits."
product_brand = "Product brand with most of its value; NULL for visits."
arrival       = "on_time or late: how the order came; NULL for visits."
effort_band = """
none, low or high effort in the 30 days after the order; NULL for visits."""
*/
with

last_orders as (
    select
        person_id, max(day) as ordered_on,
        arg_max(order_key, (placed_at, order_key)) as order_key
    from orders
    where counts and person_id is not null
    group by person_id
),

last_tickets as (
    select
        person_id,
        arg_max(source, (created_at, ticket_key)) as ticket_source,
        arg_max(ticket_id, (created_at, ticket_key)) as ticket_id
    from tickets
    where kind = 'ticket' and person_id is not null
    group by person_id
),

visits as (
    select
        step, session_id::varchar as ref, person_id, day, order_key,
        channel, source_medium, campaign, device, country, visitor_type,
        sales_channel, null::varchar as payment_method,
        null::varchar as delivery_method, null::varchar as basket_band,
        null::varchar as customer_tier,
        null::varchar as first_product_category,
        null::varchar as product_brand, null::varchar as arrival,
        null::varchar as effort_band
    from stopped_visits
    join last_orders using (person_id)
    where day > ordered_on
),

ordered_once as (
    select
        'second_order' as step, first_order_key as ref, person_id, day,
        first_order_key as order_key, channel, source_medium, campaign,
        device, country, visitor_type, sales_channel, payment_method,
        delivery_method, basket_band, 'prospects' as customer_tier,
        first_product_category, product_brand, arrival, effort_band
    from customers
    cross join settings.stage_windows
    cross join (
        select min(complete_through) as through
        from landed_tables where table_name = 'sales_order'
    )
    where second_order_at is null and day + come_back_days <= through
),

said_nothing as (
    select
        'review' as step, order_key as ref, unit_id::integer as person_id,
        day, order_key, channel, source_medium, campaign, device, country,
        visitor_type, sales_channel, payment_method, delivery_method,
        basket_band, customer_tier, first_product_category, product_brand,
        arrival, effort_band
    from stage_entries
    where stage = 'advocacy' and not moved_on and unit_id is not null
),

not_collected as (
    select
        'collection' as step, order_key as ref, person_id, day, order_key,
        channel, source_medium, campaign, device, country, visitor_type,
        sales_channel, payment_method, delivery_method, basket_band,
        customer_tier, first_product_category, product_brand, arrival,
        effort_band
    from orders
    where counts and shipped_at is not null and person_id is not null
        and (
            payment_method = 'cash_on_delivery'
            or delivery_method in ('locker', 'pickup')
        )
        and returned_to_sender_at::date <= day + 21
),

stopped as (
    select * from visits
    union all
    select * from not_collected
    union all
    select * from ordered_once
    union all
    select * from said_nothing
)

select
    step, ref, stopped.person_id, stopped.day, orders.source, order_id,
    order_name, orders.day as ordered_on, ticket_source, ticket_id,
    marketing_consent, stopped.channel, stopped.source_medium,
    stopped.campaign, stopped.device, stopped.country, stopped.visitor_type,
    stopped.sales_channel, stopped.payment_method, stopped.delivery_method,
    stopped.basket_band, stopped.customer_tier,
    stopped.first_product_category, stopped.product_brand, stopped.arrival,
    stopped.effort_band
from stopped
join orders using (order_key)
left join last_tickets on last_tickets.person_id = stopped.person_id
left join customers on customers.person_id = stopped.person_id
