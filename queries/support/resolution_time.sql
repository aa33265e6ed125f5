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
group       = "Waiting"
needs       = ["ticket", "tickets.full_resolution_minutes"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    coalesce(
        full_resolution_minutes,
        date_diff('minute', created_at, ($through + 1)::timestamptz)
    ) / 60.0 as observation,
    full_resolution_minutes is not null as observed
from tickets
where kind = 'ticket'
    and (full_resolution_minutes is not null or not is_solved)
