/*
title = "Orders"
kind  = "mart"
grain = "one row per order"
key   = "order_key"

[columns]
order_key       = "Source and order id."
source          = "The shop it came from."
order_id        = "The shop's own id."
order_name      = "The number the customer knows."
person_id       = "The person, NULL where nobody matches."
placed_at       = "When it was placed."
day             = "Day it was placed, in the reporting time zone."
status          = "Status as the shop gave it."
standing        = "counts, waits, lost, test, or unknown: not in the settings."
counts          = "Whether it counts as an order."
channel         = "Channel of the session that led to it, else the shop's own."
source_medium   = "Source and medium of that session, else the shop's own."
campaign        = "Campaign of that session, else the shop's own."
device          = "Device of that session, else the shop's own."
country         = "Country of that session, else the one it ships to."
visitor_type    = "new or returning, by that session."
sales_channel   = "own_shop, marketplace, phone, store or b2b."
payment_method  = "How it was paid."
delivery_method = "courier, locker, pickup or other."
basket_band     = "Gross amount in bands of the reporting currency."
customer_tier   = "Tier of the person just before it; prospects: first order."
first_product_category = "Category of the person's first order."
product_brand = "Product brand with most of its value; NULL: no line has one."
arrival = "on_time or late by is_late; NULL until it can be told."
brand           = "Brand of the shop it was placed in."
currency        = "Currency it was paid in."
gross           = "Amount incl. tax and shipping after discounts, converted."
discount        = "Discount, converted; NULL: the shop never tells."
shipping        = "Shipping, converted."
tax             = "Tax, converted."
revenue         = "Gross less shipping and, unless labels say incl. VAT, tax."
native_revenue  = "The same in the currency it was paid in."
rate = "Units of the reporting currency for 1 of it, on the order's day."
net_share       = "Share of gross that is net, 0 to 1; splits untaxed refunds."
refunded        = "Net part of all refunds so far, converted."
revenue_after_refunds = "Revenue less refunded, on the day of the order."
margin          = "Revenue less cost, NULL unless every line has a cost."
coupon_used     = "Whether a coupon was used; NULL: never told."
coupon_code = """
The coupon, in capitals; single use: fewer than 5 people have it."""
session_id      = "The session that led to it."
web_seen        = "Whether web analytics saw it."
has_source      = "Whether it is known where the visitor came from."
order_number    = "1 for the person's first counting order, 2 for the next."
is_first        = "Whether it is the person's first counting order."
previous_order_at = "When the person's counting order before it was placed."
next_order_at   = "When the person's next counting order was placed."
days_to_next    = "Days to the next one, by the calendar; NULL until it comes."
next_contact_at = "The person's first contact after it."
shipped_at      = "When its first parcel left."
delivered_at    = "When its last parcel arrived."
promised_at     = "When it was promised to arrive."
ready_for_pickup_at = "When it lay ready at a locker or shop."
collected_at    = "When it was collected there."
returned_to_sender_at = "When it went back uncollected."
carrier         = "Who carried it."
is_late = "Arrived on a day after the promised one; NULL until it arrives."
days_to_deliver = "Days from order to arrival, by the calendar."
is_collected    = """
Fetched at a locker or shop (true), sent back by whatever way (false), else
NULL: still open, or handed over at the door."""
payment_attempts = "Attempts to pay it."
payment_failures = "Attempts that failed."
quantity        = "Pieces ordered."
returned_quantity = "Pieces sent back."
is_returned     = "Whether anything of it was sent back."
contacts_before = "The person's contacts in the 30 days before it."
contacts_after  = "Contacts about it in the 30 days after it."
effort_points   = "Effort of those contacts."
effort_band = """
none, low or high: effort of the contacts about it within 30 days after it, so
far; NULL where no contacts were landed then."""
reviewed_at     = "First review of it, by its number or else by its buyer."
referred_at = "First referral by the person within the window after delivery."
*/
with

