-- Turns the events of a GA4 BigQuery export into rows of web_event.
--
-- The connector puts three tables before this text: `export`, the files' events
-- with every column below in one shape, absent ones null; `country_name`, ISO
-- codes by Google's English names; and `choice`, the settings that matter here.
with named as (
    select
        export.* replace (
            lower(replace(trim(event_name), ' ', '_')) as event_name
        ),
        list_transform(event_params, lambda p: p.key) as keys,
        -- a number may stand as a number or as text, so all are read as text
        list_transform(
            event_params,
            lambda p: coalesce(
                p.value.string_value, p.value.int_value::varchar,
                p.value.double_value::varchar, p.value.float_value::varchar
            )
        ) as texts,
        session_traffic_source_last_click.cross_channel_campaign as crossed,
        session_traffic_source_last_click.google_ads_campaign as ads,
        session_traffic_source_last_click.manual_campaign as tagged,
        collected_traffic_source as sent,
        -- exports by hand leave blank text where BigQuery leaves null
        nullif(trim(user_pseudo_id), '') as visitor
    from export
    where event_name is not null and event_timestamp is not null
),

param as (
    select
        *,
        texts[list_position(keys, 'ga_session_id')] as session_number_of_ga,
        texts[list_position(keys, 'page_location')] as location,
        texts[list_position(keys, 'transaction_id')] as param_transaction,
        nullif(texts[list_position(keys, 'source')], '') as param_source,
        nullif(texts[list_position(keys, 'medium')], '') as param_medium,
        nullif(texts[list_position(keys, 'campaign')], '') as param_campaign,
        texts[list_position(keys, 'ignore_referrer')] = 'true' as own_referrer,
        try_cast(texts[list_position(keys, 'value')] as double) as param_value,
        regexp_extract(location, '[?&]gclid=([^&#]+)', 1) as location_click
    from named
),

-- Google's events have no id: two that agree in day, stream, visitor, session,
-- name, time, parameters and items are one event that was sent twice.
keyed as (
    select
        *,
        left(md5(concat_ws(
            '|', event_date, stream_id, visitor, session_number_of_ga,
            event_name, event_timestamp,
            array_to_string(list_sort(list_transform(
                event_params,
                lambda p: concat(
                    p.key, '=', p.value.string_value, p.value.int_value,
                    p.value.double_value, p.value.float_value
                )
            )), '&'),
            array_to_string(list_transform(
                items,
                lambda i: concat_ws(
                    '=', i.item_id, i.item_name, i.quantity, i.item_revenue
                )
            ), '&')
        )), 20) as event_key,
        case
            when visitor is not null and session_number_of_ga is not null
                then md5(concat_ws(
                    '|', stream_id, visitor, session_number_of_ga
                ))
        end as session_key
    from param
),

-- What each event knows of where the visit came from, as three answers.
sourced as (
    select
        *,
        case
            when nullif(crossed.source, '(not set)') is not null
                then struct_pack(
                    source := crossed.source, medium := crossed.medium,
                    campaign := crossed.campaign_name, basis := 'session'
                )
            when nullif(ads.customer_id, '(not set)') is not null
                or nullif(ads.campaign_name, '(not set)') is not null
                then struct_pack(
                    source := 'google', medium := 'cpc',
                    campaign := ads.campaign_name, basis := 'session'
                )
            when nullif(tagged.source, '(not set)') is not null
                then struct_pack(
                    source := tagged.source, medium := tagged.medium,
                    campaign := tagged.campaign_name, basis := 'session'
                )
        end as of_session,
        -- Google's sample of its own shop blanks the click id but keeps its key
        case
            when sent.gclid is not null or location_click <> ''
                or list_contains(keys, 'gclid')
                then struct_pack(
                    source := 'google', medium := 'cpc',
                    campaign := nullif(regexp_replace(
                        coalesce(sent.manual_campaign_name, param_campaign),
                        '^\((organic|referral|direct|none)\)$', ''
                    ), ''),
                    basis := 'click'
                )
            when coalesce(
                sent.manual_source, sent.manual_medium,
                sent.manual_campaign_name
            ) is not null and not coalesce(own_referrer, false)
                then struct_pack(
                    source := sent.manual_source, medium := sent.manual_medium,
                    campaign := sent.manual_campaign_name, basis := 'event'
                )
            when coalesce(param_source, param_medium, param_campaign)
                is not null and not coalesce(own_referrer, false)
                then struct_pack(
                    source := param_source, medium := param_medium,
                    campaign := param_campaign, basis := 'event'
                )
        end as of_event,
        case
            when coalesce(traffic_source.source, traffic_source.medium)
                is not null
                then struct_pack(
                    source := traffic_source.source,
                    medium := traffic_source.medium,
                    campaign := traffic_source.name, basis := 'first_user'
                )
        end as of_first_visit,
        coalesce(of_session, of_event, of_first_visit) as origin
    from keyed
),

