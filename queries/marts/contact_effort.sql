/*
title = "Effort of each contact"
kind  = "mart"
grain = "one row per contact: a ticket, a call or a bot chat of a customer"
key   = "ticket_key"

[columns]
ticket_key       = "Source, kind and number of the contact."
counts           = "False for a conversation that became a ticket."
person_id = "The person, else who placed the only order it can name."
known_by  = "account, email, phone, or order: who placed the order it names."
order_key = "The order it names, else the person's last of the 30 days before."
names_order      = "Whether it names an order that can be found."
created_at       = "When contact was made."
contact_channel  = "Channel it was made in."
product_id       = "Product it was about."
brand            = "Brand it was about."
reason           = "Reason as the helpdesk gave it."
is_repeat        = "Same person had made contact in the 7 days before."
transfers = """
Times it was handed to another person or team, or from bot to staff."""
reopens          = "Times it came back after being solved."
switched_channel = "Went on in another channel than it began in."
waited           = "First reply after 24 hours, or over 5 minutes in a queue."
asked_elsewhere = """
Same person, same reason, another channel within 7 days after; NULL where
person or reason is not known. The newest contacts may still get one."""
effort_points    = "Sum of the signs, weighed by the mart effort_weights."
*/
with

contacts as (
    select
        source, ticket_id, 'ticket' as kind, created_at, channel,
        product_id, brand, reason,
        email_hash, phone_hash, customer_id, order_ref,
        greatest(coalesce(groups, 1), coalesce(assignees, 1), 1) - 1
            as transfers,
        coalesce(reopens, 0) as reopens,
        coalesce(
            first_reply_minutes,
            (epoch(first_reply_at) - epoch(created_at)) / 60
        ) > 1440 as waited,
        true as counts
    from landed.ticket
    where
        deleted_at is null and merged_into is null
        and not coalesce(is_spam, false)
        and coalesce(initiated_by, 'customer') = 'customer'
    union all
    -- a call or chat that became a ticket is counted with that ticket
    select
        source, conversation_id, 'conversation', started_at, channel,
        null, null, reason,
        email_hash, phone_hash, customer_id, order_ref,
        coalesce(handed_over, false)::integer, 0, wait_seconds > 300,
        ticket_id is null
    from landed.conversation
    where started_at is not null
),

-- a ticket that a bot or a call handed over has changed hands once more; one
-- that only stands for a call has not
handed_over as (
    select source, ticket_id, count(*) as handovers
    from landed.conversation
    where ticket_id is not null and coalesce(handed_over, true)
    group by all
),

-- forms are answered by e-mail, so going on there is no other channel
ticket_events as (
    select
        source, ticket_id,
        count(*) filter (kind = 'transfer') as transfers,
        count(*) filter (kind = 'reopen') as reopens,
        count(distinct case
            when lower(channel) in ('form', 'web') then 'email'
            else lower(channel)
        end) filter (
            channel is not null and coalesce(author, 'customer') = 'customer'
        ) as channels
    from landed.ticket_event
    group by all
),

keyed as (
    select
        contacts.source || ':' || kind || ':' || contacts.ticket_id
            as ticket_key,
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            ::integer as person_id,
        case
            when by_customer.person_id is not null then 'account'
            when by_email.person_id is not null then 'email'
            when by_phone.person_id is not null then 'phone'
        end as known_by,
        contacts.source, contacts.created_at, order_ref,
        lower(contacts.channel) as contact_channel,
        product_id, brand, lower(reason) as reason,
        greatest(contacts.transfers, coalesce(ticket_events.transfers, 0))
            + coalesce(handovers, 0) as transfers,
        greatest(contacts.reopens, coalesce(ticket_events.reopens, 0))
            as reopens,
        coalesce(ticket_events.channels, 0) > 1 as switched_channel,
        coalesce(waited, false) as waited,
        contacts.counts
    from contacts
    left join ticket_events
        on contacts.kind = 'ticket'
        and ticket_events.source = contacts.source
        and ticket_events.ticket_id = contacts.ticket_id
    left join handed_over
        on contacts.kind = 'ticket'
        and handed_over.source = contacts.source
        and handed_over.ticket_id = contacts.ticket_id
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = contacts.source || ':' || contacts.customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = contacts.email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = contacts.phone_hash
),

