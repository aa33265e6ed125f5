/*
title = "Amounts of refunds"
kind  = "mart"
grain = "one row per refund"
key   = "refund_key"
description = """
A refund that states no tax is split like the order it belongs to.
"""

[columns]
refund_key  = "Source and refund id."
order_key   = "The order it belongs to."
person_id   = "The person, NULL where nobody matches."
refunded_at = "When it was paid back; NULL: not told."
reason      = "Reason as the shop gave it."
amount = "Amount incl. tax and shipping, at the rate of the order's day."
revenue     = "Its net part, as orders.revenue counts it."
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
                amount - case
                    when vat = 'included' then 0 else coalesce(tax, 0)
                end
        end as stated, coalesce(shipping, 0) as sending
    from landed.refund
    cross join settings.reporting
    where deleted_at is null
)

select
    refund_key, order_key, person_id, refunded_at, reason,
    (amount * exchange_rates.rate)::decimal(18, 4) as amount,
    coalesce(
        (stated - sending * coalesce(shipping_factor, 1))
        * exchange_rates.rate,
        amount * exchange_rates.rate * net_share
    )::decimal(18, 4) as revenue
from landed_refunds
left join order_amounts using (order_key)
left join exchange_rates
    on exchange_rates.day = order_amounts.day
    and exchange_rates.currency
    = coalesce(refund_currency, order_amounts.currency)
