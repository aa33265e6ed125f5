/*
title = "Quality"
kind  = "mart"
grain = "one row per remark on what was read"
key   = "source, table_name, flag, period_start, period_end, detail"

[columns]
source       = "The source."
table_name   = "The landed table."
flag = "What it is, like sampled, no_consent or purchase_without_order."
title        = "The same in words."
period_start = "First day it concerns."
period_end   = "Last day it concerns."
value = "How much: a count, or a share from 0 to 1 where the flag says so."
detail       = "What a reader needs to know beside it."
*/
with

web_sources as (
    select
        source, count(*) as events,
        count(*) filter (session_key is null) as without_visit,
        min(happened_at)::date as first_day, max(happened_at)::date as last_day
    from landed.web_event
    -- an event with items has a row per item
    where coalesce(item_number, 1) = 1
    group by all
),

purchases as (
    select
        web_source as source, min(day) as first_day, max(day) as last_day,
        count(*) as purchases,
        count(*) filter (order_key is null) as without_order,
        sum(times_seen - 1) as repeats
    from web_purchases
    group by all
),

contacts as (
    select
        source, min(day) as first_day, max(day) as last_day,
        count(*) as contacts, count(*) filter (person_id is null) as unmatched
    from tickets
    group by all
),

placed as (
    select
        source, min(day) as first_day, max(day) as last_day,
        count(*) filter (person_id is null) as without_person,
        count(*) filter (standing = 'unknown') as unknown_status,
        count(*) as orders, count(tax) = 0 as is_untaxed
    from orders
    group by all
),

-- lines should make up what was paid for goods
line_differences as (
    select source, min(day) as first_day, max(day) as last_day,
        count(*) as differ
    from (
        select
            orders.source, orders.day,
            abs(sum(order_lines.revenue) - any_value(orders.revenue)) as gap
        from orders
        join order_lines using (order_key)
        group by order_key, orders.source, orders.day
    )
    where gap > 0.05
    group by all
),

-- what has landed but can be counted nowhere
undated as (
    select source, count(*) as orders
    from landed.sales_order
    where placed_at is null and deleted_at is null
    group by all
),

unpriced as (
    select source, count(*) as lines
    from landed.order_line
    where quantity is null or unit_price is null
    group by all
),

-- days that the names of landed files carry, as exports by day do
file_days as (
    select
        source, table_name, file like '%intraday%' as is_intraday,
        try_strptime(
            regexp_extract(file, '_(\d{8})(\d{12})?(\D|$)', 1), '%Y%m%d'
        )::date as day
    from landed.landed_file
),

-- what was said of a day before its table came is no longer true
current_remarks as (
    select *
    from landed.data_quality
    where
        case flag
            when 'only_intraday' then exists (
                select 1 from file_days
                where
                    is_intraday
                    and file_days.source = data_quality.source
                    and file_days.day between period_start and period_end
            )
            when 'no_table' then not exists (
                select 1 from file_days
                where
                    file_days.source = data_quality.source
                    and file_days.day between period_start and period_end
            )
            else true
        end
),

-- what stands beside a flag may be JSON: {"file": "a.csv"} is "file: a.csv"
noted as (
    select
        detail,
        case
            when json_valid(detail) then nullif(array_to_string(
                list_transform(
                    list_filter(json_keys(detail), lambda k: k != 'first'),
                    -- a sentence needs no name before it, a list no brackets
                    lambda k: if(
                        k in ('what', 'why'), '', replace(k, '_', ' ') || ': '
                    ) || replace(regexp_replace(
                        detail ->> ('$."' || k || '"'), '^\["?|"?\]$', '', 'g'
                    ), '","', ', ')
                ), '; '
            ), '')
            else detail
        end as words
    from (select distinct detail from landed.data_quality)
),

-- a source that reads by the day remarks on each: days in a row are one remark
days_in_a_row as (
    select
        source, table_name, flag, period_start, period_end, value,
        noted.words as detail,
        case when period_start = period_end then period_start - (
            dense_rank() over (
                partition by source, table_name, flag, noted.words,
                    period_start = period_end
                order by period_start
            )
        )::integer else period_end end as run
    from current_remarks
    left join noted using (detail)
),

