/*
title       = "Ease of getting help, 1 to 7"
question    = """
How easy do customers say it was to have their matter handled, from 1 to \
7?"""
kind        = "measure"
unit        = "score"
interval    = "mean"
better      = "higher"
headline    = 4
grain       = "one row per day and segment"
owner       = "service"
description = """
Customer effort score: the average answer to "The company made it easy for \
me to handle my issue"; 7 is best."""
position    = 50
needs       = ["feedback", "feedback.ces"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    sum(seven) as numerator,
    count(*) as denominator,
    sum(seven * seven) as sum_squares
from (
    select *,
        1 + 6 * (score - scale_min) / nullif(scale_max - scale_min, 0) as seven
    from feedback
    where kind = 'ces' and score is not null
)
where seven is not null
group by all
