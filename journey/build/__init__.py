"""Turns landed tables into marts and publishes them as one file."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

import duckdb

from journey import retired, status, warehouse
from journey.build.checks import check, failure
from journey.build.inputs import attach_landing, attach_settings, empty_landing
from journey.build.marts import Mart, marts, version
from journey.home import Home
from journey.problem import JourneyError, Problem
from journey.settings import Settings
from journey.warehouse import Snapshot

__all__ = [
    "Mart", "blueprint", "build", "create", "is_current", "marts", "marts_by_name",
]  # fmt: skip

Report = Callable[[str, int, float], None]
"""Told after each mart: its name, its rows, the seconds it took."""


def build(home: Home, settings: Settings, report: Report | None = None) -> Snapshot:
    """Build every mart from the landing, publish them, return the snapshot.

    Raises JourneyError when a mart fails, its key is not unique, a rate is missing
    or the disk is full; the old snapshot then stays current. data/status.json tells
    either way. The caller holds the refresh lock.
    """
    started = status.now()
    stamp = warehouse.new_stamp(home)
    rows: dict[str, int] = {}

    def told(mart: str, count: int, seconds: float) -> None:
        rows[mart] = count
        if report:
            report(mart, count, seconds)

    def note(ok: bool, problems: Sequence[Problem] = ()) -> None:
        status.add(
            home,
            status.Entry(
                "build", stamp, started, status.now(), ok, sum(rows.values()),
                detail={"marts": rows}, problems=status.parts(problems),
            ),
        )  # fmt: skip

    status.say_running(home, "build", status.myself())
    try:
        snapshot = _publish(home, settings, stamp, told)
        note(True)
    except JourneyError as error:
        note(False, error.problems)
        raise
    finally:
        status.say_running(home, None)
    return snapshot


def _publish(home: Home, settings: Settings, stamp: str, report: Report) -> Snapshot:
    files = marts()

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        attach_landing(connection, home)
        attach_settings(connection, settings, stamp)
        create(connection, files, report)

    snapshot = warehouse.publish(home, fill, stamp)
    if not settings.is_sample:
        retired.drop_samples(home)
    return snapshot


def marts_by_name() -> dict[str, Mart]:
    """Return the mart files, each after the ones it reads."""
    return {mart.name: mart for mart in marts()}


def is_current(snapshot: Snapshot) -> bool:
    """Return whether the marts of today built this snapshot; an update may change them."""
    try:
        with contextlib.closing(warehouse.open_reader(snapshot.path)) as reader:
            rows = reader.execute("select version from published.snapshot").fetchall()
    except duckdb.Error:
        return False
    return rows == [(version(),)]


def blueprint() -> duckdb.DuckDBPyConnection:
    """Return all marts without rows: catalog `published`, in memory, right types."""
    connection = duckdb.connect(":memory:")
    connection.execute("attach ':memory:' as published").fetchall()
    empty_landing(connection)
    attach_settings(connection, Settings(), stamp="empty")
    connection.execute("use published").fetchall()
    create(connection, marts())
    return connection


def create(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Mart],
    report: Report | None = None,
) -> None:
    """Run the marts in order into the catalog in use; `landed` is attached.

    Raises JourneyError at the first mart that fails, with every problem found in it.
    """
    for mart in files:
        started = time.perf_counter()
        try:
            made = f'create table main."{mart.name}" as {mart.sql}'
            rows = connection.execute(made).fetchall()[0][0]
            check(connection, mart)
        except duckdb.Error as error:
            raise failure(mart, error) from error
        if report:
            report(mart.name, rows, time.perf_counter() - started)
