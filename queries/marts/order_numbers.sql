/*
title = "Numbers an order is known by"
kind  = "mart"
grain = "one row per order and form of its number"
key   = "order_key, form"

[columns]
order_key = "Source and order id."
person_id = "The person, NULL where nobody matches."
source    = "The shop it came from."
placed_at = "When the order was placed."
form      = """
order_id, order_name, transaction_id, or order_digits: its name without the
prefix and suffix that are the shop's habit."""
number    = "The number in lower case without gid://.../ and #."
*/
select
    source || ':' || order_id as order_key,
    coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
        ::integer as person_id,
    sales_order.source, placed_at, form, number
from landed.sales_order
join landed.order_number using (source, order_id)
left join landed.person as by_customer
    on by_customer.key_kind = 'customer'
    and by_customer.key = source || ':' || customer_id
left join landed.person as by_email
    on by_email.key_kind = 'email' and by_email.key = email_hash
left join landed.person as by_phone
    on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
where deleted_at is null and placed_at is not null
