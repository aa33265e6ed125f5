/*
title = "Tickets"
kind  = "mart"
grain = "one row per ticket, call or bot chat that a customer opened"
key   = "ticket_key"
description = """
Spam, merged tickets and what staff opened are left out. The order is the one
the ticket names, else the person's last order of the 30 days before. What
looks ahead (contained, repeats, bought) is NULL until its time is over, and
where nobody knows who asked. Stages: awareness before any order,
consideration about a product, conversion until the order has arrived,
retention after it, advocacy after a review or a referral of that order.
"""

[columns]
ticket_key      = "Source, kind and number."
source          = "The helpdesk it came from."
ticket_id       = "The helpdesk's own number."
kind            = "ticket or conversation (a call or a bot chat)."
counts = "False for a conversation that became a ticket and counts there."
person_id       = "The person, NULL where nobody matches."
order_key       = "The order it is about."
created_at      = "When it was opened."
day             = "Day it was opened."
contact_channel = "Channel it was opened in."
reason          = "Reason as the helpdesk gave it, in lower case."
team            = "Team that has it."
status          = "Status as the helpdesk gave it, in lower case."
priority        = "Priority as the helpdesk gave it, in lower case."
brand           = "Brand it is about, else the shop's brand of the order."
product_id      = "Product it is about."
first_reply_at = """
When a human first replied in public, where the helpdesk tells."""
first_reply_minutes = "Minutes to the first human public reply."
first_reply_business_minutes = "The same in office hours; NULL: not told."
full_resolution_minutes = "Minutes to the last time it was solved."
full_resolution_business_minutes = "That in office hours; NULL: not told."
requester_wait_minutes = "Minutes the customer waited in all."
wait_seconds    = "Seconds in the queue of a call or chat."
replies         = "Public replies of staff."
reopens         = "Times it came back after being solved."
transfers = """
Times it was handed to another person or team, or from bot to staff."""
is_one_touch    = "Solved with exactly one reply; NULL where not solved."
is_solved       = "Whether it is solved."
answered        = "Whether the call or chat was answered."
abandoned       = "Whether the customer gave up waiting."
by_bot          = "Whether a bot took it."
handed_over     = "Whether the bot handed it to staff."
claimed_resolved = "Whether the bot says it solved it."
contained = "Bot only: no staff and no contact of the person in 72 hours."
stage = """
Stage of the journey it belongs to; NULL: nobody knows who asked, or no shop
tells of orders."""
before_purchase = """
About a product, or from a person without an order so far; NULL: nobody knows
who asked, or no shop tells of orders."""
next_contact_at = "The person's next contact."
is_repeat       = "Same person had made contact in the 7 days before."
repeated_within_7_days = "Whether the person made contact again in 7 days."
is_first_contact_resolved = "No further contact on the same reason in 7 days."
issue_key = "First contact of a row of contacts, each 7 days or less apart."
is_issue_start  = "Whether it is that first contact."
channels_in_issue = "Channels used in that row of contacts."
switched_channel = "Went on in another channel than it began in."
waited = "First reply after 24 hours, or over 5 minutes in a queue."
asked_elsewhere = "Same reason in another channel within 7 days after."
effort_points   = "Signs of effort, weighed by the mart effort_weights."
effort_band     = "low or high: effort of this contact alone."
bought_within_7_days = "Whether the person ordered in the 7 days after."
bought_within_90_days = "Whether the person ordered in the 90 days after."
channel         = "Channel of the order."
source_medium   = "Source and medium of the order."
campaign        = "Campaign of the order."
device          = "Device of the order."
country         = "Country as the helpdesk gave it, else of the order."
visitor_type    = "new or returning, by the order's session."
sales_channel   = "Sales channel of the order, own_shop without one."
payment_method  = "How the order was paid."
delivery_method = "How the order was delivered."
basket_band     = "Gross amount of the order in bands."
customer_tier   = "Tier of the person just before it."
first_product_category = "Category of the person's first order."
product_brand   = "Product brand with most of the order's value."
arrival         = "on_time or late: how the order came."
*/
with

