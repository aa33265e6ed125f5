/*
title = "Campaigns"
kind  = "mart"
grain = """
one row per day, platform and campaign, and per day and origin of orders"""
key   = "day, platform, channel, source_medium, campaign, sales_channel"
description = """
What a platform says of a campaign, and the orders the shop itself traces to a
campaign of that name on that day. Orders that fit no platform's campaign have
platform NULL, so orders and revenue add up to those of the mart orders.
"""

[columns]
day           = "Day, as the platform cuts it."
platform      = "google_ads, meta, email and so on; NULL for orders of none."
channel       = "Channel, as in the other marts."
source_medium = "Source and medium of the orders."
campaign      = "Campaign as the link names it, else as the platform does."
sales_channel = """
Sales channel of the orders; own_shop of what a platform says."""
cost          = "Cost in the reporting currency."
impressions   = "Times shown."
clicks        = "Clicks."
sent          = "Messages sent."
delivered     = "Messages delivered."
opens         = "Messages opened."
unsubscribes  = "People who left the list."
orders        = "Orders that count, traced to it."
new_customers = "First orders among them."
revenue       = "Their revenue before refunds."
platform_conversions = "Orders as the platform claims them."
platform_revenue = """
Revenue as the platform claims it, in the reporting currency."""
*/
with

-- cost that web analytics repeats of a platform which is a source itself
own_platforms as (
    select distinct lower(platform) as platform
    from landed.campaign_daily
    where source not in (select distinct source from landed.web_daily)
),

platform_rows as (
    select
        date as day, lower(platform) as platform,
        nullif(channel, '') as channel,
        coalesce(nullif(utm_campaign, ''), nullif(campaign_name, ''),
            campaign_id) as campaign,
        sum(cost * coalesce(rate, 1)) as cost,
        sum(impressions) as impressions, sum(clicks) as clicks,
        sum(sent) as sent, sum(delivered) as delivered, sum(opens) as opens,
        sum(unsubscribes) as unsubscribes,
        sum(platform_conversions) as platform_conversions,
        sum(platform_revenue * coalesce(rate, 1)) as platform_revenue
    from landed.campaign_daily
    left join exchange_rates
        on exchange_rates.day = date
        and exchange_rates.currency = upper(campaign_daily.currency)
    where
        source not in (select distinct source from landed.web_daily)
        or lower(platform) not in (select platform from own_platforms)
    group by all
),

traced as (
    select
        day, channel, source_medium, campaign, sales_channel,
        count(*) as orders,
        count(*) filter (is_first) as new_customers,
        sum(revenue) as revenue
    from orders
    where counts
    group by all
),

-- a campaign name may run on two platforms: its orders go to the one whose
-- channel they came through, else to the dearest, and to one row only
matched as (
    select
        platform_rows.day, platform_rows.platform, platform_rows.channel,
        platform_rows.campaign,
        traced.channel as order_channel,
        traced.sales_channel,
        traced.source_medium as order_source_medium,
        traced.campaign as order_campaign
    from traced
    join platform_rows
        on platform_rows.day = traced.day
        and lower(platform_rows.campaign) = lower(traced.campaign)
    qualify row_number() over (
        partition by
            traced.day, traced.channel, traced.source_medium, traced.campaign,
            traced.sales_channel
        order by
            coalesce(platform_rows.channel = traced.channel, false) desc,
            cost desc, platform, platform_rows.channel, platform_rows.campaign
    ) = 1
),

owned as (
    select
        traced.*, matched.platform, matched.channel as platform_channel,
        matched.campaign as platform_campaign
    from traced
    left join matched
        on matched.day = traced.day
        and matched.order_channel is not distinct from traced.channel
        and matched.order_source_medium
        is not distinct from traced.source_medium
        and matched.order_campaign is not distinct from traced.campaign
        and matched.sales_channel is not distinct from traced.sales_channel
),

-- what a platform does not say of its channel is told by its orders' visits
channel_of as (
    select platform, arg_max(channel, orders) as usual_channel
    from (
        select platform, channel, sum(orders) as orders
        from owned
        where platform is not null and channel is not null
        group by all
    )
    group by platform
),

combined as (
    select
        day, platform, channel, null as source_medium, campaign,
        'own_shop' as sales_channel, cost,
        impressions, clicks, sent, delivered, opens, unsubscribes,
        0 as orders, 0 as new_customers, 0 as revenue,
        platform_conversions, platform_revenue
    from platform_rows
    union all
    select
        day, platform, case when platform is null then channel
            else platform_channel end,
        case when platform is null then source_medium end,
        coalesce(platform_campaign, campaign), sales_channel, 0,
        null, null, null, null, null, null,
        orders, new_customers, revenue, null, null
    from owned
),

-- what has no channel of its own may get the one another row has
named as (
    select
        combined.* replace (
            coalesce(
                channel, usual_channel,
                case
                    when platform like '%mail%' then 'Email'
                    when platform like '%sms%' then 'SMS'
                end
            ) as channel
        )
    from combined
    left join channel_of using (platform)
)

select
    day, platform, channel, source_medium, campaign, sales_channel,
    sum(cost)::decimal(18, 4) as cost,
    sum(impressions)::bigint as impressions,
    sum(clicks)::bigint as clicks,
    sum(sent)::bigint as sent,
    sum(delivered)::bigint as delivered,
    sum(opens)::bigint as opens,
    sum(unsubscribes)::bigint as unsubscribes,
    sum(orders)::bigint as orders,
    sum(new_customers)::bigint as new_customers,
    sum(revenue)::decimal(18, 4) as revenue,
    sum(platform_conversions)::double as platform_conversions,
    sum(platform_revenue)::decimal(18, 4) as platform_revenue
from named
group by day, platform, channel, source_medium, campaign, sales_channel
