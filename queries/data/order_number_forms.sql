/*
title    = "How numbers of orders are written"
question = "In which form does web analytics name orders, and in which the shop?"
kind     = "table"
owner    = "analytics"
grain    = "one row per source and form"

[columns]
subject = "What"
source  = "Source"
way     = "Form"
things  = { label = "How many", format = "count" }
looks   = "Looks like"
*/
select subject, source, way, things, looks
from identity
where subject in ('purchase', 'number')
order by subject, source, things desc
