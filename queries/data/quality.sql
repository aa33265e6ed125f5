/*
title    = "Quality flags"
question = "What did the sources say about the quality of their data?"
kind     = "table"
owner    = "analytics"
grain    = "one row per flag and period"

[columns]
source       = "Source"
table_name   = "Table"
title        = "Remark"
period_start = { label = "From", format = "date" }
period_end   = { label = "To", format = "date" }
value        = { label = "How many, or share", format = "number" }
detail       = "Detail"
*/
select
    source, upper(table_name[1]) || replace(table_name[2:], '_', ' ') as table_name,
    title, period_start, period_end, value, detail
from quality
order by period_end desc, source, title
