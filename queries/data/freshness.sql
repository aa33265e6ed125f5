/*
title    = "Freshness of the tables"
question = "How far does each table reach, and how many rows does it have?"
kind     = "table"
owner    = "analytics"
grain    = "one row per table"

[columns]
table_name        = "Table"
landed            = { label = "Has data", format = "flag" }
rows              = { label = "Rows", format = "count" }
first_day         = { label = "First day", format = "date" }
complete_through  = { label = "Complete to", format = "date" }
read_at           = { label = "Read", format = "time" }
time_zone_differs = { label = "Source in another time zone", format = "flag" }
*/
select
    upper(table_name[1]) || replace(table_name[2:], '_', ' ') as table_name,
    landed, rows, first_day, complete_through, read_at, time_zone_differs
from freshness
order by landed desc, table_name
