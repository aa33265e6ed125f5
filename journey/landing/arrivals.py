"""What has arrived in a run and waits to be merged: canonical rows, hashed, by table."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import polars

from journey.connector import (
    Batch,
    Days,
    Files,
    Flag,
    Frame,
    Present,
    Rows,
    Unreadable,
    Whole,
)  # fmt: skip
from journey.landing.books import TableRun
from journey.landing.files import FileReader
from journey.landing.hashing import Hasher
from journey.landing.stage import (
    CORRECT,
    SHOWN,
    Staged,
    frame_of,
    nested,
    open_stage,
    stage_frame,
)
from journey.landing.tables import TABLES, LandedTable
from journey.landing.waiting import Waiting
from journey.problem import JourneyError, Problem

CONVERTED = 20_000
"""Rows of a table that are converted together; each conversion has a cost of its own."""
FRAMED = 60_000
"""The same of rows in frames, which weigh less."""


class Arrivals:
    """Stages batches in temporary tables of the landing's connection."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        source: str,
        run_id: str,
        started: dt.datetime,
        hasher: Hasher,
        files: FileReader,
        skips: bool,
    ) -> None:
        """`skips`: rows that cannot be read are left out and told, else nothing lands."""
        self.connection = connection
        self.source = source
        self.run_id = run_id
        self.started = started
        self.hasher = hasher
        self.files = files
        self.skips = skips
        self.sequence = 0
        self.waiting = Waiting(connection, source, run_id)
        self.tables: dict[str, TableRun] = {}
        self.unreadable: list[Problem] = []
        self._stage: duckdb.DuckDBPyConnection | None = None
        self._resources = contextlib.ExitStack()

    def close(self) -> None:
        """Drop what was staged."""
        self._resources.close()
        self._stage = None
        with contextlib.suppress(duckdb.Error):
            for name in self.tables:
                self.waiting.clear(TABLES[name])

    def show(self) -> None:
        """Let a merge read what waits."""
        for name in self.tables:
            self.waiting.show(TABLES[name])

    def empty(self, with_remarks: bool = False) -> None:
        """Forget the staged rows; with what was to be told of them, where they are lost."""
        for name, done in self.tables.items():
            self.waiting.clear(TABLES[name])
            if with_remarks:
                done.forget()

    def stage_all(self, batches: Sequence[tuple[LandedTable, Batch]]) -> None:
        """Stage batches in their order, the rows of a table many at a time."""
        rows: dict[str, list[Mapping[str, Any]]] = {}
        frames: dict[str, list[polars.DataFrame]] = {}
        for table, batch in batches:
            if isinstance(batch, Frame):
                self._gather(table, batch.frame, frames.setdefault(table.name, []))
            elif isinstance(batch, Rows):
                gathered = rows.setdefault(table.name, [])
                gathered += batch.rows
                if len(gathered) >= CONVERTED:
                    self._stage_rows(table, gathered)
                    rows[table.name] = []
            else:
                self.stage(table, batch)
        for name, some in frames.items():
            self._stage_frames(TABLES[name], some)
        for name, gathered in rows.items():
            self._stage_rows(TABLES[name], gathered)

    def _stage_rows(self, table: LandedTable, rows: list[Mapping[str, Any]]) -> None:
        where = f"source {self.source}, {table.name}"
        if odd := nested(rows, table, where):
            if not self.skips:
                raise JourneyError(*odd.values())
            told = Staged(polars.DataFrame(), len(odd), skipped=len(odd))
            self._leave_out(table, told, list(odd.values()), self.table(table))
            rows = [row for place, row in enumerate(rows) if place not in odd]
        self._stage_frame(table, frame_of(rows))

    def _gather(
        self, table: LandedTable, frame: polars.DataFrame, some: list[polars.DataFrame]
    ) -> None:
        """Add a frame to some; they are staged where they are many, or of another shape."""
        if some and some[0].schema != frame.schema:
            self._stage_frames(table, some)
        some.append(frame)
        if sum(map(len, some)) >= FRAMED:
            self._stage_frames(table, some)

    def _stage_frames(self, table: LandedTable, some: list[polars.DataFrame]) -> None:
        if some:
            self._stage_frame(table, some[0] if len(some) == 1 else polars.concat(some))
            some.clear()

    def stage(self, table: LandedTable, batch: Batch) -> None:
        done = self.table(table)
        if isinstance(batch, Days):
            done.days.append((batch.first, batch.last))
        elif isinstance(batch, Flag):
            done.flags.append((batch, None))
        elif isinstance(batch, Whole):
            done.whole = True
        elif isinstance(batch, Present):
            done.present.append(batch)
        elif isinstance(batch, Unreadable):
            self._tell_unreadable(table, batch, done)
        elif isinstance(batch, Files):
            self._take_files(table, batch, done)
        elif isinstance(batch, Frame):
            self._stage_frame(table, batch.frame)

    def table(self, table: LandedTable) -> TableRun:
        if table.name not in self.tables:
            self.tables[table.name] = TableRun(table.name)
        return self.tables[table.name]

    def _stage_frame(self, table: LandedTable, frame: polars.DataFrame) -> None:
        if frame.is_empty():
            return
        done = self.table(table)
        where = f"source {self.source}, {table.name}"
        if self._stage is None:
            self._stage = self._resources.enter_context(open_stage())
            # a second thread waits more than it does where rows come by the ten thousand
            self._stage.execute("set global threads = 1").fetchall()
        staged, unreadable = stage_frame(self._stage, frame, table, self.hasher, where)
        if unreadable and not self.skips:
            raise JourneyError(*unreadable)
        self._leave_out(table, staged, unreadable, done)
        self._remark(table, staged, done, None)
        self._add(table, staged, None)

    def _leave_out(
        self, table: LandedTable, staged: Staged, rows: list[Problem], done: TableRun
    ) -> None:
        """Note the rows that cannot be read; the others of a live source land."""
        if not rows:
            return
        done.skipped += staged.skipped
        self.unreadable += rows
        today = self.started.date()
        told = {"first": [f"{row.where}: {row.found}" for row in rows[:SHOWN]]}
        done.flags.append(
            (Flag("rows_unreadable", today, today, float(staged.skipped), told), None)
        )

    def _tell_unreadable(
        self, table: LandedTable, batch: Unreadable, done: TableRun
    ) -> None:
        problem = Problem(
            f"source {self.source}, {table.name}, {batch.named}", batch.why,
            "what the vendor describes", CORRECT,
        )  # fmt: skip
        if not self.skips:
            raise JourneyError(problem)
        done.read += 1
        self._leave_out(table, Staged(polars.DataFrame(), 1, skipped=1), [problem], done)

    def _take_files(self, table: LandedTable, batch: Files, done: TableRun) -> None:
        def keep(rows: polars.DataFrame, file: str) -> None:
            self._add(table, Staged(rows, 0), file)

        for landed in self.files.read(table, batch, keep):
            done.files_read += 1
            done.read += landed.staged.read
            done.skipped += landed.staged.skipped
            self._remark(table, landed.staged, done, landed.file)
            done.flags += [(flag, landed.file) for flag in landed.flags]
            self.sequence += landed.staged.read
        done.files_unchanged += self.files.unchanged

    def _add(self, table: LandedTable, staged: Staged, file: str | None) -> None:
        self.waiting.add(table, staged.rows, file, self.sequence)
        self.sequence += staged.read + 1

    def _remark(
        self, table: LandedTable, staged: Staged, done: TableRun, file: str | None
    ) -> None:
        if not staged.remarks:
            return
        first, last = self._range(table, staged)
        done.flags += [
            (Flag(name, first, last, float(count)), file)
            for name, count in staged.remarks.items()
        ]

    def _range(self, table: LandedTable, staged: Staged) -> tuple[dt.date, dt.date]:
        if staged.days is not None:
            return staged.days
        column, today = table.time_column, self.started.date()
        days = staged.rows.get_column(column, default=None) if column else None
        if days is None or days.null_count() == len(days):
            return today, today
        first, last = days.min(), days.max()
        assert isinstance(first, dt.date) and isinstance(last, dt.date)
        return _day(first), _day(last)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment
