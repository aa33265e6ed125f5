/*
title       = "Returned goods"
question    = "What share of the value ordered was sent back?"
kind        = "measure"
unit        = "percent"
interval    = "mean"
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
needs       = ["sales_order", "order_lines.returned_quantity"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band,
    sum(returned) as numerator,
    sum(ordered) as denominator,
    sum(returned * returned) as sum_nn,
    sum(ordered * ordered) as sum_dd,
    sum(returned * ordered) as sum_nd,
    count(*) as units
from (
    -- what is sent back goes by order, not by line
    select
        order_key, day, channel, source_medium, campaign, device, country,
        visitor_type, sales_channel, payment_method, delivery_method,
        basket_band, customer_tier, first_product_category, product_brand,
        arrival, effort_band,
        sum(revenue * returned_quantity / nullif(quantity, 0))::double
            as returned,
        sum(revenue)::double as ordered
    from order_lines
    where counts and returned_quantity is not null
    group by all
)
group by all