-- a number may be an order's in several shops or forms: the writer's own first
named_orders as (
    select
        ticket_key, order_key, order_numbers.person_id as buyer_id,
        min(order_key) over contact = max(order_key) over contact as is_sure
    from keyed
    join landed.named_number as named
        on named.source = keyed.source and named.text = order_ref
    join order_numbers using (number)
    window contact as (partition by ticket_key)
    qualify row_number() over (
        partition by ticket_key
        order by
            coalesce(order_numbers.person_id = keyed.person_id, false) desc,
            order_numbers.source = keyed.source desc, is_bare,
            abs(epoch(created_at) - epoch(placed_at)), order_key
    ) = 1
),

-- who says nothing of himself but names one order is taken for its buyer
known as (
    select
        keyed.* exclude (person_id, known_by),
        coalesce(keyed.person_id, buyer_id) as person_id,
        coalesce(known_by, case when buyer_id is not null then 'order' end)
            as known_by
    from keyed
    left join named_orders
        on named_orders.ticket_key = keyed.ticket_key
        and keyed.person_id is null and is_sure
),

placed as (
    select order_key, person_id, placed_at
    from order_numbers
    where form = 'order_id' and person_id is not null
),

last_orders as (
    select
        ticket_key,
        case when created_at::date - placed_at::date <= 30 then order_key end
            as last_order_key
    from known
    asof join placed
        on known.person_id = placed.person_id
        and known.created_at >= placed.placed_at
),

in_sequence as (
    select
        *,
        lag(created_at) over person as previous_at,
        lag(contact_channel) over person as previous_channel,
        min(contact_channel) over matter as first_channel,
        max(contact_channel) over matter as last_channel
    from known
    window
        person as (
            partition by coalesce(person_id::varchar, ticket_key), counts
            order by created_at, ticket_key
        ),
        matter as (
            partition by
                coalesce(person_id::varchar, ticket_key), counts, reason
            order by epoch(created_at)
            range between current row and 604800 following
        )
),

signs as (
    select
        ticket_key, counts, person_id, known_by, created_at, contact_channel,
        coalesce(named_orders.order_key, last_order_key) as order_key,
        named_orders.order_key is not null as names_order,
        product_id, brand, reason,
        coalesce(previous_at::date >= created_at::date - 7, false)
            as is_repeat,
        transfers, reopens,
        switched_channel or coalesce(
            previous_at::date >= created_at::date - 7
            and previous_channel != contact_channel, false
        ) as switched_channel,
        waited,
        case
            when person_id is not null and reason is not null then coalesce(
                first_channel != contact_channel
                or last_channel != contact_channel, false
            )
        end as asked_elsewhere
    from in_sequence
    left join named_orders using (ticket_key)
    left join last_orders using (ticket_key)
),

weights as (
    select
        max(points) filter (indicator = 'contact') as contact,
        max(points) filter (indicator = 'repeat') as repeated,
        max(points) filter (indicator = 'transfer') as transfer,
        max(points) filter (indicator = 'reopen') as reopen,
        max(points) filter (indicator = 'channel_switch') as channel_switch,
        max(points) filter (indicator = 'wait') as wait
    from effort_weights
)

select
    ticket_key, counts, person_id, known_by, order_key, names_order,
    created_at, contact_channel,
    product_id, brand, reason, is_repeat,
    transfers::bigint as transfers, reopens::bigint as reopens,
    switched_channel, waited, asked_elsewhere,
    (
        contact + repeated * is_repeat::integer + transfer * transfers
        + reopen * reopens + channel_switch * switched_channel::integer
        + wait * waited::integer
    )::double as effort_points
from signs
cross join weights
