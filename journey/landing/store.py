"""The landing file on disk."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from journey.home import Home
from journey.landing.tables import BOOKS, TABLES, create
from journey.problem import JourneyError, Problem

SPARE = 64 * 1024 * 1024
"""Bytes that stay free on the disk whatever is read."""


@contextmanager
def open_landing(
    home: Home, read_only: bool = False
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a connection to data/landing.duckdb, every table made and up to date.

    Raises JourneyError when another process has the file open.
    """
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        connection = duckdb.connect(str(home.landing), read_only=read_only)
    except duckdb.IOException as error:
        raise JourneyError(_cannot_open(str(error))) from error
    try:
        connection.execute("set global timezone = 'UTC'").fetchall()
        if not read_only:
            create(connection)
        yield connection
    finally:
        connection.close()


def _cannot_open(message: str) -> Problem:
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
        connection.execute("begin").fetchall()
        for table in (*TABLES.values(), *BOOKS.values()):
            if "source" in table.names:
                connection.execute(
                    f"delete from {table.name} where source = $name",
                    {"name": name},
                ).fetchall()
        connection.execute("commit").fetchall()
