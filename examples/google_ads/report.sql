-- One row per campaign and day; the sums at the end have no day.
select
    min(row_number) as row_number,
    'google_ads' as platform,
    "Campaign ID" as campaign_id,
    min("Campaign") as campaign_name,
    min("Campaign") as utm_campaign,
    case
        when lower(min("Campaign type")) like '%search%' then 'Paid Search'
        when lower(min("Campaign type")) like '%shopping%'
            then 'Paid Shopping'
        when lower(min("Campaign type")) like '%video%' then 'Paid Video'
        when lower(min("Campaign type")) like '%display%' then 'Display'
        else 'Cross-network'
    end as channel,
    day("Day") as date,
    'Europe/Warsaw' as time_zone,
    min("Currency code") as currency,
    sum(number("Cost")) as cost,
    sum(number("Impr.")) as impressions,
    sum(number("Clicks")) as clicks,
    sum(number("Conversions")) as platform_conversions,
    sum(number("Conv. value")) as platform_revenue,
    'data-driven, by day of the click' as attribution
from (select distinct on ("Campaign ID", "Day") * from input)
where "Campaign" not like 'Total:%' and "Campaign ID" <> '' and "Day" <> ''
group by "Campaign ID", day("Day")
