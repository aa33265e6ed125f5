"""What the marts read beside each other: the landing, and the settings as tables."""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from journey.build.marts import version
from journey.home import Home
from journey.landing import open_landing, resolve_if_stale
from journey.landing.tables import create
from journey.problem import JourneyError, Problem
from journey.settings import Settings

THREADS = 2

SETTINGS = """
create table settings.reporting (
    time_zone varchar, currency varchar, locale varchar, vat varchar);
create table settings.stage_windows (
    buy_days integer, come_back_days integer, recommend_days integer);
create table settings.order_statuses (status varchar, standing varchar);
create table settings.costs (contact decimal(18,4), bot_chat decimal(18,4));
create table settings.sources (name varchar, kind varchar);
create table settings.build (
    stamp varchar, built_at timestamptz, is_sample boolean, version varchar);
"""


def attach_landing(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Attach this home's landing as `landed`, to be read only.

    Raises JourneyError when nothing has been landed yet, or another process has it.
    """
    if not home.landing.is_file():
        raise JourneyError(
            Problem("data/landing.duckdb", "nothing has been read from a source",
                    "landed tables", 'run "journey sync", or "journey demo"')
        )  # fmt: skip
    # a landing of an older version first gets the tables and columns it lacks
    with open_landing(home) as landing:
        resolve_if_stale(landing)
    path = str(home.landing).replace("'", "''")
    connection.execute(f"attach '{path}' as landed (read_only)").fetchall()


def empty_landing(connection: duckdb.DuckDBPyConnection) -> None:
    """Attach a landing without rows, in memory, as `landed`."""
    connection.execute("attach ':memory:' as landed").fetchall()
    create(connection, "landed")


def attach_settings(
    connection: duckdb.DuckDBPyConnection, settings: Settings, stamp: str
) -> None:
    """Attach the settings as tables of `settings`; cut days in the reporting zone."""
    connection.execute("attach ':memory:' as settings").fetchall()
    connection.execute(SETTINGS).fetchall()
    reporting, windows = settings.reporting, settings.stage_windows
    zone, currency = reporting.time_zone, reporting.currency
    rows: dict[str, Iterable[tuple[object, ...]]] = {
        "reporting": [(zone, currency, reporting.locale, reporting.vat)],
        "stage_windows": [
            (windows.buy_days, windows.come_back_days, windows.recommend_days)
        ],
        "order_statuses": {
            status.lower(): standing for status, standing in settings.order_statuses.items()
        }.items(),
        "costs": [(settings.costs.contact, settings.costs.bot_chat)],
        "sources": [(source.name, source.kind) for source in settings.sources],
    }
    for table, values in rows.items():
        for value in values:
            marks = ", ".join("?" * len(value))
            connection.execute(
                f"insert into settings.{table} values ({marks})",
                list(value),
            ).fetchall()
    connection.execute(
        "insert into settings.build values (?, now(), ?, ?)",
        [stamp, settings.is_sample, version()],
    ).fetchall()
    connection.execute(f"set global TimeZone = '{zone}'").fetchall()
    connection.execute(f"set global threads = {THREADS}").fetchall()
