/*
title = "Refunds"
kind  = "mart"
grain = "one row per refund"
key   = "refund_key"

[columns]
refund_key      = "Source and refund id."
order_key       = "The order it belongs to."
person_id       = "The person, NULL where nobody matches."
refunded_at     = "When it was paid back."
day             = "Day it was paid back: what revenue of that day loses."
reason          = "Reason as the shop gave it."
amount = "Amount incl. tax and shipping, at the rate of the order's day."
revenue         = "Its net part, as orders.revenue counts it."
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
customer_tier   = "new, second or loyal as of the order."
first_product_category = "Category of the person's first order."
product_brand   = "Product brand with most of the order's value."
arrival         = "on_time or late: how the order came."
effort_band     = "none, low or high effort in the 30 days after the order."
brand           = "Brand of the shop."
*/
with

landed_refunds as (
    select
        source || ':' || refund_id as refund_key,
        source || ':' || order_id as order_key,
        refunded_at, reason, amount,
        upper(refund.currency) as refund_currency,
        case
            when tax is not null or shipping is not null then
                amount - coalesce(shipping, 0) - case
                    when vat = 'included' then 0 else coalesce(tax, 0)
                end
        end as stated
    from landed.refund
    cross join settings.reporting
    where deleted_at is null and refunded_at is not null
)

-- a refund that states no tax is split like the order it belongs to
select
    refund_key, order_key, person_id, refunded_at,
    refunded_at::date as day, landed_refunds.reason,
    (amount * exchange_rates.rate)::decimal(18, 4) as amount,
    coalesce(
        stated * exchange_rates.rate, amount * exchange_rates.rate * net_share
    )::decimal(18, 4) as revenue,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, brand
from landed_refunds
left join orders using (order_key)
left join exchange_rates
    on exchange_rates.day = orders.day
    and exchange_rates.currency = coalesce(refund_currency, orders.currency)
