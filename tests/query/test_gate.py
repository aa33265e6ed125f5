"""The gate: what a text may do, and everything tried to get around it."""

from __future__ import annotations

import pytest

from journey.problem import JourneyError
from journey.query.gate import DEEPEST, LONGEST, Reading, inspect

MARTS = {"orders", "traffic", "tickets", "customers"}


def through(sql: str) -> Reading:
    return inspect(sql, MARTS, "typed.sql")


def refusal(sql: str) -> JourneyError:
    with pytest.raises(JourneyError) as caught:
        through(sql)
    return caught.value


ESCAPES = [
    # names that reach past the views
    "from published.orders",
    "from published.main.orders",
    "select * from main.orders",
    'select * from "published"."orders"',
    "select * from memory.main.orders",
    "select * from temp.orders",
    "select * from system.information_schema.tables",
    "select * from information_schema.tables",
    "select * from pg_catalog.pg_class",
    "select * from sqlite_master",
    "select * from duckdb_tables",
    "select * from duckdb_tables()",
    "select * from duckdb_settings()",
    "select * from duckdb_variables()",
    "select * from duckdb_secrets()",
    "select * from journey_people",
    "table published.orders",
    "select (select max(revenue) from published.orders)",
    "select * from orders where exists (from published.orders)",
    "select * from orders order by (select max(revenue) from published.orders)",
    "select * from orders limit (select count(*) from published.orders)",
    "select * from orders limit 1 offset (select count(*) from published.orders)",
    "select * from orders limit (select 5 from published.orders) %",
    "select count(*) filter (where (select true from published.orders)) from orders",
    "select sum(revenue) over (order by (select 1 from published.orders)) from orders",
    "select sum(revenue order by (select 1 from published.orders)) from orders",
    "select lag(a, 1, (select revenue from published.orders)) over () from orders",
    "select * from orders qualify (select true from published.orders)",
    "select day from orders group by all having (select true from published.orders)",
    "select day from orders group by (select 1 from published.orders)",
    "select a from orders group by grouping sets ((a, (select 1 from published.orders)))",
    "select distinct on ((select 1 from published.orders)) a from orders",
    "select case when true then (select 1 from published.orders) end",
    "select case (select 1 from published.orders) when 1 then 2 end",
    "select 1 in (select revenue from published.orders)",
    "select (1, 2) in (select a, b from published.orders)",
    "select 1 = any (select revenue from published.orders)",
    "select 1 > all (select revenue from published.orders)",
    "select array(select revenue from published.orders)",
    "select [(select revenue from published.orders)]",
    "select {'a': (select revenue from published.orders)}",
    "select map {1: (select revenue from published.orders)}",
    "select list_transform([1], lambda x: (select max(revenue) from published.orders))",
    "select [x for x in [1] if (select true from published.orders)]",
    "select columns(lambda c: (select true from published.orders)) from orders",
    "select * replace ((select 1 from published.orders) as a) from orders",
    "select * from (values ((select revenue from published.orders)))",
    "values ((select revenue from published.orders))",
    "select * from orders, lateral (select * from published.orders)",
    "select * from orders join published.orders using (order_key)",
    "select * from orders o join traffic t on (select true from published.orders)",
    "select * from orders asof join published.orders p on orders.day >= p.day",
    "select * from orders positional join published.orders",
    "select 1 union all select revenue from published.orders",
    "select 1 except select revenue from published.orders",
    "(select 1) intersect (select revenue from published.orders)",
    "select 1 union all select 2 order by (select 1 from published.orders)",
    "with a as (select * from published.orders) select * from a",
    "with a as materialized (select * from published.orders) select 1",
    "with recursive a as (select 1 union all select revenue from published.orders) from a",
    "with recursive a(x) using key (x) as (select 1 union select 2 from published.orders)"
    " from a",
    "select unnest((select list(revenue) from published.orders))",
    "select * from unnest((select list(revenue) from published.orders))",
    "select * from range((select count(*) from published.orders))",
    "select try((select revenue from published.orders))",
    "select (select revenue from published.orders)::varchar",
    "select (select name from published.orders) collate nocase",
    "select (select [1] from published.orders)[1]",
    "select [1, 2][1:(select 2 from published.orders)]",
    "select 1 between (select 0 from published.orders) and 2",
    # steps that hide what is read
    "with orders as (select * from orders) select * from orders",
    "with ORDERS as (select 1) select * from orders",
    'with "Orders" as (select 1) select * from traffic',
    "with recursive tickets as (select 1 union all select 2) select * from tickets",
    "select * from (with sqlite_master as (select 1) from sqlite_master), sqlite_master",
    "with b as (select * from a), a as (select 1) select * from b",
    "with a as (select * from a) select * from a",
    "with recursive duckdb_tables as (select table_name as x from duckdb_tables union all"
    " select x from duckdb_tables where false) from duckdb_tables",
    "with recursive pg_class(x) as (select relname from pg_class union select x from"
    " pg_class where false) from pg_class",
    'with "duc\u212adb_tables" as (select 1) select * from duckdb_tables',
    'with "ORDERS\u212a" as (select 1) select * from ordersk',
    # files, the network, other databases
    "select * from 'orders.csv'",
    'select * from "data/landing.duckdb"',
    "select * from '/etc/passwd'",
    "select * from 'https://example.org/x.parquet'",
    "select * from read_csv('x.csv')",
    "select * from read_text('/etc/passwd')",
    "select * from read_blob('/etc/passwd')",
    "select * from read_duckdb('x.duckdb')",
    "select * from parquet_scan('x')",
    "select * from glob('*')",
    "select * from sniff_csv('x')",
    "copy orders to 'x.csv'",
    "copy (select 1) to 'x'",
    "attach 'x.duckdb'",
    "install httpfs",
    "load httpfs",
    "export database 'x'",
    # queries in texts, settings, variables, side effects
    "select * from query('select * from published.orders')",
    "select * from query_table('published.orders')",
    "from query('from mar' || 'ts')",
    "select * from json_execute_serialized_sql('{}')",
    "select json_serialize_sql('select 1')",
    "select getvariable('journey_0')",
    "select GetVariable('journey_0')",
    "select current_setting('threads')",
    "select nextval('s')",
    "select stats(country) from orders",
    "select hash(1), write_log('x')",
    "select sleep_ms(10000)",
    "select repeat('x', 3000000000)",
    "select lpad('x', 2000000000, 'y')",
    "select list_resize([1], 2000000000)",
    "select list_sum(range(400000000))",
    "select list_sum(generate_series(1, 400000000))",
    "select format('{:>1000000000}', 'x')",
    "select format('{:>{}}', 'x', 1000000000)",
    "select format('{:>' || n || '}', 'x') from orders",
    "select printf('%900000000d', 1)",
    "select list_aggregate([1], 'histogram')",
    "select random()",
    "select uuid()",
    "select pg_get_viewdef(1)",
    "select * from pragma_storage_info('orders')",
    "select * from pragma_table_info('orders')",
    "select * from test_all_types()",
    "select * from repeat(1, 10)",
    "select * from histogram('orders', 'revenue')",
    "select sum(revenue) export_state from orders",
    # qualified functions
    "select main.sum(revenue) from orders",
    "select system.main.getvariable('x')",
    "select pg_catalog.current_database()",
    "select country.upper() from orders",
    # the clock and the session
    "select current_date",
    "select now()",
    "select today()",
    "select age(day) from orders",
    "select current_timestamp",
    'select "current_user"',
    "select session_user, current_schema",
    "select user from orders",
    # statements that are not one SELECT
    "",
    ";",
    "-- nothing",
    "select 1; select 2",
    "select 1; drop table orders",
    "create temp table x as select 1",
    "create macro f() as 1",
    "insert into orders values (1)",
    "with x as (insert into orders values (1) returning *) select * from x",
    "with x as (delete from orders returning *) select * from x",
    "update orders set revenue = 1",
    "update extensions",
    # values of any size, and plans that double at every step
    "select list_sum(range(400000 * 1000))",
    "select range(sum(sessions)::bigint * 1000) from traffic",
    "select range((select sum(sessions)::bigint from traffic))",
    "select range('400000000'::bigint)",
    "select range(4e8::bigint)",
    "select range(2 ** 30)",
    "select range(1 << 30)",
    "select range(pow(2, 30)::bigint)",
    "select range(epoch_us(day)) from orders",
    "select generate_series(date '0001-01-01', date '9999-01-01', interval 1 second)",
    "select generate_series(date '0001-01-01', date '9999-01-01', interval '1 second')",
    "select generate_series(date '0001-01-01', day, interval '00:00:01') from orders",
    "select replace(replace(replace(country, 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),"
    " 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'), 'a', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')"
    " from orders",
    "select regexp_replace(regexp_replace(regexp_replace(country, '.*', '" + "x" * 30
    + "'), '', '" + "x" * 30 + "', 'g'), '', '" + "x" * 30 + "', 'g') from orders",
    "select format('" + "{0}" * 20_000 + "', country) from orders",
    "select list_transform(range(99999), lambda x: range(9999))",
    "select [range(9999) for x in range(99999)]",
    "select list_reduce(range(40), lambda a, b: a || a)",
    "select list_reduce([[1], [2], [3]], lambda a, b: list_concat(a, a))",
    "with a as not materialized (from orders) from a",
    "delete from orders",
    "drop view orders",
    "set variable journey_0 = ['PL']",
    "set threads = 1",
    "reset threads",
    "pragma database_list",
    "call pragma_version()",
    "explain select 1",
    "explain analyze select * from orders",
    "prepare x as select 1",
    "execute x",
    "begin",
    "checkpoint",
    "vacuum",
    "use published",
    "describe orders",
    "describe published.orders",
    "summarize orders",
    "show tables",
    "show all tables",
    "from (summarize published.orders)",
    "from (describe orders)",
    "from (show tables)",
    "pivot orders on country",
    "pivot orders on country in ('PL') using sum(revenue)",
    "from (pivot published.orders on country in ('PL') using sum(revenue))",
    "unpivot orders on revenue into name n value v",
    # functions and types that read, tell of the process, or need an extension
    "select json('{}')",
    "select from_json(country, '{}') from orders",
    "select json_transform(country, '{}') from orders",
    "select to_json(o) from orders o",
    "select json_group_array(country) from orders",
    "select json_serialize_plan('select 1')",
    "select json_deserialize_sql('{}')",
    "from json_each('{}')",
    "from json_tree('{}')",
    "from read_json_auto('/etc/passwd')",
    "from read_ndjson_objects('x')",
    "from read_json_objects('x')",
    "from unnest(glob('/*'))",
    "from (values (getvariable('journey_0')))",
    "select getvariable($start)",
    "select getenv('HOME')",
    "select version()",
    "select pg_catalog.version()",
    "select currval('s')",
    "select in_search_path('a', 'b')",
    "select alias(country) from orders",
    "select vector_type(country) from orders",
    "select can_cast_implicitly(1, 2)",
    "select txid_current()",
    "select setseed(0.5)",
    "select reservoir_quantile(revenue, 0.5, 10) from orders",
    "select approx_top_k(country, 3) from orders",
    "select histogram(country) from orders",
    "select create_sort_key(country, 'ASC') from orders",
    "select icu_sort_key(country, 'de') from orders",
    "select icu_collate_de(country) from orders",
    "select write_log('x')",
    "select add_parquet_key('a', 'b')",
    "select list_aggr([1], 'sum')",
    "select array_aggr([1], 'sum')",
    "select aggregate([1], 'sum')",
    "from pg_timezone_names()",
    "from icu_calendar_names()",
    "from pg_settings()",
    "from duckdb_functions()",
    "from duckdb_extensions()",
    "from duckdb_logs",
    "from duckdb_memory()",
    "from duckdb_temporary_files()",
    "from which_secret('x', 's3')",
    "from sql_auto_complete('select')",
    "from query_table(['orders'])",
    "from scan_arrow_ipc([{'ptr': 1::ubigint, 'size': 1::ubigint}])",
    "from to_arrow_ipc((select 1))",
    "from arrow_scan(1, 2, 3)",
    "from pandas_scan(1)",
    "from python_map_function()",
    "from seq_scan('orders')",
    "from force_checkpoint()",
    "from enable_logging()",
    "from enable_profiling()",
    "from truncate_duckdb_logs()",
    "from parquet_metadata('x')",
    "from summary((select 1))",
    "from pg_tables",
    "from orders semi join (from duckdb_tables) using (country)",
    "from orders natural join duckdb_tables",
    "from recurring.orders",
    "with recursive t(a) using key (a) as (select 1 union from recurring.t) from t",
    "select '1'::inet",
    "select 'POINT(0 0)'::geometry",
    "select 'x'::enum('a', 'b')",
    "select 1::union(a int)",
    "select 'a'::variant",
    "select null::struct(a int, b published.x)",
    "select cast(1 as orders)",
    "select null::integer[100000]",
    "select [1]::integer[1000]",
    "select now() at time zone 'UTC'",
    "select current_user()",
    # comments and quotes
    "select * from orders/**/join/**/published.orders on true",
    "select * from orders /* x */, /**/published/**/./**/orders",
    'select * from U&"\\0070ublished".orders',
    'select * from "pub" "lished".orders',
    # statements again
    "execute immediate 'select 1'",
    "call query('select 1')",
    "merge into orders using traffic on true when matched then delete",
    "comment on table orders is 'x'",
    "alter table orders add column x int",
    "create secret s (type s3)",
    "detach published",
    "import database 'x'",
    "set session authorization x",
    "from orders |> select country",
    "select * from orders tablesample reservoir(10 rows)",
    "select * from (from orders) tablesample 5",
    "select grouping(a) from orders group by cube(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p)",
    # what is left of the language
    "select default",
    "select * from orders at (version => 1)",
    "select * from orders tablesample 10%",
    "select * from orders using sample 10 rows",
    "select 'a'::regclass",
    "select 1::published.main.kind",
    "select $1",
    "select ?",
    "select 1 /* open",
    "select 'open",
    "select 1 /* /* */",
    "select 1)",
    "select 1) union (select 2",
    "select $$a",
    "sel\u0435ct 1",
    "select * from \u043erders",
    "select * from orders\0, published.orders",
]  # fmt: skip


