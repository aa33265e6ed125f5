/*
title       = "Waiting on the phone"
question    = "How long does half of the callers wait for an answer?"
kind        = "measure"
unit        = "seconds"
interval    = "none"
better      = "lower"
grain       = "one row per contact"
owner       = "service"
description = "Callers who hung up count as having waited at least that long."
position    = 160
group       = "Waiting"
needs       = ["conversation", "tickets.wait_seconds"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    wait_seconds::double as observation,
    not abandoned as observed
from tickets
where kind = 'conversation' and not by_bot and wait_seconds is not null
