-- Rows of the API: cost is in millionths of the account's currency.
select
    min(row_number) as row_number,
    'google_ads' as platform,
    "campaign.id" as campaign_id,
    min("campaign.name") as campaign_name,
    min("campaign.name") as utm_campaign,
    case min("campaign.advertising_channel_type")
        when 'SEARCH' then 'Paid Search'
        when 'SHOPPING' then 'Paid Shopping'
        when 'VIDEO' then 'Paid Video'
        when 'DISPLAY' then 'Display'
        else 'Cross-network'
    end as channel,
    day("segments.date") as date,
    'Europe/Warsaw' as time_zone,
    min("customer.currency_code") as currency,
    sum(number("metrics.cost_micros")) / 1000000 as cost,
    sum(number("metrics.impressions")) as impressions,
    sum(number("metrics.clicks")) as clicks,
    sum(number("metrics.conversions")) as platform_conversions,
    sum(number("metrics.conversions_value")) as platform_revenue,
    'data-driven, by day of the click' as attribution
from (select distinct on ("campaign.id", "segments.date") * from input)
where "segments.date" <> ''
group by "campaign.id", day("segments.date")
