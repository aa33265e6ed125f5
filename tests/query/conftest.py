"""A tiny published file, and queries written as texts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import duckdb
import pytest

from journey.answer import Answer, Period
from journey.figures.answers import answer
from journey.query.file import Library, Query, parse
from journey.scope import Scope
from journey.settings import Settings

MARTS = """
create table published.traffic (
    day date, device varchar, country varchar, channel varchar,
    sessions bigint, checkouts bigint, purchases bigint
);
create table published.orders (
    order_key varchar, person_id integer, day date, counts boolean, device varchar,
    country varchar, revenue decimal(18,4), minutes integer, shipped boolean
);
create table published.customers (
    person_id integer, day date, country varchar, days_to_second integer
);
create table published.tickets (
    ticket_key varchar, person_id integer, day date, country varchar, reason varchar
);
create table published.freshness (
    table_name varchar, landed boolean, first_day date, complete_through date
);
"""

HEADER = {
    "title": "A title", "question": "A question?", "kind": "measure", "unit": "number",
    "grain": "one row", "owner": "tests",
}  # fmt: skip


@pytest.fixture
def shop() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect(":memory:")
    connection.execute("attach ':memory:' as published")
    connection.execute(MARTS)
    yield connection
    connection.close()


@pytest.fixture
def give(shop: duckdb.DuckDBPyConnection) -> Callable[..., None]:
    """Insert rows; columns are those of the first row."""

    def insert(table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        columns = list(rows[0])
        shop.executemany(
            f"insert into published.{table} ({', '.join(columns)})"
            f" values ({', '.join('?' for _ in columns)})",
            [[row[column] for column in columns] for row in rows],
        )

    return insert


def text_of(sql: str, **keys: Any) -> str:
    """Return a file's text: the header's keys, then the SQL."""
    lines = []
    for key, value in (HEADER | keys).items():
        if value is not None:
            shown = f'"{value}"' if isinstance(value, str) else str(value)
            lines.append(f"{key} = {shown}")
    return "/*\n" + "\n".join(lines) + "\n*/\n" + sql


@pytest.fixture
def measure() -> Callable[..., Query]:
    def build(sql: str, name: str = "topic/figure", **keys: Any) -> Query:
        return parse(text_of(sql, **keys), name, f"queries/{name}.sql")

    return build


@pytest.fixture
def ask(shop: duckdb.DuckDBPyConnection) -> Callable[..., Answer]:
    """Answer one query, with others (segments) beside it."""

    def run(query: Query, scope: Scope, *others: Query, **params: Any) -> Answer:
        library = Library({q.name: q for q in (query, *others)})
        return answer(shop, library, query.name, scope, Settings(), params or None)

    return run


@pytest.fixture
def october() -> Scope:
    return Scope(
        Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28)),
        Period(dt.date(2026, 9, 3), dt.date(2026, 9, 30)),
    )
