/*
title       = "Revenue seen by web analytics"
question    = "How much did the purchases bring that web analytics saw?"
kind        = "measure"
unit        = "money"
interval    = "count"
better      = "higher"
grain       = "one row per purchase"
owner       = "growth"
description = """
What the shop's pages told web analytics, each transaction once, in the \
reporting currency."""
caveat      = """
Shops usually have more: people who refuse cookies are not seen. Revenue \
from orders is the true figure."""
position    = 75
group       = "Buying"
needs       = ["web_purchases.shown_revenue"]
*/
select
    day, sales_channel, shown_revenue as value,
    shown_revenue::double * shown_revenue::double as sum_squares
from web_purchases
where shown_revenue is not null
