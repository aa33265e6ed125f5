/*
title = "Feedback"
kind  = "mart"
grain = "one row per survey sent or review written"
key   = "feedback_key"

[columns]
feedback_key    = "Source and feedback id."
kind            = "nps, csat, ces or review."
person_id       = "The person, NULL where nobody matches."
order_key       = "The order it is about."
ticket_key      = "The ticket it is about."
product_id      = "The product it is about."
brand           = "Brand of the shop of the order."
asked_at        = "When it was asked for."
answered_at     = "When it was answered; NULL where it was not."
replied_at      = "When the shop replied."
day             = "Day it was answered, else asked for."
score           = "Score as given."
scale_min       = "Worst possible score."
scale_max       = "Best possible score."
is_promoter     = "NPS of 9 or 10."
is_detractor    = "NPS of 0 to 6."
is_satisfied    = "CSAT or review of 4 or 5 of 5, CES of 5 to 7 of 7."
published       = "Whether it can be read in public."
contact_channel = "Channel of the ticket."
channel         = "Channel of the order."
source_medium   = "Source and medium of the order."
campaign        = "Campaign of the order."
device          = "Device of the order."
country         = "Country of the order, else of the ticket."
visitor_type    = "new or returning, by the order's session."
sales_channel   = "Sales channel of the order, own_shop without one."
payment_method  = "How the order was paid."
delivery_method = "How the order was delivered."
basket_band     = "Gross amount of the order in bands."
customer_tier   = "Tier of the person just before the order or ticket."
first_product_category = "Category of the person's first order."
product_brand   = "Product brand with most of the order's value."
arrival         = "on_time or late: how the order came."
effort_band = """
none, low or high effort in the 30 days after the order, else of the ticket."""
orders_before = """
Orders of the person that count, up to the answer; NULL: nobody known, or no
answer."""
last_country    = "Country of the last of them."
ordered_within_90_days = """
Whether the person ordered in the 90 days after the answer; NULL until they
are over, or nobody known."""
*/
with

landed_feedback as (
    select
        source || ':' || feedback_id as feedback_key, source,
        lower(feedback.kind) as kind, score,
        coalesce(
            scale_min, case lower(feedback.kind) when 'nps' then 0 else 1 end
        ) as scale_min,
        coalesce(scale_max, case lower(feedback.kind)
            when 'nps' then 10 when 'ces' then 7 else 5 end) as scale_max,
        coalesce(by_customer.person_id, by_email.person_id, by_phone.person_id)
            as person_id,
        order_id as order_ref,
        ticket_id, product_id, asked_at, answered_at, replied_at, published
    from landed.feedback
    left join landed.person as by_customer
        on by_customer.key_kind = 'customer'
        and by_customer.key = source || ':' || customer_id
    left join landed.person as by_email
        on by_email.key_kind = 'email' and by_email.key = email_hash
    left join landed.person as by_phone
        on by_phone.key_kind = 'phone' and by_phone.key = phone_hash
    where coalesce(answered_at, asked_at) is not null
),

-- a survey tool knows the shop's number, not the shop's source name
about_orders as (
    select feedback_key, order_numbers.order_key
    from landed_feedback
    join landed.named_number as named
        on named.source = landed_feedback.source and named.text = order_ref
    join order_numbers using (number)
    join orders using (order_key)
    qualify row_number() over (
        partition by feedback_key
        order by
            coalesce(orders.person_id = landed_feedback.person_id, false) desc,
            order_numbers.source = landed_feedback.source desc, is_bare,
            abs(
                epoch(coalesce(asked_at, answered_at))
                - epoch(order_numbers.placed_at)
            ),
            order_numbers.order_key
    ) = 1
),

about_tickets as (
    select feedback_key, ticket_key
    from landed_feedback
    join tickets using (ticket_id)
    qualify row_number() over (
        partition by feedback_key
        order by
            tickets.source = landed_feedback.source desc,
            coalesce(
                tickets.person_id = landed_feedback.person_id, false
            ) desc,
            tickets.kind desc, ticket_key
    ) = 1
),

