/*
title = "Landed tables and how far each is complete"
kind  = "mart"
grain = "one row per source and landed table"
key   = "source, table_name"
description = """
Every landed table a question can need, of each source that gave rows or days
of it.
"""

[columns]
source           = "The source."
table_name       = "The landed table."
newest_day       = "Day of its newest row, in the reporting time zone."
read_at          = "When it was last read."
complete_through = """
Last day that is complete; NULL once the source is not set up any more."""
time_zone_differs = "Whether its days are cut in another zone than the app's."
*/
with

last_events as (
    select
        source, max(happened_at) as newest_at, max(event_date) as newest_date
    from landed.web_event
    group by source
),

-- event_date is the property's day; where its zone lies east of the reporting
-- one it runs ahead of the day here, where west it lags behind
property_days as (
    select
        source, any_value(newest_at)::date as newest_day,
        any_value(newest_date) as newest_date,
        coalesce(avg((event_date > happened_at::date)::integer), 0) > 0.002
            as days_ahead,
        coalesce(avg((event_date < happened_at::date)::integer), 0) > 0.002
            as days_behind
    from landed.web_event
    join last_events using (source)
    where happened_at > newest_at - interval 60 days
    group by source
),

newest as (
    select source, 'web_daily' as table_name, max(date) as newest_day,
        bool_or(web_daily.time_zone != reporting.time_zone) as other_zone
    from landed.web_daily cross join settings.reporting group by all
    union all
    select source, 'session', max(started_at)::date, false
    from landed.session group by all
    union all
    select source, 'web_event', newest_day, false
    from property_days
    union all
    select source, 'web_people', max(period_end), bool_or(
        web_people.time_zone != reporting.time_zone)
    from landed.web_people cross join settings.reporting group by all
    union all
    select source, 'web_order', max(date), false
    from landed.web_order group by all
    union all
    select source, 'customer', max(created_at)::date, false
    from landed.customer group by all
    union all
    -- a line is as old as its order
    select source, 'order_line', max(placed_at)::date, false
    from landed.sales_order
    semi join landed.order_line using (source, order_id)
    group by all
    union all
    select source, 'refund', max(refunded_at)::date, false
    from landed.refund group by all
    union all
    select source, 'fulfillment', max(greatest(
        shipped_at, delivered_at, ready_for_pickup_at, collected_at,
        returned_to_sender_at
    ))::date, false
    from landed.fulfillment group by all
    union all
    select source, 'return_case', max(requested_at)::date, false
    from landed.return_case group by all
    union all
    select source, 'exchange_rate', max(date), false
    from landed.exchange_rate group by all
    union all
    select source, 'ticket_event', max(happened_at)::date, false
    from landed.ticket_event group by all
    union all
    select source, 'sales_order', max(placed_at)::date, false
    from landed.sales_order group by all
    union all
    select source, 'checkout', max(started_at)::date, false
    from landed.checkout group by all
    union all
    select source, 'payment_attempt', max(attempted_at)::date, false
    from landed.payment_attempt group by all
    union all
    select source, 'subscription_event', max(happened_at)::date, false
    from landed.subscription_event group by all
    union all
    select source, 'ticket', max(created_at)::date, false
    from landed.ticket group by all
    union all
    select source, 'conversation', max(started_at)::date, false
    from landed.conversation group by all
    union all
    select
        source, 'feedback', max(coalesce(answered_at, asked_at))::date, false
    from landed.feedback group by all
    union all
    select source, 'campaign_daily', max(date),
        bool_or(campaign_daily.time_zone != reporting.time_zone)
    from landed.campaign_daily cross join settings.reporting group by all
    union all
    select source, 'message', max(happened_at)::date, false
    from landed.message group by all
    union all
    select source, 'loyalty_event', max(happened_at)::date, false
    from landed.loyalty_event group by all
),

-- days read completely, also those on which nothing happened
whole_days as (
    select source, table_name, max(day) as whole_day
    from landed.landed_day
    group by all
),

reads as (
    select source, table_name, max(started_at) as read_at
    from landed.sync_run
    group by all
),

-- a shop that was asked and gave nothing back says that there is nothing
asked as (
    select source, table_name from newest
    union
    select source, table_name from whole_days
    union
    select source, table_name from reads
    where table_name in ('refund', 'return_case')
        -- one that may not be asked says nothing
        and not exists (
            select 1 from landed.data_quality as said
            where
                said.source = reads.source
                and said.table_name = reads.table_name
                and said.flag = 'not_available'
                and said.period_end >= read_at::date - 1
        )
),

-- the property's last whole day ends here some hours before midnight, or after
combined as (
    select
        source, table_name, newest.newest_day, read_at,
        case
            when days_ahead then least(whole_day, newest_date - 1)
            when days_behind then least(whole_day, newest_date)
            else whole_day
        end as whole_day,
        coalesce(other_zone, false) as time_zone_differs
    from asked
    left join newest using (source, table_name)
    left join whole_days using (source, table_name)
    left join reads using (source, table_name)
    left join property_days
        on table_name = 'web_event' and property_days.source = asked.source
),

-- a source that was taken out of the settings will never be read again; its
-- rows stay and do not hold the others back
read_no_more as (
    select distinct source
    from combined
    where
        source not in (select name from settings.sources)
        and exists (
            select 1 from combined as other
            join settings.sources on name = other.source
        )
)

-- what was read at noon is complete up to the evening before
select
    source, table_name, newest_day, read_at,
    case
        when source not in (select source from read_no_more)
            then least(
                coalesce(whole_day, newest_day - 1), read_at::date - 1
            )
    end as complete_through,
    time_zone_differs
from combined
