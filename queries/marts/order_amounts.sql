/*
title = "Amounts of orders"
kind  = "mart"
grain = "one row per order"
key   = "order_key"
description = """
Whose an order is, how it stands and what it brought, before anything else is
known of it: orders adds the rest.
"""

[columns]
order_key       = "Source and order id."
person_id       = "The person, NULL where nobody matches."
placed_at       = "When it was placed."
day             = "Day it was placed, in the reporting time zone."
status          = "Status as the shop gave it."
standing        = "counts, waits, lost, test, or unknown: not in the settings."
counts          = "Whether it counts as an order."
currency        = "Currency it was paid in."
rate = "Units of the reporting currency for 1 of it, on the order's day."
gross           = "Amount incl. tax and shipping after discounts, converted."
discount        = "Discount, converted; NULL: the shop never tells."
shipping        = "Shipping, converted."
tax             = "Tax, converted."
revenue         = "Gross less shipping and, unless labels say incl. VAT, tax."
native_revenue  = "The same in the currency it was paid in."
net_share       = "Share of gross that is net, 0 to 1; splits untaxed refunds."
refunded_told   = "Net part of the refunds that the order itself tells."
shipping_factor = """
What 1 of shipping takes off revenue: 1, and where labels say incl. VAT its
tax too."""
*/
with

-- the lines know the tax on goods; what is left of all tax is on delivery
line_taxes as (
    select source || ':' || order_id as order_key, sum(tax) as tax_of_lines
    from landed.order_line
    group by all
    having count(tax) = count(*)
),

amounts as (
    select
        source || ':' || order_id as order_key,
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            ::integer as person_id,
        placed_at, placed_at::date as day,
        coalesce(nullif(sales_order.status, ''), financial_status) as status,
        case
            when is_test then 'test'
            when cancelled_at is not null then 'lost'
            else coalesce(order_statuses.standing, 'unknown')
        end as standing,
        upper(sales_order.currency) as currency,
        gross_total, shipping_total, tax_total, refunded_total,
        -- a shop that never gives discounts says nothing of them
        case
            when count(discount_total) over shop > 0
                then coalesce(discount_total, 0)
        end as discount_total,
        vat,
        -- more than any rate of VAT is no tax on delivery: lines are missing
        case
            when vat = 'included'
                and tax_total - tax_of_lines between 0 and 0.3 * shipping_total
                then tax_total - tax_of_lines
            else 0
        end as delivery_tax
    from landed.sales_order
    cross join settings.reporting
    left join line_taxes on line_taxes.order_key = source || ':' || order_id
    left join settings.order_statuses
        on order_statuses.status = lower(
            coalesce(nullif(sales_order.status, ''), financial_status)
        )
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where placed_at is not null and deleted_at is null
    window shop as (partition by source)
),

base as (
    select
        *,
        coalesce(1 + delivery_tax / nullif(shipping_total, 0), 1)
            ::decimal(18, 8) as shipping_factor,
        (
            gross_total - coalesce(shipping_total, 0) - delivery_tax
            - case when vat = 'included' then 0 else coalesce(tax_total, 0) end
        )::decimal(18, 4) as native_revenue
    from amounts
),

shares as (
    select
        *,
        -- what is all shipping and tax has no net part
        greatest(0, least(1, coalesce(
            native_revenue / nullif(gross_total, 0), 0
        )))::decimal(18, 8) as net_share
    from base
)

select
    order_key, person_id, placed_at, day, status, standing,
    standing = 'counts' as counts, currency, rate::decimal(18, 8) as rate,
    (gross_total * rate)::decimal(18, 4) as gross,
    (discount_total * rate)::decimal(18, 4) as discount,
    (shipping_total * rate)::decimal(18, 4) as shipping,
    (tax_total * rate)::decimal(18, 4) as tax,
    (native_revenue * rate)::decimal(18, 4) as revenue,
    native_revenue, net_share,
    (rate * refunded_total * net_share)::decimal(18, 4) as refunded_told,
    shipping_factor
from shares
left join exchange_rates using (day, currency)
