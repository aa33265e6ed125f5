-- What the landing keeps about its own work; read like canonical.sql.

-- grain: one table of one run of one source; only runs that were kept
-- merge: none
create table sync_run (
    run_id varchar not null, source varchar not null,
    kind varchar not null, table_name varchar not null,
    started_at timestamptz not null, finished_at timestamptz not null,
    cursor timestamptz, files_read bigint, files_unchanged bigint,
    rows_read bigint, rows_landed bigint, rows_skipped bigint,
    rows_superseded bigint, rows_erased bigint
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
-- merge: none
create table person (
    key_kind varchar not null, key varchar not null,
    person_id integer not null
);

-- grain: one key of a person who asked to be forgotten
-- merge: none
create table erasure (
    key_kind varchar not null, key varchar not null,
    erased_at timestamptz
);
