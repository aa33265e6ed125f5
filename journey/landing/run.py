"""One run of one source: gathers what the connector yields, lands it as one change."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any

import duckdb
import polars

from journey.connector import Batch, Days, Files, Flag, Frame, Mark, Present, Rows, Whole
from journey.home import Home
from journey.landing import cursors, merge
from journey.landing.books import Books, TableRun
from journey.landing.files import FileReader
from journey.landing.hashing import Hasher
from journey.landing.persons import resolve_persons
from journey.landing.stage import Staged, frame_of, stage_frame
from journey.landing.tables import TABLES, LandedTable

KEPT_EVERY = 10.0
"""Seconds of work that a kill may cost, where a source marks its pages."""
CONVERTED = 20_000
"""Rows of a table that are converted together; each conversion has a cost of its own."""
GATHERED = 60_000
"""Rows as dicts that wait in memory for a mark; rows of a frame weigh a tenth."""


class Run:
    """Lands one source; use it through `land`, or `take`, `keep` and `finish` it.

    What was taken waits until a `Mark` says that it is complete in itself; from then on
    an error later in the run does not take it back.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        home: Home,
        source: str,
        kind: str,
        hasher: Hasher,
        started: dt.datetime,
        zone: str = "UTC",
        turn: AbstractContextManager[Any] | None = None,
        covers_days: bool = True,
    ) -> None:
        """`turn` is held while the landing is written, where sources run side by side.
        `covers_days`: rows tell by themselves which days were read."""
        self.connection = connection
        self.home = home
        self.source = source
        self.hasher = hasher
        self.started = started
        self.turn = turn or contextlib.nullcontext()
        self.run_id = f"{source}-{started:%Y%m%dT%H%M%S%f}"
        self.tables: dict[str, TableRun] = {}
        self.books = Books(
            connection, source, kind, self.run_id, started, zone, covers_days
        )
        self.files = FileReader(connection, home, source, self.run_id, hasher)
        self.sequence = 0
        self.cursors = cursors.load(connection, source)
        self._ready: list[tuple[LandedTable, Batch]] = []
        self._waiting: list[tuple[LandedTable, Batch]] = []
        self._weight = 0
        self._spilled = False
        self._settled = False
        self._kept_at = time.monotonic()

    # --------------------------------------------------------------- taking

    def cursor(self, table: str) -> cursors.Cursor:
        """Return how far this table was read; changes of it are kept with the rows."""
        return self.cursors.setdefault(table, cursors.Cursor())

    def take(self, name: str, batch: Batch) -> None:
        """Take one batch of a connector while it reads the table `name`."""
        if isinstance(batch, Mark):
            self.checkpoint()
            return
        table = TABLES[getattr(batch, "table", None) or name]
        if isinstance(batch, Files):
            self._spilled = True
            self._stage(table, batch)
            return
        self._table(table).read += _length(batch)
        self._waiting.append((table, batch))
        self._weight += _weight(batch)
        if self._weight > GATHERED:
            self._make_room()

    def checkpoint(self) -> None:
        """Mark what waits, and land it when it is much or when time has passed."""
        self.settle()
        due = time.monotonic() - self._kept_at > KEPT_EVERY
        if self._weight > GATHERED or (due and self._ready):
            self.keep()

    def _make_room(self) -> None:
        """Stage what waits without a mark; what is marked already is kept before."""
        if self._ready:
            waiting, self._waiting = self._waiting, []
            self.keep()
            self._waiting = waiting
        self._stage_all(self._waiting)
        self._waiting, self._weight, self._spilled = [], 0, True

    def _stage_all(self, batches: Sequence[tuple[LandedTable, Batch]]) -> None:
        """Stage batches in their order, the dicts of a table many at a time."""
        rows: dict[str, list[Mapping[str, Any]]] = {}
        for table, batch in batches:
            if not isinstance(batch, Rows):
                self._stage(table, batch)
                continue
            gathered = rows.setdefault(table.name, [])
            gathered += batch.rows
            if len(gathered) >= CONVERTED:
                self._stage_frame(table, frame_of(gathered))
                rows[table.name] = []
        for name, gathered in rows.items():
            self._stage_frame(TABLES[name], frame_of(gathered))

    def _stage(self, table: LandedTable, batch: Batch) -> None:
        done = self._table(table)
        if isinstance(batch, Days):
            done.days.append((batch.first, batch.last))
        elif isinstance(batch, Flag):
            done.flags.append((batch, None))
        elif isinstance(batch, Whole):
            done.whole = True
        elif isinstance(batch, Present):
            done.present.append(batch)
        elif isinstance(batch, Files):
            self._take_files(table, batch, done)
        elif isinstance(batch, Frame):
            self._stage_frame(table, batch.frame)

    def _table(self, table: LandedTable) -> TableRun:
        if table.name not in self.tables:
            merge.make_staged(self.connection, table)
            self.tables[table.name] = TableRun(table.name)
        return self.tables[table.name]

    def _stage_frame(self, table: LandedTable, frame: polars.DataFrame) -> None:
        if frame.is_empty():
            return
        done = self._table(table)
        where = f"source {self.source}, {table.name}"
        staged = stage_frame(frame, table, self.hasher, where)
        self._remark(table, staged, done, None)
        self._add(table, staged, None)

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
        names = [name for name in table.names if name in staged.rows.columns]
        chosen = ", ".join(f'"{name}"' for name in names)
        self.connection.register("arriving", staged.rows)
        self.connection.execute(
            f"insert into {merge.staged_name(table)} "
            f"(source, _run_id, _file, _seq, {chosen}) "
            f"select $source, $run, $file, $seq + _row, {chosen} from arriving",
            {"source": self.source, "run": self.run_id, "file": file, "seq": self.sequence},
        ).fetchall()
        self.connection.unregister("arriving")
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

    # --------------------------------------------------------------- keeping

    def keep(self) -> None:
        """Land what is marked, with the cursors, as one change: all of it or nothing."""
        ready, self._ready, self._weight, self._settled = self._ready, [], 0, False
        self._kept_at = time.monotonic()
        self._stage_all(ready)
        with self.turn:
            self.connection.execute("begin").fetchall()
            try:
                for name in TABLES:
                    self.finish_table(name)
                cursors.save(self.connection, self.source, self.cursors)
                if self.changed:
                    mark_stale(self.connection)
                self.connection.execute("commit").fetchall()
            except BaseException:
                _roll_back(self.connection)
                raise
        for name in self.tables:
            merge.make_staged(self.connection, TABLES[name])

    def finish(self) -> None:
        """Land everything that was taken, also what no mark followed."""
        self.settle()
        self.keep()

    def settle(self) -> None:
        """Mark what waits: a table, or a stretch of it, has come to its end."""
        self._ready += self._waiting
        self._waiting, self._spilled, self._settled = [], False, True

    def give_up(self) -> None:
        """After an error: land what was marked, drop what came after the last mark."""
        for table, batch in self._waiting:
            self._table(table).read -= _length(batch)
        self._waiting = []
        if self._spilled:
            for name in self.tables:
                merge.make_staged(self.connection, TABLES[name])
                self._forget_remarks(self.tables[name])
            self._spilled = False
        if self._settled:
            self.keep()

    def _forget_remarks(self, done: TableRun) -> None:
        done.whole, done.days, done.present = False, [], []
        del done.flags[done.flags_kept :]

    def finish_table(self, name: str) -> None:
        """Merge what was staged for a table; does nothing when nothing was."""
        if name not in self.tables:
            return
        table, done = TABLES[name], self.tables[name]
        done.erased += merge.drop_erased(self.connection, table)
        self.files.drop_replaced(table)
        if done.whole:
            self._drop_absent(table)
        lost = self._merge(table, done)
        done.superseded += lost
        done.landed = done.read - done.skipped - done.superseded - done.erased
        self.files.record(table, lost if table.merge.rule == "slice" else 0)
        for present in done.present:
            self._drop_missing(table, present, done)
        self.books.note_days(table, done, self.files.zones_of(table))
        self.books.write(table, done)
        self._forget_remarks(done)

    def _drop_missing(self, table: LandedTable, present: Present, done: TableRun) -> None:
        gone, known = merge.drop_missing(
            self.connection, table, self.source, self.run_id, self.started, present
        )
        done.deleted += gone
        if known:
            day = self.started.date()
            detail = {"missing": known, "of": present.key}
            doubt = Flag("missing_doubted", day, day, float(known), detail)
            done.flags.append((doubt, None))

    def _drop_absent(self, table: LandedTable) -> None:
        group = None
        if table.merge.rule == "day":
            group = merge.day_group(table, "UTC")
        elif table.merge.rule == "slice":
            group = ", ".join(("source", *table.merge.columns))
        merge.drop_absent(self.connection, table, self.source, group)
        for book in ("landed_day", "data_quality"):
            self.connection.execute(
                f"delete from {book} where source = $source and table_name = $table",
                {"source": self.source, "table": table.name},
            ).fetchall()

    def _merge(self, table: LandedTable, done: TableRun) -> int:
        rule = table.merge.rule
        if rule == "newest":
            return self.files.watch_overlaps(table, merge.merge_newest)
        if rule == "with":
            return self._merge_children(table)
        days = merge.days_condition(table, "UTC", self.source, done.days)
        if rule == "day":
            group = merge.day_group(table, "UTC")
        else:
            group = ", ".join(("source", *table.merge.columns))
        merge.replace_groups(self.connection, table, group, days)
        lost = merge.drop_repeated_slices(self.connection, table) if rule == "slice" else 0
        merge.insert_files(self.connection, table)
        return lost

    def _merge_children(self, table: LandedTable) -> int:
        """Replace the children of every parent that came; those in files by their key."""
        parent = TABLES[table.merge.parent or ""]
        own = parent.key[-1]
        gone = None
        if parent.name in self.tables:
            gone = (
                f"(source, {own}) in (select (source, {own}) from "
                f"{merge.staged_name(parent)} where _file is null)"
            )
        merge.replace_groups(self.connection, table, f"source, {own}", gone)
        return self.files.watch_overlaps(table, merge.merge_files_by_key)

    @property
    def changed(self) -> bool:
        """Whether anything came that could have changed a landed row."""
        return any(
            done.read or done.files_read or done.deleted for done in self.tables.values()
        )

    def clear(self) -> None:
        """Drop what was staged."""
        with contextlib.suppress(duckdb.Error):
            for name in self.tables:
                merge.drop_staged(self.connection, TABLES[name])


