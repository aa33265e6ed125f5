-- The canonical tables: one shape per thing, whatever the vendor.
--
-- This file is the only place where a landed table is declared. The comment
-- above each table is read by the landing:
--   grain: what one row is
--   merge: how a later read of the same thing lands
--     newest        by primary key, the row with the newest updated_at wins
--     with <table>  replaced together with its parent row (same source and key)
--     day <column>  whole days are replaced, no primary key
--     slice <columns>  whole combinations of these columns are replaced
--
-- Money is decimal(18,4) in major units, its currency beside it. Instants are
-- timestamptz in UTC. A source gives `email` and `phone`; they are stored as
-- email_hash and phone_hash. visitor_key, user_key and customer_id never leave
-- the landing. Every row carries source, _run_id and _file.

-- ---------------------------------------------------------------- the web

-- grain: one combination of one ready-made report of a day; never add reports
-- merge: slice report, date
create table web_daily (
    source varchar not null, report varchar not null, date date not null,
    time_zone varchar not null, currency varchar,
    channel_group varchar, source_medium varchar, campaign varchar,
    device_category varchar, country varchar, visitor_type varchar,
    landing_page varchar, event_name varchar, item_id varchar,
    item_name varchar,
    sessions bigint, engaged_sessions bigint, engagement_seconds double,
    new_users bigint, event_count bigint,
    add_to_carts bigint, checkouts bigint, purchases bigint,
    purchase_revenue decimal(18,4), refund_amount decimal(18,4),
    items_viewed bigint, items_added_to_cart bigint,
    items_checked_out bigint, items_purchased bigint,
    item_revenue decimal(18,4),
    ad_cost decimal(18,6), ad_clicks bigint, ad_impressions bigint,
    is_final boolean not null default true,
    _run_id varchar, _file varchar
);

-- grain: one exact period, because users do not add up over days
-- merge: newest
create table web_people (
    source varchar, period_start date, period_end date,
    time_zone varchar, active_users bigint, total_users bigint,
    new_users bigint, updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, period_start, period_end)
);

-- grain: one order that web analytics saw, by day and campaign
-- merge: slice date
create table web_order (
    source varchar not null, transaction_id varchar not null,
    date date not null, channel_group varchar, source_medium varchar,
    campaign varchar, purchases bigint, revenue decimal(18,4),
    currency varchar, is_final boolean default true,
    _run_id varchar, _file varchar
);

-- grain: one visit
-- contacts: questions begun in the visit before it bought, where the source
-- counts them; a ticket or conversation may name its visit instead
-- merge: day started_at
create table session (
    source varchar not null, session_key varchar not null,
    visitor_key varchar, user_key varchar,
    started_at timestamptz not null,
    channel_group varchar, source_name varchar, medium varchar,
    campaign varchar, device_category varchar, country varchar,
    landing_page varchar, is_new boolean, is_engaged boolean,
    engagement_seconds double, page_views integer, items_viewed integer,
    searches integer, zero_results integer, add_to_carts integer,
    checkouts integer, shipping_infos integer, payment_infos integer,
    purchases integer, contacts integer, transaction_id varchar,
    consent varchar,
    _run_id varchar, _file varchar
);

-- grain: one event of web analytics; an event with items has one row per item
-- All rows of an event share event_key. The first row, whose item_number is 1
-- or null, is the event itself: only it holds value and engagement_ms, so sums
-- never multiply, and coalesce(item_number, 1) = 1 counts events. The same
-- event_key and item_number twice is the same thing read twice.
-- source_basis says what source_name, medium and campaign were taken from, best
-- first: session (the source's own answer for the visit); event (sent with this
-- event) or click (an ad's click id); first_user (the visitor's very first
-- source, not the visit's: used only where a visit has nothing else).
-- consent: granted, denied or null where the source does not say.
-- merge: day happened_at
create table web_event (
    source varchar not null, happened_at timestamptz not null,
    event_date date, event_name varchar not null,
    session_key varchar, visitor_key varchar, user_key varchar,
    session_number integer, is_first_visit boolean, is_engaged boolean,
    engagement_ms bigint,
    source_name varchar, medium varchar, campaign varchar,
    source_basis varchar, click_id varchar,
    device_category varchar, country varchar,
    page varchar, search_term_chars integer, search_results integer,
    transaction_id varchar, value decimal(18,4), currency varchar,
    item_id varchar, item_name varchar, item_brand varchar,
    item_category varchar, item_quantity integer,
    item_revenue decimal(18,4), item_number integer, consent varchar,
    event_key varchar,
    _run_id varchar, _file varchar
);

-- --------------------------------------------------------------- the shop

-- grain: one account or guest record of the shop
-- merge: newest
create table customer (
    source varchar, customer_id varchar, email_hash varchar,
    phone_hash varchar, created_at timestamptz, country varchar,
    marketing_consent boolean, orders_count integer,
    is_staff boolean default false, tags varchar[],
    updated_at timestamptz, deleted_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, customer_id)
);

