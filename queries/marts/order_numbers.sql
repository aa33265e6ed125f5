/*
title = "Numbers an order is known by"
kind  = "mart"
grain = "one row per order and form of its number"
key   = "order_key, form"

[columns]
order_key = "Source and order id."
source    = "The shop it came from."
placed_at = "When the order was placed."
form      = "order_id, order_name or transaction_id."
number    = "The number in lower case without gid://.../ and #."
*/
with

numbers as (
    select
        source || ':' || order_id as order_key, source, placed_at,
        unnest([
            {form: 'order_id', number: order_id},
            {form: 'order_name', number: order_name},
            {form: 'transaction_id', number: transaction_id}
        ], recursive := true)
    from landed.sales_order
    where deleted_at is null and placed_at is not null
)

select
    order_key, source, placed_at, form,
    lower(regexp_replace(trim(number), '^(gid://.*/|#)', '')) as number
from numbers
where trim(number) not in ('', '#')
