/*
title       = "Ordered again in 90 days"
question    = """
After how many orders did the same person order again within 90 days?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
window_days = 90
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Every order counts, not the first one alone, so that customers of every tier \
can be told apart; no order is judged before its 90 days are over. Orders of \
nobody who is known are left out."""
caveat      = """
Who orders often is counted often: it is higher than the share of people who \
come back."""
position    = 45
group       = "Coming back"
needs       = ["sales_order", "orders.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    count(*) filter (days_to_next <= 90) as numerator,
    count(*) as denominator
from orders
where counts and person_id is not null
group by all
