/*
title       = "Never answered"
question    = """
Of the contacts that waited for a person, how many got no answer within 7 \
days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "lower"
window_days = 7
grain       = "one row per day and segment"
owner       = "service"
description = """
Tickets without a reply of staff, and calls and chats that were given up or \
that nobody took. What a bot alone dealt with is left out."""
position    = 155
group       = "Waiting"
needs       = ["ticket", "tickets.first_reply_minutes"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    count(*) filter (
        case
            when kind = 'ticket'
                then coalesce(first_reply_minutes > 7 * 24 * 60, true)
            else coalesce(abandoned, not answered)
        end
    ) as numerator,
    count(*) as denominator
from tickets
where counts and not (by_bot and not coalesce(handed_over, false))
    and (kind = 'ticket' or coalesce(abandoned, answered) is not null)
group by all
