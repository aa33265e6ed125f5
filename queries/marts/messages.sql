/*
title = "Messages"
kind  = "mart"
grain = "one row per day of sending, flow, campaign and channel"
key   = "day, flow, campaign, channel"
description = """
Everything counts on the day the message was sent. An order is the message's
when it is the last one the person clicked in the 5 days before the order. What
a sender tells by day only, of campaigns without single messages, stands beside
it: clicks as the sender counts them, orders those of its link in 5 days.
"""

[columns]
day          = "Day the messages were sent."
flow         = "The automatic flow, NULL for a single mailing."
campaign     = "The campaign."
channel      = "Channel, as in the other marts: Email, SMS or as given."
sales_channel = "own_shop: it sends the messages."
sent         = "Messages sent."
delivered    = "Of those, delivered."
opened       = "Of those, opened; mail programs open by themselves too."
clicked      = "Of those, clicked."
unsubscribed = "Of those, answered by leaving the list."
orders       = "Orders that count, made after a click."
revenue      = "Their revenue before refunds."
*/
with

one_message as (
    select
        source, message_id,
        min(flow) as flow,
        min(coalesce(campaign_name, campaign_id)) as campaign,
        min(lower(channel)) as channel,
        min(coalesce(by_customer.person_id, by_email.person_id,
            by_phone.person_id)) as person_id,
        min(happened_at)::date as day,
        count(*) filter (lower(event) like 'sen%') > 0 as sent,
        count(*) filter (lower(event) like 'deliver%') > 0 as delivered,
        count(*) filter (lower(event) like 'open%') > 0 as opened,
        min(happened_at) filter (lower(event) like 'click%') as clicked_at,
        count(*) filter (lower(event) like 'unsub%') > 0 as unsubscribed
    from landed.message
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    group by source, message_id
),

clicks as (
    select source, message_id, person_id, clicked_at
    from one_message
    where clicked_at is not null and person_id is not null
),

earned as (
    select
        source, message_id, count(*) as orders, sum(revenue) as revenue
    from (
        select
            clicks.source, message_id, revenue,
            orders.day - clicked_at::date as days
        from orders
        asof join clicks
            on orders.person_id = clicks.person_id
            and orders.placed_at >= clicks.clicked_at
        where orders.counts
    )
    where days <= 5
    group by all
),

of_single_messages as (
    select
        day, flow, campaign,
        case channel
            when 'email' then 'Email'
            when 'sms' then 'SMS'
            when 'push' then 'Mobile Push Notifications'
            else channel
        end as channel,
        'own_shop' as sales_channel,
        -- who delivers or opens was sent to, also where no sending was told
        count(*) filter (
            sent or delivered or opened or clicked_at is not null
        )::bigint as sent,
        count(*) filter (
            delivered or opened or clicked_at is not null
        )::bigint as delivered,
        count(*) filter (opened)::bigint as opened,
        count(*) filter (clicked_at is not null)::bigint as clicked,
        count(*) filter (unsubscribed)::bigint as unsubscribed,
        coalesce(sum(orders), 0)::bigint as orders,
        coalesce(sum(revenue), 0)::decimal(18, 4) as revenue
    from one_message
    left join earned using (source, message_id)
    group by 1, 2, 3, 4
),

-- the same campaign may be told by day and by message: the messages know more
mailings as (
    select
        day, campaign, lower(campaign) as name, channel, sales_channel,
        sum(coalesce(sent, delivered))::bigint as sent,
        sum(coalesce(delivered, sent))::bigint as delivered,
        sum(opens)::bigint as opened,
        sum(least(clicks, coalesce(delivered, sent)))::bigint as clicked,
        sum(unsubscribes)::bigint as unsubscribed
    from campaigns
    where coalesce(sent, delivered) > 0
        and coalesce(
            lower(campaign) not in (
                select lower(campaign) from one_message
                where campaign is not null
            ), true
        )
    group by day, campaign, channel, sales_channel
),

-- an order traced to its link belongs to the mailing last sent before it
traced as (
    select
        sent_on, mailing.name, sum(orders) as orders, sum(revenue) as revenue
    from (
        select day, lower(campaign) as name, orders, revenue
        from campaigns
        where orders > 0 and campaign is not null
    ) as brought
    asof join (select distinct name, day as sent_on from mailings) as mailing
        on brought.name = mailing.name and brought.day >= mailing.sent_on
    where brought.day <= sent_on + 5
    group by all
),

-- of a campaign sent in two channels on a day, the orders stand in the first
by_day as (
    select
        day, null as flow, campaign, channel, sales_channel,
        sent, delivered, opened, clicked, unsubscribed,
        case when is_first then coalesce(orders, 0) else 0 end::bigint
            as orders,
        case when is_first then coalesce(revenue, 0) else 0 end
            ::decimal(18, 4) as revenue
    from (
        select
            *, row_number() over (
                partition by name, day order by channel, sales_channel
            ) = 1 as is_first
        from mailings
    ) as mailing
    left join traced
        on traced.name = mailing.name and traced.sent_on = mailing.day
)

select * from of_single_messages
union all
select * from by_day
