"""Rows that wait to be merged, by table: in memory, or in a temporary table.

A merge reads them as `temp.staged_<table>`, with `_seq`, their order in the run.
"""

from __future__ import annotations

import contextlib

import duckdb
import polars

from journey.landing.convert import quoted
from journey.landing.tables import LandedTable

HELD = 32_000_000
"""Bytes of rows that wait in memory; more of them wait where they may spill to disk."""


def staged_name(table: LandedTable) -> str:
    return f"temp.staged_{table.name}"


def take_out(
    connection: duckdb.DuckDBPyConnection, table: LandedTable, condition: str
) -> int:
    """Remove staged rows under a condition; return how many there were."""
    rows = f"from {staged_name(table)} where {condition}"
    found = connection.execute(f"select count(*) {rows}").fetchall()[0][0]
    if found:
        _copy(connection, table)
        connection.execute(f"delete {rows}").fetchall()
    return int(found)


def _copy(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> None:
    """Make a table of the staged rows, where they are read as they arrived."""
    name = f"staged_{table.name}"
    of_frames = "select count(*) from duckdb_views() where temporary and view_name = $name"
    if connection.execute(of_frames, {"name": name}).fetchall()[0][0]:
        for sql in (
            f"create temp table copied as from temp.{name}",
            f"drop view temp.{name}",
            f"alter table temp.copied rename to {name}",
        ):
            connection.execute(sql).fetchall()


class Waiting:
    """The rows that one run has staged, with the columns that the landing fills."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, source: str, run_id: str
    ) -> None:
        self.connection = connection
        self._own = {"source": quoted(source), "_run_id": quoted(run_id)}
        self._frames: dict[str, dict[str, str]] = {}
        """Table -> name of a frame that waits in memory, and how its rows are read."""
        self._poured: set[str] = set()
        """Tables whose rows wait in a temporary table."""
        self._held = 0

    def add(
        self, table: LandedTable, rows: polars.DataFrame, file: str | None, first: int
    ) -> None:
        """Let rows wait. `file` gave them; `first` + `_row` is their order in the run."""
        frames = self._frames.setdefault(table.name, {})
        name = f"waiting_{table.name}_{len(frames)}"
        given = {column: f'"{column}"' for column in rows.columns} | self._own
        if file is not None:
            given["_file"] = quoted(file)
        columns = ", ".join(
            f'{given.get(column.name, f"null::{column.type}")} as "{column.name}"'
            for column in table.columns
        )
        self.connection.register(name, rows)
        frames[name] = f"select {columns}, {first}::bigint + _row as _seq from {name}"
        self._held += int(rows.estimated_size())
        if self._held > HELD:
            for waits in list(self._frames):
                self._pour(waits)
            self._held = 0

    def _pour(self, name: str) -> None:
        """Move the rows of a table that wait in memory into its temporary table."""
        new = name not in self._poured
        self._poured.add(name)
        for frame, rows in self._frames.pop(name, {}).items():
            staged = f"staged_{name}"
            into = f"create temp table {staged} as" if new else f"insert into temp.{staged}"
            self.connection.execute(f"{into} {rows}").fetchall()
            self.connection.unregister(frame)
            new = False

    def show(self, table: LandedTable) -> None:
        """Make what waits readable."""
        if table.name in self._poured:
            self._pour(table.name)
            return
        nothing = f"select *, 0::bigint as _seq from {table.name} limit 0"
        rows = " union all ".join(self._frames.get(table.name, {}).values()) or nothing
        self.connection.execute(
            f"create or replace temp view staged_{table.name} as {rows}"
        ).fetchall()

    def clear(self, table: LandedTable) -> None:
        """Drop the rows of a table."""
        for kind in ("view", "table"):
            with contextlib.suppress(duckdb.CatalogException):
                self.connection.execute(
                    f"drop {kind} if exists {staged_name(table)}"
                ).fetchall()
        for frame in self._frames.pop(table.name, {}):
            self.connection.unregister(frame)
        self._poured.discard(table.name)
        self._held = 0