-- grain: one order
-- merge: newest
create table sales_order (
    source varchar, order_id varchar, order_name varchar,
    customer_id varchar, email_hash varchar, phone_hash varchar,
    placed_at timestamptz, status varchar, financial_status varchar,
    fulfillment_status varchar, sales_channel varchar,
    payment_method varchar, delivery_method varchar,
    ship_country varchar, brand varchar,
    currency varchar not null, gross_total decimal(18,4),
    discount_total decimal(18,4), shipping_total decimal(18,4),
    tax_total decimal(18,4), prices_include_tax boolean,
    refunded_total decimal(18,4), shop_currency varchar,
    shop_rate double, coupon_codes varchar[],
    first_channel varchar, first_source varchar, first_medium varchar,
    first_campaign varchar, last_channel varchar, last_source varchar,
    last_medium varchar, last_campaign varchar, device_category varchar,
    touchpoints integer, days_to_conversion integer,
    attribution_ready boolean, transaction_id varchar,
    is_test boolean default false, cancelled_at timestamptz,
    updated_at timestamptz, deleted_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, order_id)
);

-- grain: one line of an order
-- merge: with sales_order
create table order_line (
    source varchar, order_id varchar, line_id varchar, sku varchar,
    product_id varchar, title varchar, category varchar, brand varchar,
    quantity integer, unit_price decimal(18,4), discount decimal(18,4),
    tax decimal(18,4), unit_cost decimal(18,4),
    refunded_quantity integer, currency varchar, updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, order_id, line_id)
);

-- grain: one refund
-- merge: newest
create table refund (
    source varchar, refund_id varchar, order_id varchar,
    line_id varchar, refunded_at timestamptz, amount decimal(18,4),
    tax decimal(18,4), shipping decimal(18,4), currency varchar,
    reason varchar, updated_at timestamptz, deleted_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, refund_id)
);

-- grain: one parcel
-- merge: newest
create table fulfillment (
    source varchar, fulfillment_id varchar, order_id varchar,
    shipped_at timestamptz, delivered_at timestamptz,
    promised_at timestamptz, ready_for_pickup_at timestamptz,
    collected_at timestamptz, returned_to_sender_at timestamptz,
    carrier varchar, status varchar, updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, fulfillment_id)
);

-- grain: one checkout that was begun in the shop
-- merge: newest
create table checkout (
    source varchar, checkout_id varchar, customer_id varchar,
    email_hash varchar, phone_hash varchar, order_id varchar,
    started_at timestamptz, completed_at timestamptz,
    total decimal(18,4), currency varchar, recovered boolean,
    reminder varchar, updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, checkout_id)
);

-- grain: one attempt to pay
-- merge: newest
create table payment_attempt (
    source varchar, attempt_id varchar, order_id varchar,
    checkout_id varchar, method varchar, result varchar,
    error_code varchar, amount decimal(18,4), currency varchar,
    device_category varchar, attempted_at timestamptz,
    updated_at timestamptz, _run_id varchar, _file varchar,
    primary key (source, attempt_id)
);

-- grain: one return announced by a customer
-- kind: withdrawal (a change of mind) or complaint (something is wrong); null
-- where the shop does not part them, then the reason tells
-- merge: newest
create table return_case (
    source varchar, return_id varchar, order_id varchar,
    line_id varchar, kind varchar, reason varchar, status varchar,
    quantity integer, requested_at timestamptz,
    answered_at timestamptz, received_at timestamptz,
    refunded_at timestamptz,
    updated_at timestamptz, _run_id varchar, _file varchar,
    primary key (source, return_id)
);

-- grain: one change of a newsletter or delivery subscription
-- merge: newest
create table subscription_event (
    source varchar, event_id varchar, email_hash varchar,
    phone_hash varchar, customer_id varchar, list varchar,
    kind varchar, channel varchar, happened_at timestamptz,
    updated_at timestamptz, _run_id varchar, _file varchar,
    primary key (source, event_id)
);

