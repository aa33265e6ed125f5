/*
title = "Payment attempts"
kind  = "mart"
grain = "one row per attempt to pay"
key   = "attempt_key"

[columns]
attempt_key    = "Source and attempt id."
order_key      = "The order, NULL where none came of it."
checkout_key   = "The checkout, where the shop tells it."
attempted_at   = "When it was attempted."
day            = "Day it was attempted."
payment_method = "How it should be paid."
result         = "Result as the shop gave it."
failed         = "Whether it failed; NULL while pending or where unknown."
error_code     = "Reason as the payment service gave it."
device         = "mobile, desktop, tablet or as given."
country        = "Country the order ships to."
sales_channel  = "Sales channel of the order, else own_shop."
amount         = "Amount incl. tax, in the reporting currency."
*/
select
    payment_attempt.source || ':' || attempt_id as attempt_key,
    payment_attempt.source || ':' || payment_attempt.order_id as order_key,
    payment_attempt.source || ':' || checkout_id as checkout_key,
    attempted_at, attempted_at::date as day,
    nullif(lower(coalesce(method, payment_method)), '') as payment_method,
    lower(result) as result,
    case
        when lower(result) in (
            'success', 'successful', 'succeeded', 'paid', 'captured',
            'authorized', 'authorised', 'approved', 'accepted', 'completed',
            'settled', 'ok'
        ) then false
        when lower(result) in (
            'fail', 'failed', 'failure', 'declined', 'refused', 'rejected',
            'denied', 'error', 'expired', 'timeout', 'cancelled', 'canceled',
            'abandoned', 'voided'
        ) then true
    end as failed,
    error_code,
    nullif(
        lower(coalesce(
            payment_attempt.device_category, sales_order.device_category
        )), ''
    ) as device,
    nullif(upper(ship_country), '') as country,
    coalesce(nullif(lower(sales_channel), ''), 'own_shop') as sales_channel,
    (amount * rate)::decimal(18, 4) as amount
from landed.payment_attempt
left join landed.sales_order using (source, order_id)
left join exchange_rates
    on exchange_rates.day = attempted_at::date
    and exchange_rates.currency = upper(
        coalesce(payment_attempt.currency, sales_order.currency)
    )
where attempted_at is not null
    and deleted_at is null and not coalesce(is_test, false)
