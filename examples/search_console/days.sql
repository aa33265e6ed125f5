-- One row per Pacific day. The last three days of a file are not final.
with told as (
    select
        row_number,
        day(columns('^(Date|Data)$')) as date,
        columns('^(Clicks|Kliknięcia)$') as clicks,
        columns('^(Impressions|Wyświetlenia)$') as impressions
    from input
)

select
    row_number,
    'search_console' as platform,
    '(organic)' as campaign_id,
    '(organic)' as campaign_name,
    'Organic Search' as channel,
    date,
    'America/Los_Angeles' as time_zone,
    clicks,
    impressions,
    date <= max(date) over () - 3 as is_final
from told
where date is not null
