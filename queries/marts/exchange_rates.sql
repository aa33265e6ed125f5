/*
title = "Exchange rates"
kind  = "mart"
grain = "one row per day and currency in which money was landed"
key   = "day, currency"
description = """
Banks publish no rates at weekends and on holidays: the last one of the seven
days before holds then. Without any, the build stops and says which rate is
missing.
"""

[columns]
day      = "Day in the reporting time zone."
currency = "Currency of the landed amount."
rate     = "Units of the reporting currency for 1 unit of it, on that day."
rate_day = "Day the rate was published; NULL for the reporting currency."
orders   = "Orders of that day in that currency."
*/
with

amounts as (
    select
        placed_at::date as day, currency, 1 as orders, true as is_needed
    from landed.sales_order
    where placed_at is not null and deleted_at is null
    union all
    select placed_at::date, order_line.currency, 0, true
    from landed.order_line
    join landed.sales_order using (source, order_id)
    where placed_at is not null and deleted_at is null
    union all
    select placed_at::date, refund.currency, 0, true
    from landed.refund
    join landed.sales_order using (source, order_id)
    where amount != 0 and refund.deleted_at is null
        and sales_order.deleted_at is null
    union all
    select happened_at::date, currency, 0, true
    from landed.loyalty_event
    where amount != 0
    union all
    select date, currency, 0, true
    from landed.campaign_daily
    where cost != 0
    union all
    select started_at::date, currency, 0, true
    from landed.checkout
    where total != 0
    union all
    select attempted_at::date, currency, 0, true
    from landed.payment_attempt
    where amount != 0
    union all
    -- what web analytics saw is shown beside the orders: without a rate it is
    -- left out there, and stops nothing
    select happened_at::date, currency, 0, false
    from landed.web_event
    where event_name = 'purchase' and currency is not null
    union all
    select date, currency, 0, false
    from landed.web_order
    union all
    select date, currency, 0, false
    from landed.web_daily
    where item_revenue != 0
),

days as (
    select
        day, upper(amounts.currency) as currency,
        reporting.currency as to_currency, sum(orders)::bigint as orders,
        bool_or(is_needed) as is_needed
    from amounts
    cross join settings.reporting
    where day is not null and amounts.currency is not null
    group by all
),

-- a rate may be landed in either direction; two sources may give the same one
rates as (
    select date as day, currency, to_currency, rate, 1 as choice, source
    from landed.exchange_rate
    union all
    select date, to_currency, currency, 1 / rate, 2, source
    from landed.exchange_rate
    where rate > 0
),

one_rate as (
    select day, upper(currency) as currency, upper(to_currency) as to_currency,
        rate
    from rates
    qualify row_number() over (
        partition by day, upper(currency), upper(to_currency)
        order by choice, source
    ) = 1
),

rated as (
    select
        days.day, days.currency, orders, is_needed,
        case when days.currency = days.to_currency then 1 else rate end
            as rate,
        case when days.currency != days.to_currency then one_rate.day end
            as rate_day
    from days
    asof left join one_rate
        on days.currency = one_rate.currency
        and days.to_currency = one_rate.to_currency
        and days.day >= one_rate.day
),

current_rates as (
    select
        day, currency, orders, is_needed, rate_day,
        case when rate_day is null or day - rate_day <= 7 then rate end as rate
    from rated
),

missing as (
    select
        count(*) as currencies,
        string_agg(
            format('{} on {} ({} orders)', currency, first_day, first_orders)
            || case
                when days > 1 then format(
                    ' and {} more days ({} orders)',
                    days - 1, orders - first_orders
                )
                else ''
            end, '; '
            order by currency
        ) as examples
    from (
        select
            currency, min(day) as first_day, count(*) as days,
            sum(orders)::bigint as orders,
            arg_min(orders, day) as first_orders
        from current_rates
        where rate is null and is_needed
        group by currency
    )
)

select
    day, currency,
    case
        when missing.currencies > 0 then error(
            'no exchange rate for ' || examples
            || ' | a rate of that day in exchange_rate, in either direction'
            || ' | land the missing rates and build again'
        )
        else rate
    -- wide, so that large amounts times it do not overflow
    end::decimal(28, 8) as rate,
    rate_day, orders
from current_rates
cross join missing
where is_needed or rate is not null
