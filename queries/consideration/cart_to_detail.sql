/*
title       = "Product to cart"
question    = """
For visits that looked at a product, how many put something in the cart?"""
kind        = "measure"
unit        = "percent"
interval    = "proportion"
better      = "higher"
headline    = 2
grain       = "one row per day and segment"
owner       = "growth"
description = """
Counts visits, not clicks: three products in one cart are one. Visits that \
skipped the step before are left out of both numbers."""
position    = 20
tags        = ["step"]
needs       = ["traffic.product_views", "traffic.carts"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel,
    sum(carts_of_viewers)::bigint as numerator,
    sum(product_views)::bigint as denominator
from traffic
group by all