landed_tickets as (
    select
        source, ticket_id, 'ticket' as kind, true as counts, created_at,
        order_ref, product_id, brand, country, reason, status, priority, team,
        first_reply_at,
        -- office hours stand in only where nothing else is told
        coalesce(
            case when in_hours then null else first_reply_minutes end,
            (epoch(first_reply_at) - epoch(created_at)) / 60,
            first_reply_minutes
        ) as first_reply_minutes,
        coalesce(
            first_reply_business_minutes,
            case when in_hours then first_reply_minutes end
        ) as first_reply_business_minutes,
        coalesce(
            case when in_hours then null else full_resolution_minutes end,
            (epoch(coalesce(
                resolved_at, case when is_solved then first_resolved_at end
            )) - epoch(created_at)) / 60,
            full_resolution_minutes
        ) as full_resolution_minutes,
        coalesce(
            full_resolution_business_minutes,
            case when in_hours then full_resolution_minutes end
        ) as full_resolution_business_minutes,
        requester_wait_minutes, null::double as wait_seconds, replies,
        is_solved, null::boolean as answered, null::boolean as abandoned,
        false as by_bot, null::boolean as handed_over,
        null::boolean as claimed_resolved
    from landed.ticket
    cross join lateral (
        select
            coalesce(lower(minutes_basis) = 'business', false) as in_hours,
            -- a word of the shop's own: only the helpdesk knows what it means
            case
                when lower(status) in ('solved', 'closed', 'resolved', 'done')
                    then true
                when lower(status) in (
                    'new', 'open', 'pending', 'hold', 'on-hold', 'stalled',
                    'reopened', 'waiting on customer', 'rejected', 'deleted',
                    'waiting on third party'
                ) then false
                when status is null
                    then coalesce(resolved_at, first_resolved_at) is not null
                else resolved_at is not null
            end as is_solved
    )
    where
        deleted_at is null and merged_into is null
        and not coalesce(is_spam, false)
        and coalesce(initiated_by, 'customer') = 'customer'
    union all
    select
        source, conversation_id, 'conversation', ticket_id is null, started_at,
        order_ref, null, null, null, reason, null, null, null,
        null, null, null, null, null, null, wait_seconds, null,
        coalesce(claimed_resolved, false), answered, abandoned,
        bot, coalesce(handed_over, bot and ticket_id is not null),
        claimed_resolved
    from landed.conversation
    cross join lateral (
        select coalesce(lower(conversation.kind) like '%bot%', false)
            or coalesce(lower(channel) like '%bot%', false) as bot
    )
    where started_at is not null
),

-- ------------------------------------------- 1. the person's other orders
keyed as (
    select
        *, source || ':' || kind || ':' || ticket_id as ticket_key
    from landed_tickets
),

placed as (
    select person_id, placed_at, day, order_number
    from orders
    where counts and person_id is not null
),

orders_so_far as (
    select ticket_key, order_number as orders_before
    from contact_effort
    asof join placed
        on contact_effort.person_id = placed.person_id
        and contact_effort.created_at >= placed.placed_at
),

tiers_then as (
    select ticket_key, tier
    from contact_effort
    join tiers
        on tiers.person_id = contact_effort.person_id
        and happened_at = created_at
),

next_orders as (
    select ticket_key, placed.day as next_order_day
    from contact_effort
    asof join placed
        on contact_effort.person_id = placed.person_id
        and contact_effort.created_at < placed.placed_at
),

-- ------------------------------------ 2. what the person did before and after
in_sequence as (
    select
        *,
        lead(created_at) over person as next_contact_at,
        lead(created_at) over same_reason as next_same_reason_at,
        coalesce(
            created_at::date - lag(created_at::date) over person > 7, true
        ) as is_issue_start
    from contact_effort
    where person_id is not null and counts
    window
        person as (
            partition by person_id order by created_at, ticket_key
        ),
        same_reason as (
            partition by person_id, reason order by created_at, ticket_key
        )
),

issues as (
    select
        *,
        last_value(case when is_issue_start then ticket_key end ignore nulls)
            over (
                partition by person_id order by created_at, ticket_key
                rows between unbounded preceding and current row
            ) as issue_key
    from in_sequence
),

issue_channels as (
    select issue_key, count(distinct contact_channel) as channels_in_issue
    from issues
    group by issue_key
),

-- a window is over when every helpdesk is complete through its last day
known_through as (
    select
        min(complete_through) filter (
            table_name in ('ticket', 'conversation')
        ) as contacts_through,
        min(complete_through) filter (table_name = 'sales_order')
            as orders_through
    from landed_tables
),

