"""Every query file against its test: a few rows given, the rows expected of them."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from journey.answer import Answer, Period
from journey.build import blueprint
from journey.check import tests_of as folder_of_tests
from journey.figures import measures, suppression
from journey.figures.answers import answer
from journey.home import PROJECT, home
from journey.query import Library, Query, load, run
from journey.query.catalog import read
from journey.query.text import admit, described, frame, parameters
from journey.scope import Scope, choices
from journey.settings import Settings

TESTS = PROJECT / "tests" / "queries"
LIBRARY = load(home().queries)


def file_of_test(query: Query) -> Path:
    """Return where the test of a query lies: beside the folder of the query."""
    return folder_of_tests(query) / f"{query.name}.toml"


QUERIES = {
    name: query
    for name, query in LIBRARY.queries.items()
    if query.kind != "mart" and (query.own or file_of_test(query).is_file())
}
"""All files of the project, and those beside the settings that have a test."""

USUAL = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
"""The period of a test that names none in [scope]."""
KEYS = {"given", "expect", "scope", "answer", "settings"}


@pytest.fixture(scope="module")
def empty() -> Iterator[duckdb.DuckDBPyConnection]:
    """All marts without rows; each test takes back what it put in."""
    connection = blueprint()
    for table in read(connection).marts:
        connection.execute(f'delete from published.main."{table}"')
    yield connection
    connection.close()


@pytest.fixture
def shop(
    empty: duckdb.DuckDBPyConnection, monkeypatch: pytest.MonkeyPatch
) -> Iterator[duckdb.DuckDBPyConnection]:
    # A test gives a handful of rows; what is withheld has tests of its own.
    monkeypatch.setattr(suppression, "FEWEST", 0)
    monkeypatch.setattr(measures, "FEWEST", 0)
    monkeypatch.setattr(run, "FEWEST_PEOPLE", 0)
    yield empty
    for table in read(empty).marts:
        empty.execute(f'delete from published.main."{table}"')


def spec_of(query: Query) -> dict[str, Any]:
    path = file_of_test(query)
    assert path.is_file(), f"write tests/queries/{query.name}.toml: rows given, expected"
    spec = tomllib.loads(path.read_text("utf-8"))
    assert set(spec) <= KEYS, f"{path.name}: unknown {set(spec) - KEYS}"
    assert spec.get("given"), f"{path.name}: give some rows"
    assert "expect" in spec, f"{path.name}: say which rows you expect"
    return spec


def test_every_file_can_be_read() -> None:
    assert [str(problem) for problem in LIBRARY.problems] == []


def test_every_test_belongs_to_a_query() -> None:
    names = {p.relative_to(TESTS).with_suffix("").as_posix() for p in TESTS.rglob("*.toml")}
    assert names <= set(LIBRARY.queries)


@pytest.mark.parametrize("name", sorted({*QUERIES, *LIBRARY.broken}))
def test_query_returns_what_is_expected(name: str, shop: duckdb.DuckDBPyConnection) -> None:
    if name in LIBRARY.broken:
        pytest.fail(str(LIBRARY.broken[name]), pytrace=False)
    query = QUERIES[name]
    spec = spec_of(query)
    give(shop, spec["given"])
    scope = scope_of(spec)
    rows = result(shop, query, scope)
    found = [fitted(row, spec["expect"]) for row in rows.iter_rows(named=True)]
    wanted = [{key: plain(value) for key, value in row.items()} for row in spec["expect"]]
    assert same(found, wanted), f"found {found}\nwanted {wanted}"
    if query.kind == "measure":
        assert rows["day"].null_count() == 0, "day may not be null"
    if "answer" in spec:
        if query.kind == "measure" and "scope" not in spec and rows.height:
            scope = replace(scope, period=Period(rows["day"].min(), rows["day"].max()))
        check_answer(answered(shop, query, scope), spec["answer"])


def give(connection: duckdb.DuckDBPyConnection, given: Mapping[str, Any]) -> None:
    """Insert rows that name only the columns that matter."""
    for table, rows in given.items():
        for row in rows:
            columns = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f'insert into published.main."{table}" ({columns}) values ({marks})',
                list(row.values()),
            )


def scope_of(spec: Mapping[str, Any]) -> Scope:
    """Return the scope of a test: October 2026 unless it says otherwise."""
    wanted = dict(spec.get("scope", {}))
    period = Period(wanted.pop("from", USUAL.first), wanted.pop("to", USUAL.last))
    before = wanted.pop("before", None)
    segment = wanted.pop("segment", None)
    where = {c: v if isinstance(v, list) else [v] for c, v in wanted.items()}
    comparison = Period(before[0], before[1]) if before else None
    return Scope(period, comparison, choices(where), segment)


def result(
    connection: duckdb.DuckDBPyConnection, query: Query, scope: Scope
) -> pl.DataFrame:
    """Return the rows of the file's own text on the marts as they are."""
    catalog = read(connection)
    text = admit(query.sql, query.where, catalog)
    cursor = connection.cursor()
    try:
        for mart in text.reading.reads:
            cursor.execute(f'create temp view "{mart}" as from published.main."{mart}"')
        through = catalog.complete_through(text.reading.reads)
        values = parameters(text.reading, scope, through)
        described(cursor, text, values)  # its errors carry the line of the file
        return frame(cursor, text, values)
    finally:
        cursor.close()


def answered(connection: duckdb.DuckDBPyConnection, query: Query, scope: Scope) -> Answer:
    library = Library({**LIBRARY.queries, query.name: replace(query, window_days=0)})
    return answer(connection, library, query.name, scope, Settings())


def check_answer(found: Answer, wanted: Mapping[str, Any]) -> None:
    """Compare the figure; a text is the absence or the state that is expected."""
    if "absence" in wanted:
        assert found.absence == wanted["absence"]
        return
    assert found.problem is None, str(found.problem)
    assert found.measure is not None, found.absence
    for key, value in wanted.items():
        side, _, field = key.rpartition(".")
        estimate = found.measure.before if side == "before" else found.measure.now
        actual = getattr(estimate, field)
        assert close(actual, value), f"{key} is {actual}, expected {value}"


def fitted(row: Mapping[str, Any], wanted: list[dict[str, Any]]) -> dict[str, Any]:
    """Return only the columns that the test names."""
    named = dict.fromkeys(key for expected in wanted for key in expected)
    return {key: plain(row[key]) for key in named if key in row}


def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None) if value.tzinfo is None else value.timestamp()
    return value


def same(found: list[dict[str, Any]], wanted: list[dict[str, Any]]) -> bool:
    """Compare rows in any order; a column a row does not name must be null or zero."""
    left = list(found)
    for row in wanted:
        match = next((other for other in left if fits(other, row)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def fits(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(
        close(value, wanted[key]) if key in wanted else not value
        for key, value in row.items()
    ) and set(wanted) <= set(row)


def close(found: Any, wanted: Any) -> bool:
    numbers = (int, float)
    if isinstance(found, numbers) and isinstance(wanted, numbers):
        return math.isclose(found, wanted, rel_tol=1e-4, abs_tol=1e-9)
    return bool(found == wanted)
