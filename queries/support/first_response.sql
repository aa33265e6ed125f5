/*
title       = "First response"
question    = """
How long does half of the customers wait for the first answer of a person?"""
kind        = "measure"
unit        = "minutes"
interval    = "none"
better      = "lower"
headline    = 1
grain       = "one row per ticket"
owner       = "service"
description = """
From the moment a customer wrote to the first public reply of staff, day \
and night. Tickets without an answer yet count as still waiting."""
caveat      = """
Answers of a bot do not count. Helpdesks that count office hours only show \
shorter times."""
position    = 10
needs       = ["ticket", "tickets.first_reply_minutes"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    coalesce(
        first_reply_minutes,
        date_diff('minute', created_at, ($through + 1)::timestamptz)
    )::double as observation,
    first_reply_minutes is not null as observed
from tickets
where kind = 'ticket'
    and (first_reply_minutes is not null or not is_solved)
