/*
title       = "Why payments fail"
question    = """
What do payment services say of the attempts that failed, and on which \
devices?"""
kind        = "table"
grain       = "one row per reason and payment method"
owner       = "growth"
description = """
Attempts, not orders: somebody who fails twice and then pays counts twice. \
The share is that of all attempts by that method; before are as many days \
earlier."""
position    = 212
needs       = ["payment_attempt", "payments.failed", "payments.error_code"]

[columns]
error_code     = "Reason"
payment_method = "Payment method"
failures       = { label = "Failed attempts", format = "count" }
attempts       = { label = "Attempts", format = "count" }
share          = { label = "Failed so", format = "percent", of = "attempts" }
attempts_before = { label = "Attempts before", format = "count" }
share_before.label = "Failed so before"
share_before.format = "percent"
share_before.of = "attempts_before"
on_phones.label = "On phones"
on_phones.format = "percent"
on_phones.of = "with_device"
with_device    = { label = "Device known of", format = "count" }
*/
with tried as (
    select
        payment_method, error_code, failed, device,
        day between $start and $end as is_now
    from payments
    where failed is not null and day <= $end
        and day >= $start - ($end - $start + 1)::integer
),
methods as (
    select
        payment_method,
        count(*) filter (is_now) as attempts,
        count(*) filter (not is_now) as attempts_before
    from tried
    group by all
),
failures as (
    select
        coalesce(error_code, '(not set)') as error_code, payment_method,
        count(*) filter (is_now) as failures,
        count(*) filter (not is_now) as failures_before,
        count(*) filter (is_now and device = 'mobile')
            / nullif(count(*) filter (is_now and device is not null), 0)
            as on_phones,
        count(*) filter (is_now and device is not null) as with_device
    from tried
    where failed
    group by all
)
select
    error_code,
    coalesce(failures.payment_method, '(not set)') as payment_method,
    failures, attempts,
    failures / nullif(attempts, 0) as share,
    attempts_before,
    failures_before / nullif(attempts_before, 0) as share_before,
    on_phones, with_device
from failures
join methods
    on methods.payment_method is not distinct from failures.payment_method
where failures > 0
order by failures desc, error_code, payment_method