@pytest.mark.parametrize("sql", ESCAPES)
def test_an_escape_is_refused(sql: str) -> None:
    assert all(p.found and p.expected and p.fix for p in refusal(sql).problems)


GOOD = {
    "select day, sum(revenue) as value from orders group by all": ("orders",),
    "from orders": ("orders",),
    "FROM Orders": ("orders",),
    'select * from "ORDERS"': ("orders",),
    "select * from orders -- published.orders": ("orders",),
    "/* from published.orders */ select 'from published.orders' from traffic": ("traffic",),
    "with a as (from orders), b as (from a) select * from b join traffic using (day)": (
        "orders", "traffic",
    ),
    "with recursive d as (select 1 x union all select x + 1 from d where x < 5) from d": (),
    "select * from (with a as (from tickets) from a)": ("tickets",),
    "select * from orders, range(3) r(n), unnest([1, 2]) u(k)": ("orders",),
    "select day, quantile_cont(revenue, 0.9) filter (counts) from orders group by 1": (
        "orders",
    ),
    "select list_transform(['a'], lambda x: x || '%'), list_reduce([1, 2], lambda a, b:"
    " a + b)": (),
    "select list_transform([1, 2], lambda x: x + 1), [x for x in [1] if x > 0]": (),
    "select count(*) filter (day >= $start), extract(year from day), day + 7,"
    " day - interval 3 days, date_trunc('week', day), try_cast('1' as double) from traffic"
    " group by all order by all limit 10": ("traffic",),
    "select * exclude (a) replace (b + 1 as b) from orders": ("orders",),
    "select columns('rev.*'), coalesce(a, b), nullif(a, 0), if(a, b, c), a is null,"
    " a in (1, 2), country ilike 'p%', country ~ 'P', a between 1 and 2 from orders": (
        "orders",
    ),
    "select sum(a) over (partition by country order by day rows between 6 preceding and"
    " current row), row_number() over () from orders": ("orders",),
    "select unnest([{step: 'Visit', n: 1}], recursive := true) from traffic": ("traffic",),
    "select generate_series((select min(day) from orders)::timestamp, $through::timestamp,"
    " interval 1 day), range(1, len(country) + 1), generate_series(day, day + 7,"
    " interval '1 week'), replace(country, '&', ' and ') from orders": ("orders",),
    "select unnest(range(30, 361, 30)), format('{} of {:>10}', a, b) from traffic": (
        "traffic",
    ),
    "with recursive a as (from orders union (with a as (from tickets) from a)) from a": (
        "orders",
        "tickets",
    ),
    "select 1 union all by name select 2": (),
}  # fmt: skip


