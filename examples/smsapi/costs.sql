-- What the messages of a day cost: points times the price of a point.
with price as (select 0.165 as of_point),

message as (
    select distinct on ("ID") * from input
    where "ID" <> '' and "Data wysłania" <> ''
    order by "ID", row_number
)

select
    min(row_number) as row_number,
    'smsapi' as platform,
    "Nadawca" as campaign_id,
    "Nadawca" as campaign_name,
    'SMS' as channel,
    day("Data wysłania") as date,
    'Europe/Warsaw' as time_zone,
    count(*) as sent,
    count(*) filter (lower("Status") in ('dostarczona', 'delivered'))
        as delivered,
    sum(number("Punkty")) * any_value(of_point) as cost
from message
cross join price
group by "Nadawca", day("Data wysłania")