high as (
    select points as high_from
    from effort_weights
    where indicator = 'high_from'
)

select
    keyed.ticket_key, keyed.source, ticket_id, kind, keyed.counts,
    effort.person_id,
    orders.order_key,
    keyed.created_at, keyed.created_at::date as day,
    effort.contact_channel, effort.reason,
    team, lower(keyed.status) as status, lower(priority) as priority,
    coalesce(keyed.brand, orders.brand) as brand, keyed.product_id,
    first_reply_at,
    first_reply_minutes::double as first_reply_minutes,
    first_reply_business_minutes,
    full_resolution_minutes::double as full_resolution_minutes,
    full_resolution_business_minutes,
    requester_wait_minutes, wait_seconds, replies::bigint as replies,
    effort.reopens, effort.transfers,
    case when is_solved and kind = 'ticket' then replies = 1 end
        as is_one_touch,
    is_solved, answered, abandoned, by_bot, handed_over, claimed_resolved,
    case
        when not by_bot then null
        when handed_over then false
        when effort.person_id is null then null
        when keyed.created_at::date + 3 > contacts_through then null
        else coalesce(
            issues.next_contact_at
            > keyed.created_at + interval 72 hours, true
        )
    end as contained,
    case
        when keyed.order_ref is not null then false
        when keyed.product_id is not null then true
        when effort.person_id is not null and orders_through is not null
            then orders_before is null
    end as before_purchase,
    case
        when keyed.order_ref is null and keyed.product_id is not null
            then 'consideration'
        when orders.order_key is not null
            and least(reviewed_at, referred_at) <= keyed.created_at
            then 'advocacy'
        when orders.order_key is not null
            and coalesce(keyed.created_at < delivered_at, true)
            then 'conversion'
        when orders.order_key is not null or orders_before is not null
            then 'retention'
        when effort.person_id is not null and keyed.order_ref is null
            and orders_through is not null
            then 'awareness'
    end as stage,
    issues.next_contact_at,
    effort.is_repeat,
    case
        when effort.person_id is null then null
        when keyed.created_at::date + 7 > contacts_through then null
        else coalesce(
            issues.next_contact_at::date <= keyed.created_at::date + 7, false
        )
    end as repeated_within_7_days,
    case
        when effort.person_id is null then null
        when keyed.created_at::date + 7 > contacts_through then null
        else coalesce(
            next_same_reason_at::date > keyed.created_at::date + 7, true
        )
    end as is_first_contact_resolved,
    coalesce(issues.issue_key, keyed.ticket_key) as issue_key,
    coalesce(issues.is_issue_start, true) as is_issue_start,
    coalesce(channels_in_issue, 1)::bigint as channels_in_issue,
    effort.switched_channel,
    effort.waited,
    case
        when keyed.created_at::date + 7 <= contacts_through
            then effort.asked_elsewhere
    end as asked_elsewhere,
    effort.effort_points,
    case when effort.effort_points < high_from then 'low' else 'high' end
        as effort_band,
    case
        when effort.person_id is null or orders_through is null then null
        when keyed.created_at::date + 7 > orders_through then null
        else coalesce(next_order_day <= keyed.created_at::date + 7, false)
    end as bought_within_7_days,
    case
        when effort.person_id is null or orders_through is null then null
        when keyed.created_at::date + 90 > orders_through then null
        else coalesce(next_order_day <= keyed.created_at::date + 90, false)
    end as bought_within_90_days,
    orders.channel, orders.source_medium, orders.campaign, orders.device,
    coalesce(nullif(upper(keyed.country), ''), orders.country) as country,
    orders.visitor_type,
    coalesce(orders.sales_channel, 'own_shop') as sales_channel,
    orders.payment_method,
    orders.delivery_method, orders.basket_band,
    tier as customer_tier,
    orders.first_product_category, orders.product_brand, orders.arrival
from keyed
join contact_effort as effort using (ticket_key)
left join orders on orders.order_key = effort.order_key
left join tiers_then using (ticket_key)
left join orders_so_far using (ticket_key)
left join next_orders using (ticket_key)
left join issues using (ticket_key)
left join issue_channels
    on issue_channels.issue_key = issues.issue_key
cross join known_through
cross join high
