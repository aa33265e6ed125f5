"""The landing file on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from journey import disk
from journey.home import Home
from journey.landing.tables import BOOKS, TABLES, create
from journey.landing.upgrade import bring_up_to_date
from journey.problem import JourneyError, Problem

SPARE = 64 * 1024 * 1024
"""Bytes that stay free on the disk whatever is read."""
CHECKPOINT = "48MB"
"""How much is logged before the tables are written: each time writes rows again that stand
in a group with new ones."""


@contextmanager
def open_landing(
    home: Home, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to data/landing.duckdb, every table made and up to date.

    Raises JourneyError when another process has the file open.
    """
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _connected(home, read_only) as connection:
        rewritten = not read_only and _prepare(connection, home)
        if not rewritten:
            yield connection
    if rewritten:
        write_anew(home)
        with _connected(home, read_only) as connection:
            yield connection


@contextmanager
def _connected(home: Home, read_only: bool) -> Iterator[duckdb.DuckDBPyConnection]:
    try:
        connection = duckdb.connect(str(home.landing), read_only=read_only)
    except duckdb.IOException as error:
        raise JourneyError(_cannot_open(error, home)) from error
    try:
        connection.execute("set global timezone = 'UTC'").fetchall()
        spill = str(_spill(home)).replace("'", "''")
        connection.execute(f"set global temp_directory = '{spill}'").fetchall()
        connection.execute(f"set global checkpoint_threshold = '{CHECKPOINT}'").fetchall()
        yield connection
    except duckdb.Error as error:
        if full := disk.full(error):
            raise JourneyError(full) from error
        raise
    finally:
        connection.close()


def _prepare(connection: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Make every table, and change once what an older version wrote in another way;
    return whether the file holds pages of before."""
    shutil.rmtree(_spill(home), ignore_errors=True)  # of a process that was killed
    create(connection)
    return bring_up_to_date(connection, home)


def _spill(home: Home) -> Path:
    """Where DuckDB puts what does not fit into memory: hashes, in a folder of mode 0700."""
    return home.data / "landing.spill"


def write_anew(home: Home) -> None:
    """Copy the landing into a new file and put it in the place of the old one.

    What was deleted or overwritten may otherwise stay in its unused pages.
    """
    check_room(home, home.landing.stat().st_size)
    fresh = home.landing.with_suffix(".duckdb.tmp")
    fresh.unlink(missing_ok=True)
    connection = duckdb.connect(":memory:")
    try:
        for name, path in (("old", home.landing), ("fresh", fresh)):
            quoted = str(path).replace("'", "''")
            connection.execute(f"attach '{quoted}' as {name}").fetchall()
        connection.execute("copy from database old to fresh").fetchall()
    finally:
        connection.close()
    fresh.replace(home.landing)
    home.landing.with_suffix(".duckdb.wal").unlink(missing_ok=True)


def _cannot_open(error: Exception, home: Home) -> Problem:
    message = str(error)
    if closed := disk.refused(error, home):
        return closed
    if "lock" in message.lower():
        return Problem(
            "data/landing.duckdb", "another process has it open",
            "one process at a time, and none that looks into it meanwhile",
            "wait for the other refresh, or close the program that has it open",
        )  # fmt: skip
    return Problem(
        "data/landing.duckdb", message.splitlines()[0], "a DuckDB file",
        "restore it from a backup, or move it away and sync all sources again",
    )  # fmt: skip


def check_room(home: Home, wanted: int) -> None:
    """Raise JourneyError unless the disk has room for `wanted` bytes and some spare."""
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(home.data).free
    if free < wanted + SPARE:
        raise JourneyError(
            Problem(
                "data/", f"{free // 2**20} MB free on the disk",
                f"{(wanted + SPARE) // 2**20} MB for what is about to be read",
                "make room and run again; nothing was changed",
            )
        )  # fmt: skip


def drop_kind(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Remove everything that sources of this kind gave."""
    names = connection.execute(
        "select distinct source from sync_run where kind = $kind", {"kind": kind}
    ).fetchall()
    for (name,) in names:
        drop_source(connection, name)


def drop_source(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    """Remove everything that a source gave; return how many rows."""
    rows = 0
    connection.execute("begin").fetchall()
    for table in (*TABLES.values(), *BOOKS.values()):
        if "source" in table.names:
            gone = connection.execute(
                f"delete from {table.name} where source = $name", {"name": name}
            ).fetchall()
            rows += int(gone[0][0]) if table.name in TABLES else 0
    connection.execute(
        "insert into stale select 'person' where not exists (from stale)"
    ).fetchall()
    connection.execute("commit").fetchall()
    return rows


def landed_sources(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the sources that have ever landed a row."""
    rows = connection.execute(
        "select source from sync_run where rows_landed > 0 group by 1 order by 1"
    ).fetchall()
    return [name for (name,) in rows]
