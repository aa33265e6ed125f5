/*
title = "Steps of sessions"
kind  = "mart"
grain = "one row per session and step it reached"
key   = "session_id, step_number"

[columns]
session_id    = "The session."
step          = "visit, product_view, cart, checkout, shipping, payment, purchase."
step_number   = "1 for visit to 7 for purchase."
day           = "Day the session started."
channel       = "Channel."
source_medium = "Source and medium."
campaign      = "Campaign."
device        = "mobile, desktop, tablet or as given."
country       = "Country of the visitor."
visitor_type  = "new or returning."
*/
select
    session_id, step, step_number, day,
    channel, source_medium, campaign, device, country, visitor_type
from sessions
join (
    values
    ('visit', 1), ('product_view', 2), ('cart', 3), ('checkout', 4),
    ('shipping', 5), ('payment', 6), ('purchase', 7)
) as steps (step, step_number)
    on case step_number
        when 1 then true
        when 2 then viewed_product
        when 3 then carted
        when 4 then began_checkout
        when 5 then added_shipping
        when 6 then added_payment
        else purchased
    end