@pytest.mark.parametrize("sql", GOOD)
def test_plain_sql_gets_through(sql: str) -> None:
    assert through(sql).reads == GOOD[sql]


def test_parameters_and_functions_are_told() -> None:
    found = through("select sum(revenue) from orders where day between $start and $end")
    assert found.parameters == ("end", "start")
    assert found.functions == ("sum",)


def test_a_problem_names_the_line_of_the_file() -> None:
    sql = "/*\ntitle = 'ąę'\n*/\nselect day,\n    getvariable('x')\nfrom published.orders"
    lines = {problem.line for problem in refusal(sql).problems}
    assert lines == {5, 6}


def test_all_reasons_are_told_at_once() -> None:
    assert len(refusal("select now(), random(), user from traffik").problems) == 4


def test_a_misspelt_mart_is_suggested() -> None:
    assert 'did you mean "traffic"?' in refusal("from trafic").problems[0].expected
    assert "without anything" in refusal("from published.orders").problems[0].expected


def test_a_syntax_error_has_its_line() -> None:
    assert refusal("/*\n*/\nselect day,\nfrom from orders").problems[0].line == 4


@pytest.mark.parametrize(
    "sql",
    [
        "select " + "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1),
        "select '" + "x" * LONGEST + "'",
        "select " + "not " * 5000 + "true",
        "select 1" + " + 1" * 5000,
        "select 1" + "::int" * 5000,
        "select " + "- " * 5000 + "1",
    ],
)
def test_monsters_are_refused_and_not_followed(sql: str) -> None:
    refusal(sql)


