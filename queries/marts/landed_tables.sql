/*
title = "Landed tables and how far each is complete"
kind  = "mart"
grain = "one row per source and landed table"
key   = "source, table_name"

[columns]
source           = "The source."
table_name       = "The landed table."
newest_day       = "Day of its newest row, in the reporting time zone."
read_at          = "When it was last read."
complete_through = "Last day that is complete; NULL once the source is not set up any more."
time_zone_differs = "Whether its days are cut in another zone than the app's."
*/
with

newest as (
    select source, 'web_daily' as table_name, max(date) as newest_day,
        bool_or(web_daily.time_zone != reporting.time_zone) as other_zone
    from landed.web_daily cross join settings.reporting group by all
    union all
    select source, 'session', max(started_at)::date, false
    from landed.session group by all
    union all
    select source, 'web_event', max(happened_at)::date, false
    from landed.web_event group by all
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

combined as (
    select
        source, table_name, newest_day, read_at, whole_day,
        coalesce(other_zone, false) as time_zone_differs
    from newest
    full join whole_days using (source, table_name)
    left join reads using (source, table_name)
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
