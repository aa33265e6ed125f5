/*
title    = "Values to filter by"
question = "Which values does every segment column have?"
kind     = "table"
owner    = "analytics"
grain    = "one row per segment column and value"
description = "Feeds the filter button; the most frequent value comes first."
optional = ["traffic", "orders", "tickets"]

[columns]
segment = "Segment column"
value   = "Value"
rows    = { label = "Rows", format = "count" }
*/
with found as (
    select 'channel' as segment, channel as value, sum(sessions) as rows
    from traffic group by all
    union all
    select 'device', device, sum(sessions) from traffic group by all
    union all
    select 'country', country, sum(sessions) from traffic group by all
    union all
    select 'visitor_type', visitor_type, sum(sessions) from traffic group by all
    union all
    select 'channel', channel, count(*) from orders group by all
    union all
    select 'country', country, count(*) from orders group by all
    union all
    select 'sales_channel', sales_channel, count(*) from orders group by all
    union all
    select 'payment_method', payment_method, count(*) from orders group by all
    union all
    select 'delivery_method', delivery_method, count(*) from orders group by all
    union all
    select 'basket_band', basket_band, count(*) from orders group by all
    union all
    select 'customer_tier', customer_tier, count(*) from orders group by all
    union all
    select 'first_product_category', first_product_category, count(*)
    from orders group by all
    union all
    select 'product_brand', product_brand, count(*) from orders group by all
    union all
    select 'arrival', arrival, count(*) from orders group by all
    union all
    select 'effort_band', effort_band, count(*) from orders group by all
    union all
    select 'contact_channel', contact_channel, count(*)
    from tickets group by all
)
select segment, value, sum(rows)::bigint as rows
from found
where value is not null
group by segment, value
order by segment, rows desc, value
