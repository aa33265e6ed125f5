/*
title       = "Time to solution"
question    = "After how many hours is half of the tickets solved for good?"
kind        = "measure"
unit        = "hours"
interval    = "none"
better      = "lower"
grain       = "one row per ticket"
owner       = "service"
description = """
From the first message to the last time it was called solved. Open tickets \
count as still waiting."""
position    = 60
needs       = ["ticket"]
across_rows = """
The newest contact tells how long those still open have been waiting."""
*/
with known as (
    select max(created_at) as last_seen from tickets
)
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    coalesce(
        full_resolution_minutes, date_diff('minute', created_at, last_seen)
    ) / 60.0 as observation,
    full_resolution_minutes is not null as observed
from tickets, known
where kind = 'ticket'
    and (full_resolution_minutes is not null or not is_solved)
