/*
title = "Visitors of exact periods"
kind  = "mart"
grain = "one row per source and period it was asked for"
key   = "source, period_start, period_end"
description = """
Visitors do not add up over days: these are the source's own answers, each for
its period only.
"""

[columns]
source        = "The source."
period_start  = "First day of the period."
period_end    = "Last day of the period."
sales_channel = "own_shop: every visit is one of the own shop."
visitors      = "Visitors with an engaged visit, as the source counts them."
all_visitors  = "All visitors."
new_visitors  = "Visitors who came for the first time."
*/
select
    source, period_start, period_end, 'own_shop' as sales_channel,
    active_users as visitors, total_users as all_visitors,
    new_users as new_visitors
from landed.web_people
