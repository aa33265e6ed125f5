-- What the landing keeps about its own work; read like canonical.sql.

-- grain: one table of one run of one source; only runs that were kept
-- merge: none
create table sync_run (
    run_id varchar not null, source varchar not null,
    kind varchar not null, table_name varchar not null,
    started_at timestamptz not null, finished_at timestamptz not null,
    files_read bigint, files_unchanged bigint,
    rows_read bigint, rows_landed bigint, rows_skipped bigint,
    rows_superseded bigint, rows_erased bigint
);

-- grain: how far one table of one source has been read
-- changed_until: changes before this moment are known
-- created_since: everything that was created since this moment is known
-- stretch_first, stretch_before, mark: a stretch that has not come to its end
-- changes_mark: where a read of changes was cut off
-- lasting_mark: where the next read of changes begins, in the source's own words
-- thorough_at: when deletions were looked for
-- merge: none
create table sync_cursor (
    source varchar not null, table_name varchar not null,
    changed_until timestamptz, created_since timestamptz,
    stretch_first timestamptz, stretch_before timestamptz, mark varchar,
    changes_mark varchar, lasting_mark varchar, thorough_at timestamptz
);

-- grain: one thing that has to be worked out again from what has landed
-- merge: none
create table stale (
    what varchar not null
);

-- grain: one remark on the quality of what was read
-- merge: none
create table data_quality (
    source varchar not null, table_name varchar not null,
    period_start date, period_end date, flag varchar not null,
    value double, detail varchar, file varchar
);

-- grain: one day that was read completely
-- merge: none
create table landed_day (
    source varchar not null, table_name varchar not null,
    day date not null
);

-- grain: one file as it was when its rows were landed
-- merge: none
create table landed_file (
    source varchar not null, table_name varchar not null,
    file varchar not null, size bigint, mtime_ns bigint,
    sha256 varchar, mapping varchar, first_day date, last_day date,
    rows_read bigint, rows_skipped bigint, shares_keys boolean,
    run_id varchar
);

-- grain: one key that belongs to a person
-- confidence: what ties it to the others: signed_in (an account), email, phone,
-- or transaction (a visit that ended in an order)
-- merge: none
create table person (
    key_kind varchar not null, key varchar not null,
    person_id integer not null, confidence varchar
);

-- grain: why keys of a kind name nobody, and how many do
-- reason: many (shared by many accounts or addresses), staff, household (two
-- buyers have it), and for visitors household only
-- merge: none
create table held_apart (
    key_kind varchar not null, reason varchar not null, keys bigint
);

-- grain: one form of the number of an order
-- form: order_id, order_name, transaction_id, or order_digits (the name without
-- what the shop writes around its digits)
-- merge: none
create table order_number (
    source varchar not null, order_id varchar not null,
    form varchar not null, number varchar not null
);

-- grain: one way to read a text in which another system names an order
-- is_bare: without what that system writes around the digits
-- merge: none
create table named_number (
    source varchar not null, text varchar not null,
    number varchar not null, is_bare boolean
);

-- grain: one transaction id of web analytics that means an order
-- is_sure: no other order fits as well
-- merge: none
create table purchase_match (
    source varchar not null, transaction_id varchar not null,
    order_source varchar not null, order_id varchar not null,
    form varchar not null, is_sure boolean
);

-- grain: one change of what has landed that a newer version asked for
-- merge: none
create table upgrade (
    name varchar not null, done_at timestamptz
);

-- grain: one key of a person who asked to be forgotten
-- merge: none
create table erasure (
    key_kind varchar not null, key varchar not null,
    erased_at timestamptz
);