told as (
    select
        source, table_name, flag, min(period_start) as period_start,
        max(period_end) as period_end, max(value) as value, detail
    from days_in_a_row
    group by
        source, table_name, flag, detail, run,
        case when period_start != period_end then period_start end
    union all
    select
        source, 'web_event', 'no_consent', first_day, last_day,
        without_visit / events, format(
            '{} of {} events came without consent and belong to no visit',
            without_visit, events
        )
    from web_sources
    where without_visit > 0
    union all
    select
        source, 'web_event', 'source_of_first_visit',
        min(day), max(day), avg((source_basis = 'first_user')::int),
        'visits whose own source is unknown; they show the one their visitor '
        || 'first came from'
    from sessions
    where source_basis is not null
    group by source
    having bool_or(source_basis = 'first_user')
    union all
    select
        source, 'web_event', 'purchase_repeated', first_day, last_day,
        repeats,
        'thank-you pages that were loaded again; each order counts once'
    from purchases
    where repeats > 0
    union all
    select
        source, 'web_event', 'purchase_without_order', first_day, last_day,
        without_order / purchases, format(
            '{} of {} transaction ids fit no order',
            without_order, purchases
        )
    from purchases
    where without_order > 0 and exists (select 1 from orders)
    union all
    select
        source, 'ticket', 'contact_without_person', first_day, last_day,
        unmatched / contacts, format(
            '{} of {} contacts name nobody who can be found',
            unmatched, contacts
        )
    from contacts
    where unmatched > 0
    union all
    select
        source, 'sales_order', 'order_without_person', first_day, last_day,
        without_person, 'orders without customer, e-mail or phone'
    from placed
    where without_person > 0
    union all
    select
        source, 'sales_order', 'unknown_status', first_day, last_day,
        unknown_status, 'orders whose status is not in order_statuses'
    from placed
    where unknown_status > 0
    union all
    select
        source, 'sales_order', 'tax_not_given', first_day, last_day, orders,
        'no order names its tax, so revenue called net still holds VAT; '
        || 'give tax_total'
    from placed
    cross join settings.reporting
    where is_untaxed and vat = 'excluded'
    union all
    select
        source, 'sales_order', 'order_without_day', null, null, orders,
        'orders that say no day count nowhere; map placed_at'
    from undated
    union all
    select
        source, 'order_line', 'line_without_amount', null, null, lines,
        'lines without quantity or price bring no revenue; map both'
    from unpriced
    union all
    select
        source, 'order_line', 'lines_differ', first_day, last_day, differ,
        'orders whose lines do not add up to the order'
    from line_differences
),

titles (flag, title) as (
    values
    ('only_intraday', 'Days that rest on the table of the day itself'),
    ('no_table', 'Days without a table in the export'),
    ('no_consent', 'Events without consent'),
    ('source_of_first_visit', 'Visits whose own source is not known'),
    ('purchase_repeated', 'Purchases counted once though seen again'),
    ('purchase_without_order', 'Purchases that fit no order'),
    ('contact_without_person', 'Contacts whose writer is not known'),
    ('order_without_person', 'Orders whose buyer is not known'),
    ('unknown_status', 'Orders with a status nobody explained'),
    ('tax_not_given', 'Orders that name no tax'),
    ('order_without_day', 'Orders without a day'),
    ('line_without_amount', 'Order lines without quantity or price'),
    ('lines_differ', 'Orders that differ from their lines'),
    ('not_available', 'What this account cannot give'),
    ('redacted_fields', 'E-mail and phone withheld by the source'),
    ('version_changed', 'Answered in another version than was asked for'),
    ('bulk_operation_failed', 'A file that was not finished; read by pages'),
    ('bounds_passed_over', 'A list the source gives whole only'),
    ('missing_doubted', 'More than half missing at once, kept for now'),
    ('rows_unreadable', 'Rows left out because they cannot be read'),
    ('rows_skipped', 'Rows left out because they cannot be read'),
    ('email_names_nobody', 'E-mail addresses that name nobody'),
    ('phone_names_nobody', 'Phone numbers that name nobody'),
    ('person_in_text', 'Addresses and phone numbers taken out of texts'),
    ('file_missing', 'A file that is gone, its rows are kept'),
    ('file_without_rows', 'A file without rows'),
    ('time_that_never_was', 'Times that the clock change left out'),
    ('other_row', 'Rare values rolled into one row, "(other)"'),
    ('not_set', 'Visits without a value'),
    ('thresholded', 'Small numbers withheld by the source'),
    ('sampled', 'Estimated from a sample'),
    ('truncated', 'Days the source no longer has'),
    ('empty_report', 'A report that came empty'),
    ('metrics_blocked', 'Figures the credentials may not see'),
    ('metrics_restricted', 'Figures the credentials may not see'),
    ('field_missing', 'Fields the source does not know'),
    ('field_incompatible', 'Fields that stand in no report'),
    ('report_split', 'A report asked for in parts'),
    ('report_unavailable', 'A report the source cannot give'),
    ('time_that_was_twice', 'Times that the clock change had twice')
)

select
    source, table_name, flag,
    coalesce(
        title, upper(flag[1]) || replace(lower(flag[2:]), '_', ' ')
    ) as title,
    period_start, period_end,
    value::double as value, detail
from told
left join titles using (flag)
