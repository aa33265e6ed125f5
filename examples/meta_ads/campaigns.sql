-- One row per campaign and day. A heading that holds another currency than the
-- one below matches nothing and stops the file: amounts are never mistaken.
with told as (
    select
        row_number,
        columns('^(Campaign name|Nazwa kampanii)$') as campaign,
        columns('^(Campaign ID|Identyfikator kampanii)$') as campaign_id,
        columns('^(Day|Dzień)$') as date,
        columns('^(Amount spent|Wydana kwota) \(PLN\)$') as cost,
        columns('^(Impressions|Wyświetlenia)$') as impressions,
        columns('^(Link clicks|Kliknięcia linku)$') as clicks,
        columns('^(Purchases|Zakupy)$') as purchases,
        columns('^(Purchases conversion value|Wartość konwersji zakupów)$')
            as value,
        columns('^(Attribution setting|Ustawienie atrybucji)$')
            as attribution
    from input
)

select
    min(row_number) as row_number,
    'meta' as platform,
    campaign_id,
    min(campaign) as campaign_name,
    min(campaign) as utm_campaign,
    'Paid Social' as channel,
    day(date) as date,
    'Europe/Warsaw' as time_zone,
    'PLN' as currency,
    sum(number(cost)) as cost,
    sum(number(impressions)) as impressions,
    sum(number(clicks)) as clicks,
    -- a window for every ad set: their counts stay what Meta claims by them
    string_agg(distinct attribution, '; ' order by attribution)
        as attribution,
    sum(number(purchases)) as platform_conversions,
    sum(number(value)) as platform_revenue
from (select distinct * exclude (row_number), min(row_number) as row_number
    from told group by all)
-- the row of results has neither day nor campaign
where date <> '' and campaign_id <> ''
group by campaign_id, day(date)
