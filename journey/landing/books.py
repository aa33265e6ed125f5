"""What a run writes about itself: runs, days read completely, remarks on quality."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection
from dataclasses import dataclass, field

import duckdb

from journey.connector import Flag, Present
from journey.landing.days import whole_ranges
from journey.landing.tables import LandedTable
from journey.landing.waiting import staged_name


@dataclass
class TableRun:
    """What one run did to one table."""

    table: str
    read: int = 0
    landed: int = 0
    skipped: int = 0
    superseded: int = 0
    erased: int = 0
    deleted: int = 0
    """Landed rows that the source has no more."""
    files_read: int = 0
    files_unchanged: int = 0
    whole: bool = False
    days: list[tuple[dt.date, dt.date]] = field(default_factory=list)
    flags: list[tuple[Flag, str | None]] = field(default_factory=list)
    flags_kept: int = 0
    """How many of them are written down."""
    present: list[Present] = field(default_factory=list)

    def forget(self) -> None:
        """Forget what was to be done and told once; what is written down stays."""
        self.whole, self.days, self.present = False, [], []
        del self.flags[self.flags_kept :]


@dataclass(frozen=True)
class Books:
    """The books of one run; everything is written inside the run's transaction."""

    connection: duckdb.DuckDBPyConnection
    source: str
    kind: str
    run_id: str
    started: dt.datetime
    zone: str
    """Where a day begins of rows that do not say it."""
    covers_days: bool
    """Whether rows tell by themselves which days were read."""

    def note_days(self, table: LandedTable, done: TableRun, zones: Collection[str]) -> None:
        """Remember which days are complete: those declared, else those covered."""
        ranges = list(done.days)
        if not ranges and done.files_read:
            ranges = whole_ranges(
                self.connection, table, self.source, self.zone,
                zones, self.started,
            )  # fmt: skip
            self._forget_days(table)
        elif not ranges and table.time_column and self.covers_days:
            column = table.column(table.time_column)
            local = f"timezone('{self.zone}', {column.name})::date"
            day = column.name if column.type == "date" else local
            ranges = self.connection.execute(
                f"select min({day}), max({day}) from {staged_name(table)} "
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

    def write(self, table: LandedTable, done: TableRun) -> None:
        if table.merge.rule == "slice":
            self._forget_flags(table, done)
        for flag, file in done.flags[done.flags_kept :]:
            self._flag(table, flag, file)
        done.flags_kept = len(done.flags)
        values = {
            "run_id": self.run_id, "source": self.source, "kind": self.kind,
            "table_name": table.name, "started_at": self.started,
            "finished_at": dt.datetime.now(dt.UTC), "files_read": done.files_read,
            "files_unchanged": done.files_unchanged, "rows_read": done.read,
            "rows_landed": done.landed, "rows_skipped": done.skipped,
            "rows_superseded": done.superseded, "rows_erased": done.erased,
        }  # fmt: skip
        self.connection.execute(
            "delete from sync_run where run_id = $run_id and table_name = $table_name",
            {"run_id": self.run_id, "table_name": table.name},
        ).fetchall()
        self.connection.execute(
            f"insert into sync_run ({', '.join(values)}) "
            f"values ({', '.join(f'${name}' for name in values)})",
            values,
        ).fetchall()

    def _forget_flags(self, table: LandedTable, done: TableRun) -> None:
        """Days that were read again are described again: what was said of them goes."""
        for first, last in done.days:
            self.connection.execute(
                "delete from data_quality where source = $source and table_name = $table "
                "and file is null and period_start >= $first and period_end <= $last",
                {"source": self.source, "table": table.name, "first": first, "last": last},
            ).fetchall()

    def _flag(self, table: LandedTable, flag: Flag, file: str | None) -> None:
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
