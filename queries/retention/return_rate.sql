/*
title       = "Returned goods"
question    = "What share of the value ordered was sent back?"
kind        = "measure"
unit        = "percent"
interval    = "none"
better      = "lower"
headline    = 4
window_days = 30
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Returned value divided by ordered value, by the day of the order, once 30 \
days have passed."""
caveat      = """
Shops that divide the refunds of a month by the orders of that month mix \
two groups of orders."""
position    = 40
needs       = ["sales_order", "return_case"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category,
    sum(revenue * returned_quantity / nullif(quantity, 0))::double
        as numerator,
    sum(revenue)::double as denominator
from order_lines
where counts and returned_quantity is not null
group by all
