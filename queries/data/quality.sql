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
many         = { label = "How many", format = "number" }
share        = { label = "Share", format = "percent" }
detail       = "Detail"
*/
with

told as (
    select
        *,
        -- counts are whole, so what lies between 0 and 1 is a share in any case
        flag in (
            'no_consent', 'source_of_first_visit', 'purchase_without_order',
            'contact_without_person', 'sampled', 'other_row', 'not_set'
        ) or (value > 0 and value < 1) as is_share
    from quality
)

select
    source, upper(table_name[1]) || replace(table_name[2:], '_', ' ') as table_name,
    title, period_start, period_end,
    case when not is_share then value end as many,
    case when is_share then value end as share, detail
from told
order by period_end desc, source, title