-- ------------------------------------------------ 1. what was landed, plainly
base as (
    select
        order_key, source, order_id, order_name, order_amounts.person_id,
        order_amounts.placed_at, day, order_amounts.status, standing, counts,
        coalesce(nullif(lower(sales_channel), ''), 'own_shop')
            as sales_channel,
        nullif(lower(payment_method), '') as payment_method,
        nullif(lower(delivery_method), '') as delivery_method,
        nullif(upper(ship_country), '') as ship_country,
        brand, order_amounts.currency, rate,
        gross, discount, shipping, tax, revenue, native_revenue, net_share,
        refunded_told,
        -- a shop that never gives coupons says nothing of them
        case
            when count(coupon_codes) over shop > 0
                then coalesce(len(coupon_codes) > 0, false)
        end as coupon_used,
        nullif(upper(trim(coupon_codes[1])), '') as coupon,
        last_channel, last_source, last_medium, last_campaign,
        nullif(lower(device_category), '') as device
    from landed.sales_order
    join order_amounts on order_key = source || ':' || order_id
    window shop as (partition by source)
),

-- a code of one's own says nothing of a promotion, but something of a person
coupons as (
    select coupon
    from base
    where coupon is not null
    group by coupon
    having count(distinct coalesce(person_id::varchar, order_key)) >= 5
),

-- ------------------------------------ 2. what was given back, what was bought
given_back as (
    select order_key, coalesce(sum(revenue), 0) as paid_back
    from refund_amounts
    group by order_key
),

line_sums as (
    select
        source || ':' || order_id as order_key,
        sum(quantity)::bigint as quantity,
        sum(refunded_quantity)::bigint as refunded_quantity,
        sum(
            unit_cost::decimal(38, 4) * quantity * exchange_rates.rate
        ) as cost,
        count(*) = count(unit_cost) as all_costed,
        arg_max(
            category, coalesce(unit_price::decimal(38, 4) * quantity, 0)
        ) as category
    from landed.order_line
    join landed.sales_order using (source, order_id)
    left join exchange_rates
        on exchange_rates.day = placed_at::date
        and exchange_rates.currency
        = upper(coalesce(order_line.currency, sales_order.currency))
    group by all
),

-- of equal brands the first by its name, so that builds agree
brands as (
    select order_key, arg_min(brand, (-worth, brand)) as product_brand
    from (
        select
            source || ':' || order_id as order_key, trim(brand) as brand,
            sum(coalesce(
                unit_price::decimal(38, 4) * quantity - coalesce(discount, 0),
                0
            )) as worth
        from landed.order_line
        where trim(brand) != ''
        group by all
    )
    group by order_key
),

-- ---------------------------------------------------------- 3. where it began
visits as (
    select
        unnest(order_keys) as order_key, session_id, channel, source_medium,
        campaign, device, country, visitor_type, started_at
    from sessions
    where order_keys is not null
    qualify row_number() over (
        partition by order_key order by started_at, session_id
    ) = 1
),

reported as (
    select
        order_key, arg_min(channel, happened_at) as channel,
        arg_min(source_medium, happened_at) as source_medium,
        arg_min(campaign, happened_at) as campaign
    from web_purchases
    where order_key is not null
    group by order_key
),

origins as (
    select
        base.order_key, visits.session_id,
        reported.order_key is not null as web_seen,
        coalesce(
            visits.channel, reported.channel, nullif(last_channel, ''),
            channel_groups.channel
        ) as channel,
        coalesce(
            visits.source_medium, reported.source_medium,
            case when coalesce(last_source, last_medium) is not null then
                coalesce(last_source, '(not set)') || ' / '
                || coalesce(last_medium, '(not set)')
            end
        ) as source_medium,
        coalesce(visits.campaign, reported.campaign, nullif(last_campaign, ''))
            as campaign,
        coalesce(visits.device, base.device) as device,
        coalesce(visits.country, ship_country) as country,
        visitor_type
    from base
    left join visits using (order_key)
    left join reported using (order_key)
    left join channel_groups
        on channel_groups.source_name is not distinct from last_source
        and channel_groups.medium is not distinct from last_medium
        and channel_groups.campaign is not distinct from last_campaign
        and coalesce(last_source, last_medium) is not null
),

-- -------------------------------------------- 4. the person's other orders
in_sequence as (
    select
        order_key,
        row_number() over person as order_number,
        lag(placed_at) over person as previous_order_at,
        lead(placed_at) over person as next_order_at
    from base
    where standing = 'counts' and person_id is not null
    window person as (
        partition by person_id order by placed_at, order_key
    )
),

tiers_then as (
    select order_key, tier
    from base
    join tiers
        on tiers.person_id = base.person_id
        and happened_at = placed_at
),

first_categories as (
    select person_id, category as first_product_category
    from in_sequence
    join base using (order_key)
    join line_sums using (order_key)
    where order_number = 1
),

