/*
title = "Remarks beside figures"
kind  = "mart"
grain = "one row per mart and remark on what it is made of"
key   = "table_name, source, flag, period_start, period_end, detail"
description = """
Which remarks of the mart quality belong beside every figure of a mart: those
on the landed table, and on the report of it, that makes the mart's rows.
"""

[columns]
table_name   = "The mart."
source       = "The source."
flag         = "What it is, like sampled."
badge        = "The same in a word or two."
title        = "The same in words."
period_start = "First day it concerns."
period_end   = "Last day it concerns."
value        = "How much: a count, or a share from 0 to 1."
detail       = "What a reader needs to know beside it."
*/
with

-- report: only remarks on that report of the table; NULL for all of them
feeds (landed, report, mart) as (
    values
    ('web_daily', 'sessions', 'traffic'), ('web_daily', 'steps', 'traffic'),
    ('web_daily', 'acquisition', 'acquisition'),
    ('web_daily', 'landing', 'landing_pages'),
    ('web_daily', 'items', 'product_days'),
    ('web_people', null, 'visitor_periods'),
    ('web_order', null, 'web_purchases'), ('web_order', null, 'coverage'),
    ('campaign_daily', null, 'campaigns'), ('campaign_daily', null, 'costs')
),

-- what is wrong with the days themselves, not with single rows of a file
badges (flag, badge) as (
    values
    ('other_row', '(other)'), ('not_set', '(not set)'),
    ('thresholded', 'thresholded'), ('sampled', 'sampled'),
    ('truncated', 'truncated'), ('empty_report', 'empty report'),
    ('metrics_blocked', 'hidden from role'),
    ('metrics_restricted', 'hidden from role'),
    ('field_missing', 'field missing'),
    ('field_incompatible', 'field missing'),
    ('report_unavailable', 'report missing')
)

select distinct
    mart as table_name, source, flag, badge, title, period_start, period_end,
    value, detail
from quality
join feeds on landed = table_name
join badges using (flag)
where
    report is null
    or list_contains(
        string_split(
            regexp_extract(coalesce(detail, ''), 'reports: ([^;]*)', 1), ', '
        ),
        report
    )
