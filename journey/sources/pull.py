"""One source, pulled: what changed first, then what is older, stretch by stretch.

A source whose Settings have a date `since` is read newest first, so that figures of the
last 90 days can be published while the years before are still on their way.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import time
import zoneinfo
from collections.abc import Callable, Iterator
from typing import Any

from journey import landing
from journey.connector import (
    Batch,
    Connector,
    Days,
    Failure,
    Flag,
    Http,
    Mark,
    Pause,
    Problem,
    Since,
)  # fmt: skip
from journey.landing import Run, weight_of
from journey.landing.cursors import Cursor
from journey.problem import JourneyError
from journey.settings import Source
from journey.sources.ahead import Ahead
from journey.sources.kinds import unforeseen
from journey.sources.maker import Maker
from journey.sources.web import STOP, Web

STRETCH = dt.timedelta(days=90)
"""What is read first, and then at a time."""
BACK = dt.timedelta(days=730)
"""How far a source is read back that names no first day."""
OVERLAP = dt.timedelta(minutes=10)
"""How far changes are read again behind the last run; clocks and commits differ."""
THOROUGH = dt.timedelta(hours=20)
"""How long a look for deletions lasts; less than a day, so that it keeps its hour."""
SET_BACK = dt.timedelta(hours=1)
"""A clock that stands so far before the last run has been set back."""
NO_CLOCK = dt.timedelta(days=366)
"""A server that is so far behind has no clock."""
NOT_AVAILABLE = "not_available"
"""The flag of a table that this account cannot give: its days are not known."""
WAITING = 3_000_000
"""Bytes of rows that are made while others are written."""
SAYS = 5.0
"""Seconds between two lines of progress."""

Report = Callable[[str], None]


class Unreachable:
    """Stands in for the web where a connector says no address."""

    server_ahead: dt.timedelta | None = None

    def __getattr__(self, name: str) -> Any:
        raise JourneyError(
            Problem("connector", "a call over the web",
                    "a function access(settings) that says where to",
                    "see docs/writing-a-connector.md")
        )  # fmt: skip


@contextlib.contextmanager
def reach(
    connector: Connector, source: Source, options: Any, report: Report
) -> Iterator[Http]:
    """Yield what the connector calls its source with, closed at the end."""
    access = getattr(connector, "access", None)
    if access is None:
        yield Unreachable()
        return
    explain = getattr(connector, "explain", _usual)
    with Web(source.name, access(options), explain, report) as web:
        yield web


def _usual(failure: Failure) -> Problem | None:
    return None


def in_stretches(connector: Connector) -> bool:
    """Whether the source is read newest first, back to the date `since`."""
    return any(item.name == "since" for item in dataclasses.fields(connector.Settings))


class Pull:
    """Reads one source into one run."""

    def __init__(
        self,
        run: Run,
        source: Source,
        connector: Connector,
        options: Any,
        http: Http,
        zone: str = "UTC",
        report: Report = lambda line: None,
    ) -> None:
        self.run = run
        self.source = source
        self.connector = connector
        self.options = options
        self.http = http
        self.zone = zoneinfo.ZoneInfo(zone)
        self.report = report
        self.maker = Maker(source.name)
        self.problems: list[Problem] = []
        self.paused = False
        self._lacking: set[str] = set()
        self._said = self._began = time.monotonic()

    def __enter__(self) -> Pull:
        return self

    def __exit__(self, *ended: object) -> None:
        self.maker.close()

    @property
    def tables(self) -> list[str]:
        """The connector's tables, parents first."""
        return [table for table in landing.TABLES if table in self.connector.TABLES]

    @property
    def more(self) -> bool:
        """Whether older stretches are still to be read."""
        return in_stretches(self.connector) and any(
            self._older(self.run.cursor(table)) for table in self.tables
        )

    def newest(self) -> None:
        """Read what is new: the first stretch, else what changed since the last run."""
        for table in self.tables:
            if self._stopped(table, self._new):
                return

    def older(self, seconds: float) -> None:
        """Read older stretches, each table's next one in turn, for about so long."""
        until = time.monotonic() + seconds
        while self.more and time.monotonic() < until:
            before = len(self.problems)
            for table in self.tables:
                older = self._older(self.run.cursor(table))
                if older and self._stopped(table, self._next_older):
                    return
            if len(self.problems) > before:
                return  # a table that fails would be tried again for ever

    def finish(self) -> None:
        """Land the rest. A source without stretches lands whole or not at all."""
        if not self.problems or in_stretches(self.connector):
            self.run.finish()

    def _stopped(self, table: str, read: Callable[[str], None]) -> bool:
        """Read one table; whether the source is to be left alone after that."""
        try:
            read(table)
        except Pause as pause:
            self.run.give_up()
            self.paused = True
            self.problems += pause.problems
            return True
        except JourneyError as error:
            self.run.give_up()
            return self._repeated(error)
        except Exception as error:
            self.run.give_up()
            return self._repeated(JourneyError(unforeseen(self.source, error)))
        except BaseException:
            self.run.give_up()
            raise
        return False

    def _repeated(self, error: JourneyError) -> bool:
        """Keep the problems; whether they are those of another table already."""
        known = {(problem.found, problem.fix) for problem in self.problems}
        fresh = [p for p in error.problems if (p.found, p.fix) not in known]
        self.problems += fresh
        return not fresh or not in_stretches(self.connector)

    # ------------------------------------------------------------ the stretches

    def _new(self, table: str) -> None:
        cursor = self.run.cursor(table)
        if not in_stretches(self.connector):
            mark = cursor.changes_mark or cursor.lasting_mark
            self._read(table, Since(_back(cursor.changed_until), None, mark))
            cursor.changed_until, cursor.changes_mark = self.run.started, None
            return
        if cursor.created_since is None:
            self._first(table, cursor)
        if cursor.created_since is None:
            return  # the account cannot give it yet; the next run asks again
        known = cursor.changed_until or self.run.started
        passed = self._by_server(self.run.started) - known
        if passed >= OVERLAP:
            self._changes(table, cursor, known - OVERLAP)
        elif -passed >= SET_BACK:  # that clock was ahead: nobody knows since when
            self._changes(table, cursor, self.run.started - STRETCH)

    def _first(self, table: str, cursor: Cursor) -> None:
        """Read the newest stretch; one that was cut off goes on where it stood."""
        if cursor.stretch_first is None or cursor.stretch_before is None:
            first = _midnight(self.run.started - STRETCH, self.zone)
            cursor.stretch_first = max(self._wanted, first)
            cursor.stretch_before = self.run.started
        first, before = cursor.stretch_first, cursor.stretch_before
        self._read(table, Since(first, before, cursor.mark))
        if table not in self._lacking:
            cursor.created_since, cursor.changed_until = first, self._by_server(before)
        cursor.thorough_at = self.run.started
        self._end_stretch(table, cursor, first, before)

    def _changes(self, table: str, cursor: Cursor, first: dt.datetime) -> None:
        known = cursor.thorough_at
        thorough = known is None or self.run.started - known > THOROUGH
        mark = cursor.changes_mark or cursor.lasting_mark
        self._read(table, Since(first, None, mark, thorough))
        cursor.changed_until = self._by_server(self.run.started)
        cursor.changes_mark = None
        if thorough:
            cursor.thorough_at = self.run.started
        self._cover(table, first, self.run.started)
        self.run.checkpoint()

    def _next_older(self, table: str) -> None:
        cursor = self.run.cursor(table)
        if cursor.stretch_first is None or cursor.stretch_before is None:
            assert cursor.created_since is not None
            cursor.stretch_before = cursor.created_since
            cursor.stretch_first = max(self._wanted, cursor.created_since - STRETCH)
        first, before = cursor.stretch_first, cursor.stretch_before
        self._read(table, Since(first, before, cursor.mark, thorough=False, newest=False))
        cursor.created_since = first
        self._end_stretch(table, cursor, first, before)

    def _end_stretch(
        self, table: str, cursor: Cursor, first: dt.datetime, before: dt.datetime
    ) -> None:
        cursor.stretch_first = cursor.stretch_before = cursor.mark = None
        self._cover(table, first, before)
        self.run.checkpoint()

    def _older(self, cursor: Cursor) -> bool:
        return cursor.created_since is not None and cursor.created_since > self._wanted

    @property
    def _wanted(self) -> dt.datetime:
        """The first moment that is wanted, the start of a day."""
        day = getattr(self.options, "since", None)
        if day is None:
            return _midnight(self.run.started - BACK, self.zone)
        return dt.datetime.combine(day, dt.time(), self.zone).astimezone(dt.UTC)

    def _by_server(self, moment: dt.datetime) -> dt.datetime:
        """Return the moment by the clock of a server that is behind this machine's."""
        ahead = getattr(self.http, "server_ahead", None) or dt.timedelta()
        told = -ahead < NO_CLOCK
        return moment + (min(ahead, dt.timedelta()) if told else dt.timedelta())

    # -------------------------------------------------------------- the reading

    def _read(self, table: str, since: Since) -> None:
        self._lacking.discard(table)
        given = self.connector.read(table, since, self.options, self.http)
        with (
            Ahead(given, room=2) as read,  # some answers, and the mark behind others
            Ahead(self.maker.batches(read), weight_of, WAITING) as batches,
        ):
            for batch in batches:
                self._take(table, batch, since)
        if in_stretches(self.connector):
            self.run.settle()
        if table in self.run.tables:
            rows = self.run.tables[table].read
            self.report(
                f"{self.run.source}: {table}, {rows:,} rows read{self._back_to(since)}"
            )

    def _take(self, table: str, batch: Batch, since: Since) -> None:
        if STOP.is_set():
            raise KeyboardInterrupt
        if isinstance(batch, Mark):
            self._note(table, batch, since)
        elif isinstance(batch, Flag) and batch.flag == NOT_AVAILABLE:
            self._lacking.add(batch.table or table)
        self.run.take(table, batch)
        self._say(table)

    def _note(self, table: str, mark: Mark, since: Since) -> None:
        cursor = self.run.cursor(table)
        if since.before is None:
            cursor.changes_mark = mark.text
        else:
            cursor.mark = mark.text
        if mark.lasting and since.newest:
            cursor.lasting_mark = mark.text

    def _cover(self, table: str, first: dt.datetime | None, before: dt.datetime) -> None:
        """Note the days that a read has covered whole; the last one is not over.

        Of tables that are replaced by days or slices connectors say it themselves: here
        it would take away the days that came before a cut.
        """
        replaced = landing.TABLES[table].merge.rule in ("day", "slice")
        if first is None or replaced or table in self._lacking:
            return
        day, end = (moment.astimezone(self.zone).date() for moment in (first, before))
        if day < end:
            self.run.take(table, Days(day, end - dt.timedelta(1)))
            self.run.settle()

    def _back_to(self, since: Since) -> str:
        if since.first is None or since.before is None:
            return ""
        return f", back to {since.first.astimezone(self.zone):%d %b %Y}"

    def _say(self, table: str) -> None:
        now = time.monotonic()
        if now - self._said >= SAYS:
            self._said = now
            rows = sum(done.read for done in self.run.tables.values())
            seconds = now - self._began
            self.report(f"{self.run.source}: {table}, {rows:,} rows in {seconds:.0f} s")


def _back(moment: dt.datetime | None) -> dt.datetime | None:
    return None if moment is None else moment - OVERLAP


def _midnight(moment: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    day = moment.astimezone(zone).date()
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)