-- --------------------------------------- 5. delivery, payment, return, word
-- a carrier's own source knows a number of the shop, not the shop's name
parcel_orders as (
    select fulfillment.source, fulfillment_id, order_key
    from landed.fulfillment
    join landed.named_number as named
        on named.source = fulfillment.source and named.text = order_id
    join order_numbers using (number)
    where
        order_numbers.source = fulfillment.source
        or fulfillment.source not in (select source from landed.sales_order)
    qualify row_number() over (
        partition by fulfillment.source, fulfillment_id
        order by
            form = 'order_id' desc,
            abs(
                epoch(coalesce(shipped_at, ready_for_pickup_at, delivered_at))
                - epoch(placed_at)
            ), order_key
    ) = 1
),

parcels as (
    select
        order_key,
        min(shipped_at) as shipped_at,
        case when count(*) = count(delivered_at) then max(delivered_at) end
            as delivered_at,
        max(promised_at) as promised_at,
        max(ready_for_pickup_at) as ready_for_pickup_at,
        max(collected_at) as collected_at,
        max(returned_to_sender_at) as returned_to_sender_at,
        min(carrier) as carrier
    from landed.fulfillment
    join parcel_orders using (source, fulfillment_id)
    -- a label that was cancelled is no parcel; the next one is
    where
        coalesce(lower(status), '') not in (
            'cancelled', 'canceled', 'voided', 'error', 'failure'
        )
    group by all
),

attempts as (
    select
        order_key, count(*) as payment_attempts,
        count(*) filter (failed) as payment_failures
    from payments
    where order_key is not null
    group by all
),

returns as (
    select
        source || ':' || order_id as order_key,
        sum(coalesce(quantity, 1))::bigint as quantity
    from landed.return_case
    where
        coalesce(lower(status), '') not in (
            'rejected', 'refused', 'declined', 'cancelled', 'canceled'
        )
    group by all
),

written as (
    select
        source, feedback_id, answered_at,
        order_id as order_ref,
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            as person_id
    from landed.feedback
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where lower(feedback.kind) = 'review' and answered_at is not null
),

-- a review names its order, maybe as another system calls it; one that names
-- only its writer is about the writer's last order
review_orders as (
    (
        select order_key, answered_at
        from written
        join landed.named_number as named
            on named.source = written.source and named.text = order_ref
        join order_numbers using (number)
        qualify row_number() over (
            partition by written.source, feedback_id
            order by
                order_numbers.source = written.source desc, is_bare,
                abs(epoch(answered_at) - epoch(placed_at)), order_key
        ) = 1
    )
    union all
    (
        select order_key, answered_at
        from (select * from written where order_ref is null) as unnumbered
        asof join (select * from base where standing = 'counts') as placed
            on unnumbered.person_id = placed.person_id
            and unnumbered.answered_at >= placed.placed_at
    )
),

reviews as (
    select order_key, min(answered_at) as reviewed_at
    from review_orders
    group by order_key
),

-- the first after delivery is in time, or none is
referrals as (
    select order_key, happened_at as referred_at
    from (
        select order_key, person_id, delivered_at, recommend_days
        from base
        join parcels using (order_key)
        cross join settings.stage_windows
        where person_id is not null and delivered_at is not null
    ) as arrived
    asof join (
        select person_id, happened_at, day from loyalty where is_referral
    ) as brought
        on arrived.person_id = brought.person_id
        and arrived.delivered_at <= brought.happened_at
    where brought.day <= delivered_at::date + recommend_days
),

-- ------------------------------------------------------------- 6. contacts
counted_contacts as (
    select person_id, order_key, created_at, effort_points
    from contact_effort
    where counts
),

next_contacts as (
    select base.order_key, counted_contacts.created_at as next_contact_at
    from base
    asof join counted_contacts
        on base.person_id = counted_contacts.person_id
        and base.placed_at <= counted_contacts.created_at
),

-- contacts of the 30 days before, as a difference of running numbers: pairs
-- of orders and contacts would be millions for one busy customer
counted as (
    select
        person_id, created_at, created_at::date as created_day,
        row_number() over (
            partition by person_id order by created_at
        ) as so_far
    from counted_contacts
    where person_id is not null
),

by_moment as (
    select person_id, created_at, max(so_far) as so_far
    from counted
    group by all
),

