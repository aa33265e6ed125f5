/*
title = "Steps of sessions"
kind  = "mart"
grain = "one row per session and step it reached"
key   = "session_id, step_number"

[columns]
session_id    = "The session."
step = "visit, product_view, cart, checkout, shipping, payment, purchase."
step_number   = "1 for visit to 7 for purchase."
day           = "Day the session started."
channel       = "Channel."
source_medium = "Source and medium."
campaign      = "Campaign."
device        = "mobile, desktop, tablet or as given."
country       = "Country of the visitor."
visitor_type  = "new or returning."
sales_channel = "own_shop: every visit is one of the own shop."
*/
with

reached as (
    select *, 1 as step_number, 'visit' as step from sessions
    union all
    select *, 2, 'product_view' from sessions where viewed_product
    union all
    select *, 3, 'cart' from sessions where carted
    union all
    select *, 4, 'checkout' from sessions where began_checkout
    union all
    select *, 5, 'shipping' from sessions where added_shipping
    union all
    select *, 6, 'payment' from sessions where added_payment
    union all
    select *, 7, 'purchase' from sessions where purchased
)

select
    session_id, step, step_number, day,
    channel, source_medium, campaign, device, country, visitor_type,
    sales_channel
from reached
