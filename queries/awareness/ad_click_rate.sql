/*
title    = "Clicks on ads"
question = "Of all times an ad was shown, how many were clicked?"
kind     = "measure"
unit     = "percent"
interval = "proportion"
better   = "higher"
grain    = "one row per day and segment"
owner    = "marketing"
caveat   = "Counted by the advertising platforms themselves."
position = 70
group    = "Cost"
needs    = ["campaign_daily", "campaigns.impressions"]
*/
select
    day, channel, source_medium, campaign, sales_channel,
    sum(clicks)::bigint as numerator,
    sum(impressions)::bigint as denominator
from campaigns
where impressions > 0
group by all
