/*
title       = "Time to answer a review"
question    = "How long does half of the reviews wait for a reply?"
kind        = "measure"
unit        = "hours"
interval    = "none"
better      = "lower"
grain       = "one row per review"
owner       = "customer relations"
description = """
Reviews without a reply count as still waiting. Where fewer than half ever \
get one there is no figure."""
position    = 60
needs       = ["feedback"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    date_diff(
        'minute', answered_at,
        coalesce(replied_at, ($through + 1)::timestamptz)
    ) / 60.0 as observation,
    replied_at is not null as observed
from feedback
where kind = 'review' and answered_at is not null
