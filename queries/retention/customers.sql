/*
title    = "New customers"
question = "How many people ordered for the first time?"
kind     = "measure"
unit     = "count"
interval = "count"
better   = "higher"
grain    = "one row per day and segment"
owner    = "customer relations"
position = 160
group    = "Customers and their value"
needs    = ["sales_order", "customers.person_id"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    first_product_category,
    count(*) as value
from customers
group by all
