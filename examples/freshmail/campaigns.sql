-- One row per campaign and day. The last row of the report adds up the others.
select
    min(row_number) as row_number,
    'freshmail' as platform,
    "Nazwa kampanii" as campaign_id,
    "Nazwa kampanii" as campaign_name,
    'Email' as channel,
    day("Data wysyłki") as date,
    'Europe/Warsaw' as time_zone,
    sum(number("Wysłane")) as sent,
    sum(number("Dostarczone")) as delivered,
    sum(number("Unikalne otwarcia")) as opens,
    sum(number("Unikalne kliknięcia")) as clicks,
    sum(number("Rezygnacje")) as unsubscribes
from (select distinct on ("Nazwa kampanii", "Data wysyłki") * from input)
where "Data wysyłki" <> '' and lower("Nazwa kampanii") not in ('razem', 'suma')
group by "Nazwa kampanii", day("Data wysyłki")
