/*
title = "Channel groups"
question = "Which channel does a source belong to?"
kind = "mart"
grain = "one row per combination of source, medium and campaign that landed"
key = "source_name, medium, campaign"
owner = "growth"
description = """
The default channel group of Google Analytics, as published in its help pages
(support.google.com/analytics/answer/9756891). The first rule that fits wins
and capitals make no difference. To count a channel your way, change its rule
here and build again. Google tells ads of its own networks apart by ad network
types that no export carries; such visits fall under the rules for tagged
links.
"""

[columns]
source_name = "where visitors came from, as it landed"
medium = "how they came, as it landed"
campaign = "the campaign, as it landed"
channel = "the default channel group"
*/
with combination as (
    select source_name, medium, campaign from landed.session
    union
    select source_name, medium, campaign from landed.web_event
    union
    select last_source, last_medium, last_campaign from landed.sales_order
),

-- "paid": the medium contains cp (cpc, cpm, cpv), is ppc or retargeting, or
-- begins with paid. "shop": the campaign says shopping, or shop at its
-- beginning or after a sign or letter other than a to d and f to z, so that
-- "eshop" and "spring-shop" count and "bishop" does not.
known as (
    select
        combination.*,
        source_categories.category,
        lower(coalesce(combination.source_name, '')) as source,
        lower(coalesce(combination.medium, '')) as way,
        lower(coalesce(combination.campaign, '')) as name,
        regexp_full_match(way, '.*cp.*|ppc|retargeting|paid.*') as paid,
        regexp_matches(name, '(^|[^a-df-z])shop|shopping') as shop
    from combination
    left join source_categories using (source_name)
    where coalesce(source_name, medium, campaign) is not null
)

select
    source_name,
    medium,
    campaign,
    case
        -- Typed in or from a bookmark: Google found neither link nor tag.
        when source = '(direct)' and way in ('(none)', '(not set)')
            then 'Direct'

        -- Performance Max and other campaigns across networks say so by name.
        when name like '%cross-network%' then 'Cross-network'

        -- Paid, to a shopping site or in a campaign about shopping.
        when paid and (category = 'shopping' or shop) then 'Paid Shopping'

        -- Paid, on a search engine.
        when paid and category = 'search' then 'Paid Search'

        -- Paid, on a social network.
        when paid and category = 'social' then 'Paid Social'

        -- Paid, on a video site.
        when paid and category = 'video' then 'Paid Video'

        -- Banners and the like. Their cpm counts only here, where the site is
        -- none of the four kinds above.
        when way in ('display', 'banner', 'expandable', 'interstitial', 'cpm')
            then 'Display'

        -- Paid, anywhere else.
        when paid then 'Paid Other'

        -- Not paid, from a shopping site or a campaign about shopping.
        when category = 'shopping' or shop then 'Organic Shopping'

        -- Not paid, from a social network or tagged as social.
        when category = 'social'
            or way in (
                'social', 'social-network', 'social-media', 'sm',
                'social network', 'social media'
            )
            then 'Organic Social'

        -- Not paid, from a video site or tagged as video.
        when category = 'video' or way like '%video%' then 'Organic Video'

        -- Google marks visits from chat assistants itself (since May 2026);
        -- earlier ones are referrals. It names no sites in the rule.
        when way = 'ai-assistant' then 'AI Assistant'

        -- Not paid, from a search engine or tagged as organic.
        when category = 'search' or way = 'organic' then 'Organic Search'

        -- A link on another site or in an app.
        when way in ('referral', 'app', 'link') then 'Referral'

        -- Either tag is the word e-mail in one of four spellings.
        when source in ('email', 'e-mail', 'e_mail', 'e mail')
            or way in ('email', 'e-mail', 'e_mail', 'e mail')
            then 'Email'

        -- A partner who is paid for what is sold.
        when way = 'affiliate' then 'Affiliates'

        -- Audio platforms, as podcasts.
        when way = 'audio' then 'Audio'

        -- Text messages, by either tag.
        when source = 'sms' or way = 'sms' then 'SMS'

        -- The medium ends with push or speaks of mobile or notification, or
        -- the source is Google's own messaging service.
        when way like '%push'
            or way like '%mobile%'
            or way like '%notification%'
            or source = 'firebase'
            then 'Mobile Push Notifications'

        -- No rule fits: tags nobody agreed on, "(other)", "(data deleted)".
        else 'Unassigned'
    end as channel
from known
