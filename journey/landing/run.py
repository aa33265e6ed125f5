"""One run of one source: gathers what the connector yields, lands it as one change."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb

from journey.connector import Batch, Days, Files, Flag, Frame, Rows, Whole
from journey.home import Home
from journey.landing import merge
from journey.landing.days import whole_ranges
from journey.landing.files import FileReader
from journey.landing.hashing import Hasher
from journey.landing.persons import resolve_persons
from journey.landing.stage import Staged, frame_of, stage_frame
from journey.landing.tables import TABLES, LandedTable, create

OVERLAP = dt.timedelta(minutes=10)
"""How far a source is read again behind its last run; clocks and commits differ."""


@dataclass
class TableRun:
    """What one run did to one table."""

    table: str
    read: int = 0
    landed: int = 0
    skipped: int = 0
    superseded: int = 0
    erased: int = 0
    files_read: int = 0
    files_unchanged: int = 0
    whole: bool = False
    days: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    flags: list[tuple[Flag, str | None]] = field(default_factory=list)


class Run:
    """Lands one source inside one transaction; use it through `land`."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        home: Home,
        source: str,
        kind: str,
        hasher: Hasher,
        started: dt.datetime,
        zone: str = "UTC",
    ) -> None:
        self.zone = zone
        self.connection = connection
        self.home = home
        self.source = source
        self.kind = kind
        self.hasher = hasher
        self.started = started
        self.run_id = f"{source}-{started:%Y%m%dT%H%M%S%f}"
        self.tables: dict[str, TableRun] = {}
        self.files = FileReader(connection, home, source, self.run_id, hasher)
        self.sequence = 0
        self.parents_read: set[str] = set()

    def since(self, table: str) -> dt.datetime | None:
        """Return from when on a connector shall read, None for everything."""
        rows = self.connection.execute(
            "select epoch_us(max(cursor)) from sync_run "
            "where source = $source and table_name = $table",
            {"source": self.source, "table": table},
        ).fetchall()
        if rows[0][0] is None:
            return None
        return dt.datetime.fromtimestamp(rows[0][0] / 1e6, dt.UTC) - OVERLAP

    def take(self, name: str, batch: Batch) -> None:
        """Stage one batch of a connector for one table."""
        table = TABLES[name]
        done = self._table(table)
        if isinstance(batch, Days):
            done.days.append((batch.first, batch.last))
        elif isinstance(batch, Flag):
            done.flags.append((batch, None))
        elif isinstance(batch, Whole):
            done.whole = True
        elif isinstance(batch, Files):
            self._take_files(table, batch, done)
        elif isinstance(batch, Rows | Frame):
            self._take_rows(table, batch, done)

    def _table(self, table: LandedTable) -> TableRun:
        if table.name not in self.tables:
            merge.make_staged(self.connection, table)
            self.tables[table.name] = TableRun(table.name)
        return self.tables[table.name]

    def _take_rows(self, table: LandedTable, batch: Rows | Frame, done: TableRun) -> None:
        frame = batch.frame if isinstance(batch, Frame) else frame_of(batch.rows)
        if frame.is_empty():
            return
        where = f"source {self.source}, {table.name}"
        staged = stage_frame(frame, table, self.hasher, where)
        done.read += staged.read
        self._remark(table, staged, done, None)
        self._add(table, staged, None)

    def _take_files(self, table: LandedTable, batch: Files, done: TableRun) -> None:
        for landed in self.files.read(table, batch):
            done.files_read += 1
            done.read += landed.staged.read
            done.skipped += landed.staged.skipped
            self._remark(table, landed.staged, done, landed.file)
            done.flags += [(flag, landed.file) for flag in landed.flags]
            self._add(table, landed.staged, landed.file)
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
        column, today = table.time_column, self.started.date()
        days = staged.rows.get_column(column, default=None) if column else None
        if days is None or days.null_count() == len(days):
            return today, today
        first, last = days.min(), days.max()
        assert isinstance(first, dt.date) and isinstance(last, dt.date)
        return _day(first), _day(last)

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
        self._note_days(table, done)
        self._write_books(table, done)

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

    def _note_days(self, table: LandedTable, done: TableRun) -> None:
        """Remember which days are complete: those declared, else those covered."""
        ranges = list(done.days)
        if not ranges and done.files_read:
            ranges = whole_ranges(
                self.connection, table, self.source, self.zone,
                self.files.zones_of(table), self.started,
            )  # fmt: skip
            self._forget_days(table)
        elif not ranges and table.time_column:
            column = table.column(table.time_column)
            local = f"timezone('{self.zone}', {column.name})::date"
            day = column.name if column.type == "date" else local
            ranges = self.connection.execute(
                f"select min({day}), max({day}) from {merge.staged_name(table)} "
                f"having count({column.name}) > 0"
            ).fetchall()
        for first, last in ranges:
            self.connection.execute(
                "insert into landed_day select $source, $table, day::date "
                "from range($first::date, $last::date + interval 1 day, interval 1 day) "
                "as days(day) where (day::date) not in (select day from landed_day "
                "where source = $source and table_name = $table)",
                {"source": self.source, "table": table.name, "first": first, "last": last},
            ).fetchall()

    def _forget_days(self, table: LandedTable) -> None:
        self.connection.execute(
            "delete from landed_day where source = $source and table_name = $table",
            {"source": self.source, "table": table.name},
        ).fetchall()

    @property
    def changed(self) -> bool:
        """Whether anything came that could have changed a landed row."""
        return any(done.read or done.files_read for done in self.tables.values())

    def clear(self) -> None:
        """Drop what was staged."""
        with contextlib.suppress(duckdb.Error):
            for name in self.tables:
                merge.drop_staged(self.connection, TABLES[name])

    def _write_books(self, table: LandedTable, done: TableRun) -> None:
        for flag, file in done.flags:
            self._write_flag(table, flag, file)
        self.connection.execute(
            "insert into sync_run values ($run, $source, $kind, $table, $started, "
            "$finished, $started, $files_read, $files_unchanged, $read, $landed, "
            "$skipped, $superseded, $erased)",
            {
                "run": self.run_id, "source": self.source, "kind": self.kind,
                "table": table.name, "started": self.started,
                "finished": dt.datetime.now(dt.UTC), "files_read": done.files_read,
                "files_unchanged": done.files_unchanged, "read": done.read,
                "landed": done.landed, "skipped": done.skipped,
                "superseded": done.superseded, "erased": done.erased,
            },
        ).fetchall()  # fmt: skip

    def _write_flag(self, table: LandedTable, flag: Flag, file: str | None) -> None:
        values = {
            "source": self.source, "table": table.name, "first": flag.period_start,
            "last": flag.period_end, "flag": flag.flag, "file": file,
        }  # fmt: skip
        self.connection.execute(
            "delete from data_quality where source = $source and table_name = $table "
            "and flag = $flag and file is not distinct from $file "
            "and (file is not null or "
            "(period_start = $first and period_end = $last))",
            values,
        ).fetchall()
        detail = json.dumps(dict(flag.detail), default=str, ensure_ascii=False)
        self.connection.execute(
            "insert into data_quality values "
            "($source, $table, $first, $last, $flag, $value, $detail, $file)",
            values | {"value": flag.value, "detail": detail},
        ).fetchall()


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
        connection.execute("begin").fetchall()
        for name in TABLES:
            run.finish_table(name)
        if run.changed:
            resolve_persons(connection)
        connection.execute("commit").fetchall()
    except BaseException:
        _roll_back(connection)
        raise
    finally:
        run.clear()
    return list(run.tables.values())


def rehearse(
    home: Home,
    source: str,
    kind: str,
    batches: Callable[[Run], None],
    look: Callable[[duckdb.DuckDBPyConnection], None] = lambda connection: None,
) -> list[TableRun]:
    """Land what `batches(run)` takes in memory only, and forget it after a `look`.

    Raises JourneyError as `land` would.
    """
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("set global timezone = 'UTC'").fetchall()
        create(connection)
        hasher = Hasher(b"a key for the rehearsal only", None)
        now = dt.datetime.now(dt.UTC)
        done = land(connection, home, source, kind, batches, hasher, now)
        look(connection)
        return done


def _roll_back(connection: duckdb.DuckDBPyConnection) -> None:
    try:
        connection.execute("rollback").fetchall()
    except duckdb.Error:
        return  # there is none, or a failed write has ended it already
