/*
title       = "Net promoter score"
question    = """
Of the people who answered, how many would recommend the shop, minus those \
who would not?"""
kind        = "measure"
unit        = "points"
interval    = "mean"
better      = "higher"
headline    = 1
grain       = "one row per day and segment"
owner       = "customer relations"
description = """
Share of answers 9 and 10 minus share of answers 0 to 6, from -100 to 100."""
caveat      = """
Only those who answer are heard: read it with the share of surveys \
answered."""
position    = 10
needs       = ["feedback", "feedback.nps"]
*/
select
    day, channel, source_medium, campaign, device, country, visitor_type,
    sales_channel, payment_method, delivery_method, basket_band,
    customer_tier, first_product_category, product_brand, arrival,
    effort_band, contact_channel,
    sum(case when is_promoter then 100 when is_detractor then -100 else 0 end)
        ::bigint as numerator,
    count(*) as denominator,
    10000 * count(*) filter (is_promoter or is_detractor) as sum_squares
from feedback
where kind = 'nps' and score is not null
group by all
