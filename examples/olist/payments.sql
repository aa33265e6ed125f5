-- One row per payment; Olist publishes only payments that went through.
select
    input.row_number,
    input.order_id || ':' || input.payment_sequential as attempt_id,
    input.order_id,
    input.payment_type as method,
    'succeeded' as result,
    input.payment_value as amount,
    coalesce(
        orders.order_approved_at,
        orders.order_purchase_timestamp
    ) as attempted_at
from input
left join orders on orders.order_id = input.order_id
