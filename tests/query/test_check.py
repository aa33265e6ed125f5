"""What `check` says of files, without data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from journey.check import check, crowded, misplaced, untested
from journey.problem import JourneyError, Problem
from journey.query.file import Library, Query, parse
from journey.query.library import load

GOOD = "select day, device, sum(revenue) as value from orders group by all"


@pytest.fixture
def told(
    shop: duckdb.DuckDBPyConnection, tmp_path: Path
) -> Callable[[Query], list[Problem]]:
    def run(query: Query) -> list[Problem]:
        test = tmp_path / f"{query.name}.toml"
        test.parent.mkdir(parents=True, exist_ok=True)
        test.touch()
        return check(Library({query.name: query}), shop, tmp_path)

    return run


def test_a_good_file_has_no_problem(
    measure: Callable[..., Query], told: Callable[[Query], list[Problem]]
) -> None:
    assert told(measure(GOOD)) == []


@pytest.mark.parametrize(
    ("sql", "line", "found", "expected"),
    [
        ("select day,\n  sum(revenu) as value\nfrom orders\ngroup by all", 10, "revenu",
         "revenue"),
        ("select day, 1 as value\nfrom order_s", 10, 'no table "order_s"', '"orders"'),
        ("select day, 1 as value,\nfrom orders where", 10, "syntax error", "SQL"),
        ("select day, getvariable('x') as value from orders", 9, "getvariable()", "list"),
        ("select day, 1 as value from orders\nwhere day > $begin", 10, "$begin", "start"),
        ("select day, devise, 1 as value from (select *, 1 as devise from orders)", None,
         'column "devise"', 'did you mean "device"?'),
        ("select day, sum(revenue)\n  over () as value from orders", 9, "window", "mart"),
        ("select a.day, 1 as value from orders a\njoin orders b using (day)", 10, "itself",
         "mart"),
        ("select day, 1 as value from orders\ngroup by day, person_id", 10, "person",
         "mart"),
        ("select day, 1 as numerator from orders", None, '"denominator"', "denominator"),
        ("select revenue as day, 1 as value from orders", None, "day is DECIMAL", "DATE"),
        ("select 1; select 2", 9, "2 statements", "one SELECT"),
        ("describe orders", None, "show ref", "mart"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(
    sql: str, line: int | None, found: str, expected: str,
    measure: Callable[..., Query], told: Callable[[Query], list[Problem]],
) -> None:  # fmt: skip
    problems = told(measure(sql))
    match = next((p for p in problems if found in p.found), None)
    assert match is not None, [str(p) for p in problems]
    assert (match.where, match.line) == ("queries/topic/figure.sql", line)
    assert expected in match.expected
    assert match.fix


@pytest.mark.parametrize(
    ("interval", "sql"),
    [
        ("mean", "select day, 1 as numerator, 1 as denominator from orders"),
        ("proportion", "select day, 1 as value from orders"),
        ("count", "select day, revenue as observation from orders"),
    ],
)
def test_an_interval_needs_its_columns(
    interval: str, sql: str, measure: Callable[..., Query],
    told: Callable[[Query], list[Problem]],
) -> None:  # fmt: skip
    problems = told(measure(sql, interval=interval))
    assert [p.found for p in problems] == [f'interval = "{interval}" without its columns']
    assert problems[0].line == 8


def test_a_reason_allows_to_look_across_rows(
    measure: Callable[..., Query], told: Callable[[Query], list[Problem]]
) -> None:
    sql = "select day, sum(sum(revenue)) over () as value from orders group by all"
    assert told(measure(sql, across_rows="the total is of the day")) == []


def other(kind: str, sql: str, tables: str = "", **keys: Any) -> Query:
    lines = {"title": "A", "question": "B?", "kind": kind, "owner": "c", **keys}
    header = "\n".join(f'{key} = "{value}"' for key, value in lines.items())
    return parse(
        f"/*\n{header}\n{tables}\n*/\n{sql}", "topic/other", "queries/topic/other.sql"
    )


def test_a_chart_names_columns_it_has(told: Callable[[Query], list[Problem]]) -> None:
    chart = '[chart]\ntype = "line"\nx = "day"\ny = "revenu"\ncolour = "device"'
    problems = told(other("chart", "select day, revenue from orders", chart))
    assert [p.line for p in problems] == [9, 10]
    assert problems[0].expected == 'did you mean "revenue"?'


def test_columns_of_the_header_are_columns_of_the_result(
    told: Callable[[Query], list[Problem]],
) -> None:
    problems = told(other("table", "select day from orders", '[columns]\ndai = "Day"'))
    assert [(p.line, p.expected) for p in problems] == [(7, 'did you mean "day"?')]


def test_what_a_column_needs_is_there_and_only_a_table_leaves_it_out(
    told: Callable[[Query], list[Problem]],
) -> None:
    sql, needs = "select day, revenue from orders", "[columns]\nrevenue.label = 'R'\n"
    needs += 'revenue.needs = ["order_line", "orders.discoun"]'
    (problem,) = told(other("table", sql, needs))
    assert (problem.line, problem.expected) == (8, 'did you mean "orders.discount"?')
    chart = '\n[chart]\ntype = "line"\nx = "day"\ny = "revenue"'
    problems = told(other("chart", sql, needs.replace("discoun", "discount") + chart))
    assert [p.expected for p in problems] == ["needs of columns of a table"]


def test_a_segment_returns_people(told: Callable[[Query], list[Problem]]) -> None:
    query = parse(
        '/*\ntitle = "A"\nkind = "segment"\n*/\nselect day from orders', "segments/a"
    )
    assert [p.found for p in told(query)] == ['no column "person_id"']


def test_a_period_query_returns_exact_periods(
    told: Callable[[Query], list[Problem]],
) -> None:
    sql = "select day::timestamp as period_start, day as period_end from orders"
    found = [p.found for p in told(other("period", sql, unit="count"))]
    assert found == ['no column "value"', "period_start is TIMESTAMP"]


def test_a_missing_test_is_an_error_here_and_a_warning_elsewhere(
    shop: duckdb.DuckDBPyConnection, tmp_path: Path, measure: Callable[..., Query]
) -> None:
    own = Library({"topic/figure": measure(GOOD)})
    assert [p.found for p in check(own, shop, tmp_path)] == ["no test"]
    folder = tmp_path / "elsewhere" / "queries"
    folder.mkdir(parents=True)
    (folder / "x.sql").write_text(measure(GOOD).sql, "utf-8")
    others = load([tmp_path / "none", folder])
    assert check(others, shop, tmp_path) == []
    (warning,) = untested(others)
    assert (warning.where, warning.found) == ("elsewhere/queries/x.sql", "no test")
    test = tmp_path / "elsewhere" / "tests" / "queries" / "x.toml"
    test.parent.mkdir(parents=True)
    test.write_text("expect = []", "utf-8")
    assert untested(others) == []


def test_a_fifth_headline_of_a_stage_is_warned_of(measure: Callable[..., Query]) -> None:
    queries = [measure(GOOD, f"topic/f{n}", headline=n % 4 + 1) for n in range(5)]
    (warning,) = crowded(Library({q.name: q for q in queries}))
    assert warning.where == "queries/topic/f3.sql"
    assert warning.found == "headline = 4, and 4 others of topic come first"
    assert crowded(Library({q.name: q for q in queries[:4]})) == []


def test_a_file_that_no_page_would_show_is_warned_of(
    measure: Callable[..., Query],
) -> None:
    names = ("convertion/a", "conversion/My figure", "conversion/a", "returns/a")
    found = misplaced(Library({name: measure(GOOD, name) for name in names}))
    assert [(p.found, p.expected) for p in found] == [
        ('the folder "convertion", which no page shows', 'did you mean "conversion"?'),
        ('the name "conversion/My figure"', "FOLDER/NAME of small letters, digits and _"),
    ]


def test_problems_of_many_files_come_together(
    shop: duckdb.DuckDBPyConnection, measure: Callable[..., Query], tmp_path: Path
) -> None:
    queries = [
        parse(
            measure("select 1 as value").sql, f"topic/{n}", f"queries/topic/{n}.sql", False
        )
        for n in range(3)
    ]
    problems = check(Library({q.name: q for q in queries}), shop, tmp_path)
    assert [p.where for p in problems] == [f"queries/topic/{n}.sql" for n in range(3)]


LESSONS = {
    "select now() as n": "day > $end - 7",
    "select current_date as d": "day > $end - 7",
    "select date_format(day, '%Y') as d from orders": "strftime",
    "select isnull(country, 'x') as c from orders": "coalesce",
    "select country from order": "from orders",
    "select top 5 country from orders": "limit 10",
    "select country from orders where day > {{ start }}": "$start and $end",
    "select country from orders where day > :start": "$start",
    'select country from orders where device = "mobile"': "'mobile'",
    "select country, count(*) as n from orders": "group by all",
    "select day from orders join customers using (person_id)": "orders.day",
    "select list_transform([1], x -> x + 1) as n": "lambda",
    "select datediff(day, placed_at) as n from (select day, day as placed_at from orders)":
    "write the unit first",
    "from landed.sales_order": "data dictionary",
    "from 'targets.csv'": "connecting-files",
    "selec country from orders": 'did you mean "select"?',
    "select countri from orders": 'did you mean "country"?',
}  # fmt: skip


@pytest.mark.parametrize("sql", LESSONS)
def test_what_other_databases_write_is_taught(
    sql: str, shop: duckdb.DuckDBPyConnection
) -> None:
    header = 'title = "T"\nquestion = "Q?"\nkind = "table"\nowner = "o"'
    query = parse(f"/*\n{header}\n*/\n{sql}", "a/b")
    told = check(Library({"a/b": query}), shop)
    assert LESSONS[sql] in "\n".join(p.expected + p.fix for p in told), told


HEADERS = {
    "title = My question": 'write title = "My question"',
    'unit = "%"': 'did you mean "percent"?',
    'kind = "chrat"': 'did you mean "chart"?',
    'owner = "b"\nowner = "c"': "keep one of both lines",
    "title: T": 'write key = "value"',
    '[columns]\na = "A"\nposition = 10': "move position above [columns]",
}


@pytest.mark.parametrize("lines", HEADERS)
def test_what_other_headers_write_is_taught(lines: str) -> None:
    with pytest.raises(JourneyError) as caught:
        parse(f"/*\n{lines}\n*/\nselect 1", "a/b")
    assert HEADERS[lines] in str(caught.value)
