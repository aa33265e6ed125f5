/*
title = "Costs"
kind  = "mart"
grain = "one row per day, kind of cost, channel and campaign"
key   = "day, kind, channel, campaign, sales_channel"

[columns]
day      = "Day the cost arose."
kind     = "ads, messages, contacts or loyalty."
channel  = "Channel of the campaign."
campaign = "The campaign."
sales_channel = "Of contacts, the one they are about; else own_shop."
amount   = "Cost in the reporting currency."
*/
select
    day, case when sent is null then 'ads' else 'messages' end as kind,
    channel, campaign, 'own_shop' as sales_channel,
    sum(cost)::decimal(18, 4) as amount
from campaigns
where cost != 0
group by all
union all
-- staff's time: what settings say a contact costs; without it no row
select
    day, 'contacts', null, null, sales_channel,
    sum(
        case when by_bot and not coalesce(handed_over, false) then bot_chat
        else contact end
    )::decimal(18, 4)
from tickets
cross join settings.costs
where counts and coalesce(answered, true)
group by day, sales_channel
having
    sum(
        case when by_bot and not coalesce(handed_over, false) then bot_chat
        else contact end
    ) > 0
union all
-- what members paid with points, or were given for a referral
select
    day, 'loyalty', null, null, sales_channel,
    sum(abs(amount))::decimal(18, 4)
from loyalty
where amount != 0
group by day, sales_channel