told as (
    select
        feedback_key, landed_feedback.kind,
        coalesce(
            landed_feedback.person_id, orders.person_id, tickets.person_id
        )::integer as person_id,
        coalesce(orders.order_key, tickets.order_key) as order_key,
        ticket_key, landed_feedback.product_id,
        coalesce(orders.brand, tickets.brand) as brand,
        asked_at, answered_at, replied_at,
        coalesce(answered_at, asked_at)::date as day,
        score, scale_min::double as scale_min, scale_max::double as scale_max,
        case when landed_feedback.kind = 'nps' then score >= 9 end
            as is_promoter,
        case when landed_feedback.kind = 'nps' then score <= 6 end
            as is_detractor,
        -- 4 of 1 to 5 and 5 of 1 to 7, carried over to other scales
        case
            when landed_feedback.kind in ('csat', 'review')
                then score >= scale_min + 0.75 * (scale_max - scale_min)
            when landed_feedback.kind = 'ces'
                then score >= scale_min + 0.66 * (scale_max - scale_min)
        end as is_satisfied,
        published,
        tickets.contact_channel,
        coalesce(orders.channel, tickets.channel) as channel,
        coalesce(orders.source_medium, tickets.source_medium) as source_medium,
        coalesce(orders.campaign, tickets.campaign) as campaign,
        coalesce(orders.device, tickets.device) as device,
        coalesce(orders.country, tickets.country) as country,
        coalesce(orders.visitor_type, tickets.visitor_type) as visitor_type,
        coalesce(orders.sales_channel, tickets.sales_channel, 'own_shop')
            as sales_channel,
        coalesce(orders.payment_method, tickets.payment_method)
            as payment_method,
        coalesce(orders.delivery_method, tickets.delivery_method)
            as delivery_method,
        coalesce(orders.basket_band, tickets.basket_band) as basket_band,
        coalesce(orders.customer_tier, tickets.customer_tier) as customer_tier,
        coalesce(orders.first_product_category, tickets.first_product_category)
            as first_product_category,
        coalesce(orders.product_brand, tickets.product_brand)
            as product_brand,
        coalesce(orders.arrival, tickets.arrival) as arrival,
        coalesce(orders.effort_band, tickets.effort_band) as effort_band
    from landed_feedback
    left join about_orders using (feedback_key)
    left join orders using (order_key)
    left join about_tickets using (feedback_key)
    left join tickets using (ticket_key)
),

-- what the same person ordered, whatever a reader chooses to see; orders and
-- answers in one row of time, because pairs of both grow with their product
moments as (
    select
        person_id, placed_at as happened_at, 0 as is_answer, country,
        null as feedback_key
    from orders
    where counts and person_id is not null
    union all
    select person_id, answered_at, 1, null, feedback_key
    from told
    where person_id is not null and answered_at is not null
),

around as (
    select
        feedback_key,
        count(*) filter (is_answer = 0) over so_far as orders_before,
        last_value(country ignore nulls) over so_far as last_country,
        min(if(is_answer = 0, happened_at, null)) over later as next_order_at
    from moments
    window
        so_far as (
            partition by person_id order by happened_at, is_answer
            rows between unbounded preceding and current row
        ),
        later as (
            partition by person_id order by happened_at desc, is_answer desc
            rows between unbounded preceding and 1 preceding
        )
),

known_through as (
    select min(complete_through) as through
    from landed_tables where table_name = 'sales_order'
)

select
    told.*,
    if(person_id is null or answered_at is null, null,
        coalesce(orders_before, 0))::bigint as orders_before,
    last_country,
    case
        when person_id is null then null
        when next_order_at <= answered_at + interval 90 days then true
        when answered_at::date + 90 <= through then false
    end as ordered_within_90_days
from told
left join around using (feedback_key)
cross join known_through
