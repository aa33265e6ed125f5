/*
title       = "Complaints answered"
question    = """
Of the complaints about goods, how many got an answer within 14 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 14
grain       = "one row per day and segment"
owner       = "service"
description = """
The law of many countries gives a shop 14 days. Counts the reasons named in \
this file; add the words your helpdesk uses."""
position    = 185
group       = "Receiving"
needs       = ["ticket", "tickets.reason", "tickets.first_reply_minutes"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, contact_channel,
    count(*) filter (first_reply_minutes <= 14 * 24 * 60) as numerator,
    count(*) as denominator
from tickets
where kind = 'ticket'
    and reason in (
        'claim', 'complaint', 'damaged', 'defect', 'reklamacja', 'warranty'
    )
group by all