ACROSS = {
    "select sum(a) over () from orders": "a window function",
    "select * from orders a join orders b using (person_id)": "itself",
    "select * from orders where revenue > (select avg(revenue) from orders)": "itself",
    "with a as (from orders), b as (from orders) from a join b using (day)": "itself",
    "with a as (from orders) from a, lateral (from orders where a.x = orders.x)": "itself",
    "select person_id, count(*) from orders group by all": "person",
    "select count(*) from orders group by person_id": "person",
    "select count(*) from orders o group by o.person_id": "person",
    "select person_id as p, count(*) from orders group by 1": "person",
    "select person_id as p, count(*) from orders group by p": "person",
    "select count(*) from orders group by hash(person_id)": "person",
}


@pytest.mark.parametrize("sql", ACROSS)
def test_what_looks_across_rows_is_told(sql: str) -> None:
    assert any(ACROSS[sql] in what for what, _ in through(sql).across)


@pytest.mark.parametrize(
    "sql",
    [
        "select day, count(distinct person_id) from orders group by all",
        "select day, person_id as member from orders",
        "select * from orders union all select * from orders",
        "select o.day from orders o join customers c using (person_id)",
    ],
)
def test_what_looks_at_one_row_at_a_time_is_not(sql: str) -> None:
    assert through(sql).across == ()


def test_a_build_may_also_read_what_landed() -> None:
    landed = {"landed": {"session"}, "settings": {"costs"}}
    found = inspect("from landed.session, settings.costs, orders", MARTS, "m", landed)
    assert found.reads == ("landed.session", "orders", "settings.costs")
    for sql in ("from landed.erasure", "from landed.main.session", "from session"):
        with pytest.raises(JourneyError):
            inspect(sql, MARTS, "m.sql", landed)