by_day as (
    select person_id, created_day, max(so_far) as so_far
    from counted
    group by all
),

until_placed as (
    select order_key, so_far
    from base
    asof join by_moment
        on base.person_id = by_moment.person_id
        and base.placed_at > by_moment.created_at
),

long_before as (
    select order_key, so_far
    from (select order_key, person_id, day - 30 as since from base) as placed
    asof join by_day
        on placed.person_id = by_day.person_id
        and placed.since > by_day.created_day
),

before as (
    select
        order_key,
        until_placed.so_far - coalesce(long_before.so_far, 0)
            as contacts_before
    from until_placed
    left join long_before using (order_key)
),

-- a contact is about one order only: the one it names, else the last one; what
-- belongs to the next order must not weigh on this one
contacts as (
    select
        order_key, count(*) as contacts_after,
        sum(effort_points) as effort_points
    from base
    join (
        select order_key, created_at, effort_points from counted_contacts
    ) using (order_key)
    where created_at >= placed_at and created_at::date <= day + 30
    group by order_key
),

high as (
    select points as high_from
    from effort_weights
    where indicator = 'high_from'
),

-- before the first contact landed, none is not known to be none
first_contact as (
    select min(created_at)::date as contacts_from
    from contact_effort
)

select
    order_key, source, order_id, order_name, person_id, placed_at, day,
    status, standing, counts,
    origins.channel, origins.source_medium, origins.campaign, origins.device,
    origins.country, origins.visitor_type,
    sales_channel, payment_method, delivery_method,
    case
        when gross < 100 then '<100'
        when gross < 200 then '100-200'
        when gross < 400 then '200-400'
        when gross >= 400 then '400+'
    end as basket_band,
    tier as customer_tier, first_product_category, product_brand, brand,
    currency,
    gross, discount, shipping, tax, revenue, native_revenue, rate, net_share,
    coalesce(paid_back, refunded_told, 0)::decimal(18, 4)
        as refunded,
    (revenue - refunded)::decimal(18, 4) as revenue_after_refunds,
    case when all_costed then revenue - cost end::decimal(18, 4) as margin,
    coupon_used,
    case
        when base.coupon is null then null
        when coupons.coupon is null then 'single use'
        else base.coupon
    end as coupon_code,
    session_id, web_seen,
    coalesce(
        origins.channel not in ('Unassigned', '(not set)', '(other)'), false
    ) as has_source,
    order_number, coalesce(order_number = 1, false) as is_first,
    previous_order_at, next_order_at,
    (next_order_at::date - day)::integer as days_to_next,
    next_contact_at,
    shipped_at, delivered_at, promised_at, ready_for_pickup_at, collected_at,
    returned_to_sender_at, carrier,
    delivered_at::date > promised_at::date as is_late,
    case when is_late then 'late' when not is_late then 'on_time' end
        as arrival,
    (delivered_at::date - day)::integer as days_to_deliver,
    case
        when collected_at is not null then true
        when returned_to_sender_at is not null then false
    end as is_collected,
    coalesce(payment_attempts, 0)::bigint as payment_attempts,
    coalesce(payment_failures, 0)::bigint as payment_failures,
    line_sums.quantity,
    greatest(
        coalesce(line_sums.refunded_quantity, 0), coalesce(returns.quantity, 0)
    )::bigint as returned_quantity,
    greatest(
        coalesce(line_sums.refunded_quantity, 0), coalesce(returns.quantity, 0)
    ) > 0 as is_returned,
    coalesce(contacts_before, 0)::bigint as contacts_before,
    coalesce(contacts_after, 0)::bigint as contacts_after,
    coalesce(effort_points, 0)::double as effort_points,
    case
        when contacts_after is null and base.day >= contacts_from then 'none'
        when contacts_after is null then null
        when effort_points < high_from then 'low'
        else 'high'
    end as effort_band,
    reviewed_at, referred_at
from base
join origins using (order_key)
left join given_back using (order_key)
left join line_sums using (order_key)
left join brands using (order_key)
left join in_sequence using (order_key)
left join tiers_then using (order_key)
left join first_categories using (person_id)
left join parcels using (order_key)
left join attempts using (order_key)
left join returns using (order_key)
left join reviews using (order_key)
left join referrals using (order_key)
left join next_contacts using (order_key)
left join before using (order_key)
left join contacts using (order_key)
left join coupons on coupons.coupon = base.coupon
cross join high
cross join first_contact
