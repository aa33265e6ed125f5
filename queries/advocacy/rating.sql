/*
title       = "Rating, 1 to 5"
question    = "How many stars does a review give on average?"
kind        = "measure"
unit        = "score"
interval    = "mean"
better      = "higher"
headline    = 2
grain       = "one row per day and segment"
owner       = "customer relations"
description = "Every scale is brought to 1 to 5 stars."
position    = 20
needs       = ["feedback", "feedback.review"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    sum(stars) as numerator,
    count(*) as denominator,
    sum(stars * stars) as sum_squares
from (
    select *,
        1 + 4 * (score - scale_min) / nullif(scale_max - scale_min, 0) as stars
    from feedback
    where kind = 'review' and score is not null
)
where stars is not null
group by all
