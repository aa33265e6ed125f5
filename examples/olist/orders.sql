-- One row per order. Orders without items take what was paid as their total.
with bought as (
    select
        order_id,
        sum(number(price) + number(freight_value)) as gross,
        sum(number(freight_value)) as shipping
    from items
    group by order_id
),
paid as (
    select
        order_id,
        sum(number(payment_value)) as total,
        arg_max(payment_type, number(payment_value)) as method
    from payments
    group by order_id
)
select
    input.row_number,
    input.order_id,
    customers.customer_unique_id as customer_id,
    input.order_purchase_timestamp as placed_at,
    input.order_status as status,
    'own_shop' as sales_channel,
    paid.method as payment_method,
    'courier' as delivery_method,
    'BR' as ship_country,
    coalesce(bought.gross, paid.total) as gross_total,
    bought.shipping as shipping_total,
    true as prices_include_tax
from input
left join customers on customers.customer_id = input.customer_id
left join bought on bought.order_id = input.order_id
left join paid on paid.order_id = input.order_id