-- A page keeps its address and its utm tags; an e-mail in any text is blanked.
placed as (
    select
        *,
        regexp_replace(regexp_replace(location, '[?#].*$', '', 's'),
            '//[^/@]*@', '//') as address,
        array_to_string(list_filter(
            string_split(regexp_extract(location, '\?([^#]*)', 1), '&'),
            lambda tag: starts_with(lower(tag), 'utm_')
        ), '&') as tags,
        list_transform(
            [
                origin.source, origin.medium, origin.campaign,
                address || if(tags <> '', '?' || tags, '')
            ],
            lambda text: regexp_replace(
                text, '[^\s/?&=@]+(@|%40)[^\s/?&=@]+\.[a-zA-Z]+',
                '(e-mail)', 'g'
            )
        ) as clean
    from sourced
),

numbered as (
    select
        *,
        unnest(case
            when len(items) > 0 then range(1, len(items) + 1)
            else [null]
        end)::integer as item_number
    from placed
),

itemised as (
    select *, items[item_number] as item from numbered
)

select
    make_timestamp(event_timestamp)::timestamp at time zone 'UTC'
        as happened_at,
    strptime(replace(event_date, '-', ''), '%Y%m%d')::date as event_date,
    event_name,
    session_key,
    visitor as visitor_key,
    nullif(nullif(trim(user_id), ''), '(not set)') as user_key,
    try_cast(texts[list_position(keys, 'ga_session_number')] as integer)
        as session_number,
    coalesce(
        session_number = 1, event_name in ('first_visit', 'first_open') or null
    ) as is_first_visit,
    texts[list_position(keys, 'session_engaged')] = '1' as is_engaged,
    case
        when coalesce(item_number, 1) = 1
            then try_cast(
                texts[list_position(keys, 'engagement_time_msec')] as bigint
            )
    end as engagement_ms,
    clean[1] as source_name,
    clean[2] as medium,
    clean[3] as campaign,
    origin.basis as source_basis,
    left(md5(coalesce(
        sent.gclid, texts[list_position(keys, 'gclid')],
        nullif(location_click, '')
    )), 20) as click_id,
    nullif(lower(device.category), '') as device_category,
    country_name.code as country,
    clean[4] as page,
    length(texts[list_position(keys, 'search_term')]) as search_term_chars,
    try_cast(texts[list_position(keys, choice.search_results)] as integer)
        as search_results,
    coalesce(
        nullif(nullif(trim(ecommerce.transaction_id), ''), '(not set)'),
        nullif(nullif(trim(param_transaction), ''), '(not set)')
    ) as transaction_id,
    case
        when coalesce(item_number, 1) > 1 then null
        when event_name = 'purchase'
            then coalesce(ecommerce.purchase_revenue, param_value)
        when event_name = 'refund'
            then coalesce(ecommerce.refund_value, param_value)
        else param_value
    end::decimal(18, 4) as value,
    coalesce(
        upper(nullif(texts[list_position(keys, 'currency')], '')),
        choice.currency
    ) as currency,
    nullif(nullif(item.item_id, ''), '(not set)') as item_id,
    nullif(nullif(item.item_name, ''), '(not set)') as item_name,
    nullif(nullif(item.item_brand, ''), '(not set)') as item_brand,
    nullif(nullif(item.item_category, ''), '(not set)') as item_category,
    item.quantity::integer as item_quantity,
    -- Google's own definition, for exports that leave it out
    coalesce(
        item.item_revenue,
        case
            when event_name = 'purchase'
                then item.price * coalesce(item.quantity, 1)
        end
    )::decimal(18, 4) as item_revenue,
    item_number,
    case
        when lower(privacy_info.analytics_storage) = 'yes' then 'granted'
        when lower(privacy_info.analytics_storage) = 'no' then 'denied'
        -- without a cookie Google gives no visitor
        when visitor is null then 'denied'
    end as consent,
    event_key
from itemised
cross join choice
left join country_name on country_name.name = itemised.geo.country
qualify row_number() over (partition by event_key, item_number) = 1
