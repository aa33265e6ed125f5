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
customer_tier   = "Tier of the person just before the order."
first_product_category = "Category of the person's first order."
product_brand   = "Product brand with most of the order's value."
arrival         = "on_time or late: how the order came."
effort_band     = "none, low or high effort in the 30 days after the order."
brand           = "Brand of the shop."
*/
select
    refund_key, order_key, orders.person_id, refunded_at,
    refunded_at::date as day, refund_amounts.reason,
    refund_amounts.amount, refund_amounts.revenue,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, brand
from refund_amounts
left join orders using (order_key)
where refunded_at is not null
