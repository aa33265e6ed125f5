"""One run of one source: gathers what the connector yields, lands it as one change."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

import duckdb

from journey.connector import Batch, Files, Flag, Frame, Mark, Present, Rows
from journey.home import Home
from journey.landing import cursors, merge
from journey.landing.arrivals import Arrivals
from journey.landing.books import Books, TableRun
from journey.landing.files import FileReader
from journey.landing.hashing import Hasher
from journey.landing.persons import resolve_persons
from journey.landing.tables import TABLES, LandedTable
from journey.landing.waiting import staged_name
from journey.problem import Problem

KEPT_EVERY = 10.0
"""Seconds of work that a kill may cost, where a source marks its pages."""
GATHERED = 5_000_000
"""Bytes of rows that wait in memory for a mark, and of those marked that wait to land."""
DICT = 400
"""Bytes that a row as a dict stands for: what it takes as a frame, and its conversion."""
PARENTS = {table.merge.parent for table in TABLES.values()} - {None}
"""Tables that others are replaced together with."""


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
        live: bool = False,
    ) -> None:
        """`turn` is held while the landing is written, where sources run side by side.
        `live`: a source read in stretches. It says itself which days were read, and one
        row that cannot be read is left out and told, where others land nothing."""
        self.connection = connection
        self.home = home
        self.source = source
        self.hasher = hasher
        self.started = started
        self.turn = turn or contextlib.nullcontext()
        self.run_id = f"{source}-{started:%Y%m%dT%H%M%S%f}"
        self.books = Books(connection, source, kind, self.run_id, started, zone, not live)
        self.files = FileReader(connection, home, source, self.run_id, hasher)
        self.arrivals = Arrivals(
            connection, source, self.run_id, started, hasher, self.files, skips=live
        )
        self.cursors = cursors.load(connection, source)
        self._kept = copy.deepcopy(self.cursors)
        self._ready: list[tuple[LandedTable, Batch]] = []
        self._waiting: list[tuple[LandedTable, Batch]] = []
        self._parents: dict[str, set[object]] = {}
        """Table -> keys of what others hang on, of what waits."""
        self._weight = self._unmarked = 0
        """Bytes of all that waits, and of what no mark follows yet."""
        self._spilled = False
        self._settled = False
        self._kept_at = time.monotonic()

    @property
    def tables(self) -> dict[str, TableRun]:
        """What the run did to each table that it touched."""
        return self.arrivals.tables

    @property
    def unreadable(self) -> list[Problem]:
        """Rows that were left out."""
        return self.arrivals.unreadable

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
            self.arrivals.stage(table, batch)
            return
        if self._comes_again(table, batch) and self._settled and not self._spilled:
            self.keep()
        self._note_parents(table, batch)
        self.arrivals.table(table).read += _length(batch)
        self._waiting.append((table, batch))
        weight = weight_of(batch)
        self._weight += weight
        self._unmarked += weight
        if self._unmarked > GATHERED or self._weight > 2 * GATHERED:
            self._make_room()

    def _comes_again(self, table: LandedTable, batch: Batch) -> bool:
        """Whether a parent comes that waits already: it changed while it was read.

        What hangs on it would land twice; landed one after the other the later wins.
        """
        known = self._parents.get(table.name, set())
        return not known.isdisjoint(_parents_in(table, batch))

    def _note_parents(self, table: LandedTable, batch: Batch) -> None:
        if found := _parents_in(table, batch):
            self._parents.setdefault(table.name, set()).update(found)

    def checkpoint(self) -> None:
        """Mark what waits, and land it when it is much or when time has passed."""
        self.settle()
        due = time.monotonic() - self._kept_at > KEPT_EVERY
        if self._weight > GATHERED or (due and self._ready):
            self.keep()

    def _make_room(self) -> None:
        """Stage what waits without a mark; what is marked already is kept before."""
        if self._ready:
            self.keep()
        self.arrivals.stage_all(self._waiting)
        self._waiting, self._spilled = [], True
        self._weight = self._unmarked = 0

    # --------------------------------------------------------------- keeping

    def keep(self) -> None:
        """Land what is marked, with the cursors, as one change: all of it or nothing."""
        ready, self._ready, self._settled = self._ready, [], False
        self._weight = self._unmarked
        self._kept_at = time.monotonic()
        self._parents.clear()
        for table, batch in self._waiting:
            self._note_parents(table, batch)
        try:
            self.arrivals.stage_all(ready)
            with self.turn:
                self._land()
        except BaseException:
            # No later change may say that rows were read which are lost here.
            self.cursors = copy.deepcopy(self._kept)
            self.arrivals.empty(with_remarks=True)
            raise
        self._kept = copy.deepcopy(self.cursors)
        self.arrivals.empty()

    def _land(self) -> None:
        self.arrivals.show()
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

    def finish(self) -> None:
        """Land everything that was taken, also what no mark followed."""
        self.settle()
        self.keep()

    def settle(self) -> None:
        """Mark what waits: a table, or a stretch of it, has come to its end."""
        self._ready += self._waiting
        self._waiting, self._unmarked = [], 0
        self._spilled, self._settled = False, True

    def give_up(self) -> None:
        """After an error: land what was marked, drop what came after the last mark."""
        for table, batch in self._waiting:
            self.arrivals.table(table).read -= _length(batch)
        self._waiting, self._unmarked = [], 0
        if self._spilled:
            self.arrivals.empty(with_remarks=True)
            self._spilled = False
        if self._settled:
            self.keep()

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
        done.forget()

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
            group = ", ".join(table.merge.columns)
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
            group = ", ".join(table.merge.columns)
        merge.replace_groups(self.connection, table, self.source, group, days)
        lost = merge.drop_repeated_slices(self.connection, table) if rule == "slice" else 0
        merge.insert_files(self.connection, table)
        return lost

    def _merge_children(self, table: LandedTable) -> int:
        """Replace the children of every parent that came; those in files by their key."""
        parent = TABLES[table.merge.parent or ""]
        own = parent.key[-1]
        gone = None
        if parent.name in self.tables:
            parents = f"{staged_name(parent)} where _file is null"
            gone = f"{own} in (select {own} from {parents})"
        merge.replace_groups(self.connection, table, self.source, own, gone)
        return self.files.watch_overlaps(table, merge.merge_files_by_key)

    @property
    def changed(self) -> bool:
        """Whether anything came that could have changed a landed row."""
        return any(
            done.read or done.files_read or done.deleted for done in self.tables.values()
        )

    def clear(self) -> None:
        """Drop what was staged."""
        self.arrivals.close()


def _length(batch: Batch) -> int:
    if isinstance(batch, Rows):
        return len(batch.rows)
    return len(batch.frame) if isinstance(batch, Frame) else 0


def _parents_in(table: LandedTable, batch: Batch) -> Sequence[object]:
    """Return the keys of the rows that others hang on."""
    if table.name not in PARENTS:
        return ()
    own = table.key[-1]
    if isinstance(batch, Frame):
        return batch.frame[own].to_list() if own in batch.frame.columns else ()
    return [row.get(own) for row in batch.rows] if isinstance(batch, Rows) else ()


def weight_of(batch: Batch) -> int:
    """Return about how many bytes the rows of a batch take."""
    if isinstance(batch, Frame):
        return int(batch.frame.estimated_size())
    return _length(batch) * DICT


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
