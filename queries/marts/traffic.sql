/*
title = "Traffic"
kind  = "mart"
grain = "one row per day, segment and basis"
key = """
day, channel, source_medium, campaign, device, country, visitor_type, basis"""

[columns]
day                = "Day the sessions started."
channel            = "Channel."
source_medium      = "Source and medium."
campaign           = "Campaign."
device             = "mobile, desktop, tablet or as given."
country            = "Country of the visitor."
visitor_type       = "new or returning."
sales_channel      = "own_shop: every visit is one of the own shop."
basis = "events: counted from visits; reports: from ready-made reports."
sessions           = "Sessions."
engaged_sessions   = "Sessions over 10 seconds, with two pages or a key event."
product_views      = "Sessions that viewed a product."
carts              = "Sessions that put something in the cart."
checkouts          = "Sessions that began checkout."
shippings          = "Sessions that chose a delivery."
payments           = "Sessions that chose a way to pay."
purchases          = "Sessions that bought."
carts_of_viewers = """
Sessions that viewed a product and put something in the cart."""
checkouts_of_carts = "Sessions with a cart that began checkout."
payments_of_checkouts  = "Sessions that began checkout and chose a way to pay."
purchases_of_payments  = "Sessions that chose a way to pay and bought."
purchases_of_checkouts = "Sessions that began checkout and bought."
searches           = "Searches made."
search_sessions    = "Sessions that searched."
zero_results = "Searches that found nothing, NULL where only reports exist."
engagement_seconds = "Seconds in the foreground."
*/
with

from_sessions as (
    select
        day, channel, source_medium, campaign, device, country, visitor_type,
        'events' as basis,
        count(*) as sessions,
        count(*) filter (is_engaged) as engaged_sessions,
        count(*) filter (viewed_product) as product_views,
        count(*) filter (carted) as carts,
        count(*) filter (began_checkout) as checkouts,
        count(*) filter (added_shipping) as shippings,
        count(*) filter (added_payment) as payments,
        count(*) filter (purchased) as purchases,
        count(*) filter (viewed_product and carted)
            as carts_of_viewers,
        count(*) filter (carted and began_checkout)
            as checkouts_of_carts,
        count(*) filter (began_checkout and added_payment)
            as payments_of_checkouts,
        count(*) filter (added_payment and purchased)
            as purchases_of_payments,
        count(*) filter (began_checkout and purchased)
            as purchases_of_checkouts,
        sum(searches) as searches,
        count(*) filter (searches > 0) as search_sessions,
        sum(zero_results) as zero_results,
        sum(engagement_seconds) as engagement_seconds
    from sessions
    group by all
),

-- a source that gives visits or events needs no ready-made reports
reports as (
    select * from landed.web_daily
    where source not in (select distinct source from sessions)
),

from_reports as (
    select
        date as day,
        nullif(channel_group, '') as channel,
        nullif(source_medium, '') as source_medium,
        nullif(campaign, '') as campaign,
        nullif(lower(device_category), '') as device,
        case
            when country like '(%' then country
            else nullif(upper(country), '')
        end as country,
        nullif(lower(visitor_type), '') as visitor_type,
        'reports' as basis,
        sum(sessions) filter (report = 'sessions') as sessions,
        sum(engaged_sessions) filter (report = 'sessions') as engaged_sessions,
        sum(sessions) filter (event_name = 'view_item') as product_views,
        sum(sessions) filter (event_name = 'add_to_cart') as carts,
        sum(sessions) filter (event_name = 'begin_checkout') as checkouts,
        sum(sessions) filter (event_name = 'add_shipping_info') as shippings,
        sum(sessions) filter (event_name = 'add_payment_info') as payments,
        sum(sessions) filter (event_name = 'purchase') as purchases,
        null as carts_of_viewers,
        null as checkouts_of_carts,
        null as payments_of_checkouts,
        null as purchases_of_payments,
        null as purchases_of_checkouts,
        sum(event_count) filter (event_name = 'view_search_results')
            as searches,
        sum(sessions) filter (event_name = 'view_search_results')
            as search_sessions,
        null as zero_results,
        sum(engagement_seconds) filter (
            report = 'sessions' and isfinite(engagement_seconds)
        ) as engagement_seconds
    from reports
    where report in ('sessions', 'steps')
    group by all
)

select
    day, channel, source_medium, campaign, device, country, visitor_type,
    'own_shop' as sales_channel, basis,
    coalesce(sessions, 0)::bigint as sessions,
    coalesce(engaged_sessions, 0)::bigint as engaged_sessions,
    coalesce(product_views, 0)::bigint as product_views,
    coalesce(carts, 0)::bigint as carts,
    coalesce(checkouts, 0)::bigint as checkouts,
    coalesce(shippings, 0)::bigint as shippings,
    coalesce(payments, 0)::bigint as payments,
    coalesce(purchases, 0)::bigint as purchases,
    -- reports tell no two steps of one visit: at most the smaller of them
    coalesce(
        carts_of_viewers,
        least(coalesce(carts, 0), coalesce(product_views, 0))
    )::bigint as carts_of_viewers,
    coalesce(
        checkouts_of_carts,
        least(coalesce(checkouts, 0), coalesce(carts, 0))
    )::bigint as checkouts_of_carts,
    coalesce(
        payments_of_checkouts,
        least(coalesce(payments, 0), coalesce(checkouts, 0))
    )::bigint as payments_of_checkouts,
    coalesce(
        purchases_of_payments,
        least(coalesce(purchases, 0), coalesce(payments, 0))
    )::bigint as purchases_of_payments,
    coalesce(
        purchases_of_checkouts,
        least(coalesce(purchases, 0), coalesce(checkouts, 0))
    )::bigint as purchases_of_checkouts,
    coalesce(searches, 0)::bigint as searches,
    coalesce(search_sessions, 0)::bigint as search_sessions,
    zero_results::bigint as zero_results,
    coalesce(engagement_seconds, 0)::bigint as engagement_seconds
from (
    select * from from_sessions
    union all
    select * from from_reports
)