def _length(batch: Batch) -> int:
    if isinstance(batch, Rows):
        return len(batch.rows)
    return len(batch.frame) if isinstance(batch, Frame) else 0


def _weight(batch: Batch) -> int:
    return _length(batch) // (10 if isinstance(batch, Frame) else 1)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def land(
    connection: duckdb.DuckDBPyConnection,
    home: Home,
    source: str,
    kind: str,
    batches: Callable[[Run], None],
    hasher: Hasher,
    started: dt.datetime,
    zone: str = "UTC",
) -> list[TableRun]:
    """Run `batches(run)`, which takes batches, as one change: all of it or nothing.

    `zone` is where a day begins that rows without `Days` are taken to cover.

    Rows, cursor, days, files and flags are committed together; on any error the
    landing is as it was and the error goes on.
    """
    run = Run(connection, home, source, kind, hasher, started, zone)
    try:
        batches(run)
        run.finish()
        resolve_if_stale(connection)
    finally:
        run.clear()
    return list(run.tables.values())


def mark_stale(connection: duckdb.DuckDBPyConnection) -> None:
    """Note, with the rows that changed, that persons must be resolved anew."""
    connection.execute(
        "insert into stale select 'person' where not exists (from stale)"
    ).fetchall()


def resolve_if_stale(connection: duckdb.DuckDBPyConnection) -> None:
    """Resolve persons once after all that changed; also what a killed run left behind."""
    if not connection.execute("select count(*) from stale").fetchall()[0][0]:
        return
    connection.execute("begin").fetchall()
    try:
        resolve_persons(connection)
        connection.execute("delete from stale").fetchall()
        connection.execute("commit").fetchall()
    except BaseException:
        _roll_back(connection)
        raise


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("rollback").fetchall()
    except duckdb.Error:
        return  # there is none, or a failed write has ended it already
