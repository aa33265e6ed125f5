"""A landing with a few given rows, and the marts that are built from it."""

from __future__ import annotations

import datetime as dt
import decimal
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from journey.build import Mart, create, marts
from journey.build.inputs import attach_settings, empty_landing
from journey.landing.numbers import match_numbers
from journey.landing.tables import create as create_landing
from journey.settings import Costs, Reporting, Settings, Source

MARTS = {mart.name: mart for mart in marts()}
USUAL = {"source": "shop", "currency": "PLN", "time_zone": "Europe/Warsaw"}
BY_TYPE = {"VARCHAR": "x", "BOOLEAN": False, "DATE": "2026-10-05"}
"""What a row has that does not say it, where the table cannot do without."""


def settings_of(wanted: Mapping[str, Any]) -> Settings:
    reporting = Reporting(**wanted.get("reporting", {}))
    costs = Costs(**wanted.get("costs", {}))
    statuses = Settings().order_statuses | wanted.get("order_statuses", {})
    sources = tuple(Source(name, "files") for name in wanted.get("sources", ()))
    return Settings(
        reporting=reporting, order_statuses=statuses, costs=costs, sources=sources
    )


@functools.cache
def shared() -> duckdb.DuckDBPyConnection:
    """One empty landing for all tests of a process: making it anew takes longer."""
    connection = duckdb.connect(":memory:")
    empty_landing(connection)
    return connection


def landing(
    given: Mapping[str, Sequence[Mapping[str, Any]]], settings: Settings | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a connection whose `landed` tables hold the given rows; no marts yet."""
    connection = shared()
    connection.execute("use memory").fetchall()
    for catalog in ("published", "settings"):
        connection.execute(f"detach database if exists {catalog}").fetchall()
    filled = "select table_name from duckdb_tables() where database_name = 'landed'"
    for (table,) in connection.execute(filled + " and estimated_size > 0").fetchall():
        # made anew rather than emptied: sessions are numbered by their place
        connection.execute(f"drop table landed.{table}").fetchall()
    create_landing(connection, "landed")
    connection.execute("attach ':memory:' as published").fetchall()
    attach_settings(connection, settings or Settings(), stamp="test")
    connection.execute("use published").fetchall()
    for name, rows in given.items():
        if name.startswith("landed."):
            for row in rows:
                insert(connection, f"landed.main.{name.removeprefix('landed.')}", row)
    connection.execute("use landed").fetchall()
    match_numbers(connection)
    connection.execute("use published").fetchall()
    return connection


def insert(
    connection: duckdb.DuckDBPyConnection, table: str, row: Mapping[str, Any]
) -> None:
    described = connection.execute(f"describe {table}").fetchall()
    whole = {
        name: USUAL.get(name, BY_TYPE.get(kind, "2026-10-05 12:00:00+00"))
        for name, kind, null, _, default, _ in described
        if null == "NO" and default is None
    } | dict(row)
    marks = ", ".join("?" * len(whole))
    columns = ", ".join(f'"{column}"' for column in whole)
    connection.execute(
        f"insert into {table} ({columns}) values ({marks})", list(whole.values())
    ).fetchall()


def needed(name: str, given: Iterable[str] = ()) -> list[Mart]:
    """Return a mart and all it reads that is not given, in the order to build them."""
    wanted = {name}
    for mart in reversed(list(MARTS.values())):
        if mart.name in wanted:
            wanted |= mart.reads - set(given)
    return [mart for mart in MARTS.values() if mart.name in wanted]


def build(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    given: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
) -> list[dict[str, Any]]:
    """Build a mart on the landing and the given marts, and return its rows."""
    ready = {mart: rows for mart, rows in (given or {}).items() if mart in MARTS}
    for mart, rows in ready.items():
        make(connection, needed(mart))
        connection.execute(f'delete from main."{mart}"').fetchall()
        for row in rows:
            insert(connection, f'main."{mart}"', row)
    make(connection, needed(name, ready))
    return connection.sql(f'from main."{name}"').pl().to_dicts()


def make(connection: duckdb.DuckDBPyConnection, wanted: Iterable[Mart]) -> None:
    made = {row[0] for row in connection.execute("show tables").fetchall()}
    create(connection, [mart for mart in wanted if mart.name not in made])


def plain(value: Any) -> Any:
    """Return a value as a test file can write it: "null", numbers, ISO dates."""
    if value is None:
        return "null"
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat(" ", "minutes").removesuffix("+00:00")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
