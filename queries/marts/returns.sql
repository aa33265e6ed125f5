/*
title = "Returns"
kind  = "mart"
grain = "one row per return that a customer announced"
key   = "return_key"
description = """
The 14 days in which money must be given back or a complaint answered count
from the announcement, by the calendar. Until they are over, and where the
shop refused, what they ask is NULL.
"""

[columns]
return_key      = "Source and return id."
order_key       = "The order."
line_key        = "The line of the order, NULL for the whole of it."
person_id       = "The person, NULL where nobody matches."
requested_at    = "When it was announced."
day             = "Day it was announced."
kind = "withdrawal or complaint, as the shop says or else by the reason."
reason          = "Reason as the shop gave it, in lower case."
status          = "Status as the shop gave it, in lower case."
is_refused      = "Whether the shop refused it or the customer took it back."
quantity        = "Pieces."
answered_at = "When the shop answered; the refund where it tells no answer."
received_at     = "When the goods were back."
refunded_at     = "When the money was given back."
days_to_refund  = "Days from announcement to refund, by the calendar."
refunded_within_14_days = "Whether it was refunded in 14 days."
answered_within_14_days = "Whether it was answered in 14 days."
channel         = "Channel of the order."
source_medium   = "Source and medium of the order."
campaign        = "Campaign of the order."
device          = "Device of the order."
country         = "Country of the order."
visitor_type    = "new or returning, by the order's session."
sales_channel   = "own_shop, marketplace, phone, store or b2b."
payment_method  = "How the order was paid."
delivery_method = "courier, locker, pickup or other."
basket_band     = "Gross amount of the order in bands."
customer_tier   = "Tier of the person just before the order."
first_product_category = "Category of the person's first order."
product_brand   = "Brand of the line, else with most of the order's value."
arrival         = "on_time or late: how the order came."
effort_band     = "none, low or high effort in the 30 days after the order."
brand           = "Brand of the product, else of the shop."
*/
with

announced as (
    select
        source || ':' || return_id as return_key,
        source || ':' || order_id as order_key,
        source || ':' || order_id || ':' || line_id as line_key,
        requested_at, requested_at::date as day,
        lower(kind) as told_kind, lower(reason) as reason,
        lower(status) as status, coalesce(quantity, 1) as quantity,
        coalesce(answered_at, refunded_at) as answered_at,
        received_at, refunded_at,
        coalesce(lower(status), '') in (
            'rejected', 'refused', 'declined', 'cancelled', 'canceled'
        ) as is_refused
    from landed.return_case
    left join (
        select source, order_id, deleted_at is not null or is_test as is_void
        from landed.sales_order
    ) using (source, order_id)
    where requested_at is not null and not coalesce(is_void, false)
),

known_through as (
    select min(complete_through) as returns_through
    from landed_tables
    where table_name = 'return_case'
)

select
    return_key, announced.order_key, announced.line_key,
    orders.person_id, requested_at, announced.day,
    case
        when told_kind is not null then told_kind
        when reason similar to (
            '.*(defect|damag|broken|fault|wrong|described|complain|warrant|'
            || 'claim|missing).*'
        ) then 'complaint'
        when reason is not null then 'withdrawal'
    end as kind,
    reason, announced.status, is_refused,
    announced.quantity::bigint as quantity,
    answered_at, received_at, refunded_at,
    (refunded_at::date - announced.day)::integer as days_to_refund,
    case
        when is_refused then null
        when refunded_at::date <= announced.day + 14 then true
        when announced.day + 14 <= returns_through then false
    end as refunded_within_14_days,
    case
        when answered_at::date <= announced.day + 14 then true
        when is_refused then null
        when announced.day + 14 <= returns_through then false
    end as answered_within_14_days,
    orders.channel, orders.source_medium, orders.campaign, orders.device,
    orders.country, orders.visitor_type, orders.sales_channel,
    orders.payment_method, orders.delivery_method, orders.basket_band,
    orders.customer_tier, orders.first_product_category,
    coalesce(order_lines.product_brand, orders.product_brand) as product_brand,
    orders.arrival, orders.effort_band,
    coalesce(order_lines.brand, orders.brand) as brand
from announced
left join orders using (order_key)
left join order_lines on order_lines.line_key = announced.line_key
cross join known_through