-- grain: one rate of a day; 1 unit of currency = rate units of to_currency
-- merge: newest
create table exchange_rate (
    source varchar, date date, currency varchar, to_currency varchar,
    rate decimal(18,8), updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, date, currency, to_currency)
);

-- ----------------------------------------------------------- the helpdesk

-- grain: one ticket, chat or call that a person opened or staff opened for one
-- minutes_basis: calendar (day and night; also where null) or business (office
-- hours), of the three columns of minutes without "business" in their names
-- session_key, visitor_key: the visit it was opened in, or its browser, as web
-- analytics names them
-- merge: newest
create table ticket (
    source varchar, ticket_id varchar, email_hash varchar,
    phone_hash varchar, customer_id varchar, session_key varchar,
    visitor_key varchar, order_ref varchar,
    product_id varchar, brand varchar, country varchar,
    channel varchar, reason varchar, status varchar, priority varchar,
    team varchar, created_at timestamptz not null,
    first_reply_at timestamptz, first_resolved_at timestamptz,
    resolved_at timestamptz, first_reply_minutes double,
    full_resolution_minutes double, requester_wait_minutes double,
    minutes_basis varchar, first_reply_business_minutes double,
    full_resolution_business_minutes double,
    replies integer, reopens integer,
    assignees integer, groups integer, is_spam boolean default false,
    initiated_by varchar default 'customer',
    merged_into varchar, updated_at timestamptz,
    deleted_at timestamptz, _run_id varchar, _file varchar,
    primary key (source, ticket_id)
);

-- grain: one thing that happened to a ticket
-- merge: newest
create table ticket_event (
    source varchar, event_id varchar, ticket_id varchar,
    kind varchar, channel varchar, author varchar,
    is_public boolean, from_value varchar, to_value varchar,
    happened_at timestamptz, updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, event_id)
);

-- grain: one call or bot chat
-- session_key, visitor_key: as of a ticket
-- merge: newest
create table conversation (
    source varchar, conversation_id varchar, ticket_id varchar,
    email_hash varchar, phone_hash varchar, customer_id varchar,
    session_key varchar, visitor_key varchar,
    order_ref varchar, kind varchar, channel varchar, reason varchar,
    started_at timestamptz, ended_at timestamptz,
    wait_seconds double, talk_seconds double, answered boolean,
    abandoned boolean, handed_over boolean, claimed_resolved boolean,
    updated_at timestamptz, _run_id varchar, _file varchar,
    primary key (source, conversation_id)
);

-- grain: one answer to a survey, or one review
-- merge: newest
create table feedback (
    source varchar, feedback_id varchar, kind varchar not null,
    score double, scale_min double, scale_max double,
    email_hash varchar, phone_hash varchar, customer_id varchar,
    order_id varchar, ticket_id varchar, product_id varchar,
    asked_at timestamptz, answered_at timestamptz,
    replied_at timestamptz, comment_chars integer, published boolean,
    updated_at timestamptz, _run_id varchar, _file varchar,
    primary key (source, feedback_id)
);

-- -------------------------------------------------------------- marketing

-- grain: one campaign and day, as one platform counts it
-- merge: slice platform, date
create table campaign_daily (
    source varchar not null, platform varchar not null,
    campaign_id varchar not null, campaign_name varchar,
    utm_campaign varchar, channel varchar, date date not null,
    time_zone varchar, currency varchar, cost decimal(18,6),
    impressions bigint, clicks bigint, sent bigint, delivered bigint,
    opens bigint, unsubscribes bigint, platform_conversions double,
    platform_revenue decimal(18,4), attribution varchar,
    is_final boolean default true, _run_id varchar, _file varchar
);

-- grain: one event of one message (sent, delivered, clicked, unsubscribed)
-- merge: day happened_at
create table message (
    source varchar not null, message_id varchar not null,
    campaign_id varchar, campaign_name varchar, flow varchar,
    email_hash varchar, phone_hash varchar, customer_id varchar,
    channel varchar, event varchar not null,
    happened_at timestamptz not null, _run_id varchar, _file varchar
);

-- grain: one loyalty or referral event
-- amount: money that used points took off an order, or that a reward is worth
-- merge: newest
create table loyalty_event (
    source varchar, event_id varchar, email_hash varchar,
    phone_hash varchar, customer_id varchar, kind varchar,
    points double, amount decimal(18,4), currency varchar,
    referred_email_hash varchar, order_id varchar,
    happened_at timestamptz, updated_at timestamptz,
    _run_id varchar, _file varchar,
    primary key (source, event_id)
);
