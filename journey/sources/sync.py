"""Syncs the sources side by side; one that fails does not stop the others."""

from __future__ import annotations

import contextlib
import datetime as dt
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from journey import landing, people, status
from journey.home import Home
from journey.landing import Hasher, Run, TableRun, cursors
from journey.problem import JourneyError, Misuse, Problem, near
from journey.settings import Settings, Source
from journey.sources import secrecy, waits, web
from journey.sources.kinds import find, unforeseen
from journey.sources.options import options_of, secrets_of
from journey.sources.pull import Pull, in_stretches, reach

Report = Callable[[str], None]
SAMPLE = Source("sample", "sample")
OLDER = 20 * 60.0
"""Seconds for what is older than the first stretch, before new data have their turn."""
AT_ONCE = 4
"""Sources that are read at the same time."""


@dataclass(frozen=True)
class RunResult:
    """What became of one source in one sync."""

    source: str
    kind: str
    tables: tuple[TableRun, ...] = ()
    problems: tuple[Problem, ...] = ()
    unreadable: tuple[Problem, ...] = ()
    """Rows that were left out; the others landed."""
    seconds: float = 0.0
    paused: bool = False
    """It ended early because the source wanted no more calls; the next run goes on."""
    more: bool = False
    """Older data are still to be read."""

    @property
    def ok(self) -> bool:
        return not self.unreadable and (not self.problems or self.paused)

    @property
    def told(self) -> tuple[Problem, ...]:
        """Everything that somebody has to see to."""
        return (*self.problems, *self.unreadable)

    @property
    def rows(self) -> int:
        return sum(table.landed for table in self.tables)


def _silent(line: str) -> None:
    return


def sync(
    home: Home,
    settings: Settings,
    only: Sequence[str] = (),
    report: Report = _silent,
    older: float = OLDER,
    full: bool = False,
) -> list[RunResult]:
    """Read the sources (all, or those named) into the landing, side by side.

    `older`: seconds for data older than the newest 90 days, 0 to leave them for another
    sync. `full`: forget how far each source was read. A source that fails keeps what it
    had marked as complete; its problems are in its result and in data/status.json.
    `report` is told one line at a time. Raises JourneyError when a name is unknown or
    the landing cannot be opened. The caller holds the refresh lock.
    """
    sources = chosen(settings, only)
    status.keep(home, {source.name for source in chosen(settings, ())})
    with landing.open_landing(home) as connection, contextlib.chdir(home.root):
        if not settings.is_sample:
            landing.drop_kind(connection, "sample")
        sync_ = _Sync(connection, home, settings, _one_by_one(report), older, full)
        results = sync_.all(sources)
        landing.resolve_if_stale(connection)
    return results


def chosen(settings: Settings, only: Sequence[str]) -> list[Source]:
    """Return the sources to read; the sample shop when none is set up, else never it."""
    sources = list(settings.sources) or [SAMPLE]
    if not settings.is_sample:
        sources = [source for source in sources if source.kind != "sample"]
    names = [source.name for source in sources]
    unknown = [
        Problem(
            "journey.toml",
            f'no source named "{name}"',
            near(name, names),
            "name one of the sources of journey.toml",
        )
        for name in only
        if name not in names
    ]
    if unknown:
        raise Misuse(*unknown)
    return [source for source in sources if not only or source.name in only]


class _Sync:
    """One sync of several sources; results are told as they come."""

    def __init__(
        self, connection: Any, home: Home, settings: Settings, report: Report,
        older: float, full: bool,
    ) -> None:  # fmt: skip
        self.connection = connection
        self.home = home
        self.zone = settings.reporting.time_zone
        country = people.country_of(settings.reporting.locale)
        self.hasher = Hasher(people.hash_key(home), country)
        self.report = report
        self.older = older
        self.full = full
        self.turn = threading.Lock()
        self.results: dict[str, RunResult] = {}

    def all(self, sources: Sequence[Source]) -> list[RunResult]:
        """Return the results in the order of the sources."""
        waiting: queue.SimpleQueue[Source] = queue.SimpleQueue()
        for source in sources:
            waiting.put(source)
        names = ", ".join(source.name for source in sources)
        status.say_running(self.home, f"sync {names}", status.myself())

        def work() -> None:
            with contextlib.suppress(queue.Empty):
                while True:
                    source = waiting.get_nowait()
                    self._tell(self.one(source))

        def beside(ended: threading.Event) -> None:
            try:
                with contextlib.suppress(KeyboardInterrupt):
                    work()
            finally:
                ended.set()

        web.STOP.clear()
        # Not join(): one that Ctrl+C interrupts takes the thread for ended from then on.
        others: list[threading.Event] = []
        try:
            for _ in range(min(AT_ONCE, len(sources)) - 1):
                ended = threading.Event()
                threading.Thread(target=beside, args=(ended,), name="sync").start()
                others.append(ended)
            work()
            waits.all_happen(others)
        except BaseException:
            web.STOP.set()
            raise
        finally:
            waits.all_happen(others)
            status.say_running(self.home, None)
        return [self.results[s.name] for s in sources if s.name in self.results]

    def _tell(self, result: RunResult) -> None:
        with self.turn:
            self.results[result.source] = result
            status.add(self.home, _entry(result))
        self.report(_summary(result))

    def one(self, source: Source) -> RunResult:
        """Return what became of one source; never raises but to stop everything."""
        self.report(f"{source.name}: reading")
        started, clock = dt.datetime.now(dt.UTC), time.perf_counter()
        secrets: list[str] = []
        try:
            connector = find(source)
            options = options_of(source, connector.Settings, self.home)
            secrets = secrets_of(options)
            with self.connection.cursor() as connection:
                result = self._pulled(connection, source, connector, options, started)
        except JourneyError as error:
            result = RunResult(source.name, source.kind, problems=error.problems)
        except Exception as error:  # one source must not take the others down
            problem = unforeseen(source, error)
            result = RunResult(source.name, source.kind, problems=(problem,))
        problems, unreadable = (
            tuple(_cleaned(problem, secrets) for problem in found)
            for found in (result.problems, result.unreadable)
        )
        return replace(
            result, problems=problems, unreadable=unreadable,
            seconds=time.perf_counter() - clock,
        )  # fmt: skip

    def _pulled(
        self, connection: Any, source: Source, connector: Any, options: Any,
        started: dt.datetime,
    ) -> RunResult:  # fmt: skip
        if self.full:
            cursors.forget(connection, source.name)
        run = Run(
            connection, self.home, source.name, source.kind, self.hasher, started,
            self.zone, self.turn, live=in_stretches(connector),
        )  # fmt: skip
        try:
            with (
                reach(connector, source, options, self.report) as http,
                Pull(run, source, connector, options, http, self.zone, self.report) as pull,
            ):
                pull.newest()
                if self.older and not pull.paused and not pull.problems:
                    pull.older(self.older)
                pull.finish()
            tables, problems = tuple(run.tables.values()), tuple(pull.problems)
            return RunResult(
                source.name, source.kind, tables, problems, tuple(run.unreadable),
                paused=pull.paused, more=pull.more,
            )  # fmt: skip
        finally:
            run.clear()


def _one_by_one(report: Report) -> Report:
    """Return a report that several sources may tell at once."""
    turn = threading.Lock()

    def told(line: str) -> None:
        with turn:
            report(line)

    return told


def _cleaned(problem: Problem, secrets: Sequence[str]) -> Problem:
    """Errors are kept and shown; a library may quote a value of a source in its own."""
    told = secrecy.without(problem, secrets)
    where, found, expected, fix = (
        people.masked(part) for part in (told.where, told.found, told.expected, told.fix)
    )
    return Problem(where, found, expected, fix, problem.line)


def _summary(result: RunResult) -> str:
    if result.problems:
        how = "partial, the next run goes on" if result.paused else "failed"
        told = "\n".join(map(str, result.problems))
        return f"{result.source}: {how} ({result.rows:,} rows landed)\n{told}"
    skipped = sum(table.skipped for table in result.tables)
    unchanged = sum(table.files_unchanged for table in result.tables)
    parts = [f"{result.rows:,} rows landed in {result.seconds:.1f} s"]
    if result.more:
        parts.append("older data follow")
    if unchanged:
        parts.append(f"{unchanged} files unchanged")
    if skipped:
        parts.append(f"{skipped:,} rows SKIPPED, see the Data page")
    return "\n".join(
        (f"{result.source}: " + ", ".join(parts), *map(str, result.unreadable))
    )


def _entry(result: RunResult) -> status.Entry:
    finished = dt.datetime.now(dt.UTC)
    started = finished - dt.timedelta(seconds=result.seconds)
    detail = {
        table.table: {
            "read": table.read, "landed": table.landed, "skipped": table.skipped,
            "superseded": table.superseded, "erased": table.erased,
            "deleted": table.deleted,
            "files_read": table.files_read, "files_unchanged": table.files_unchanged,
        }
        for table in result.tables
    }  # fmt: skip
    return status.Entry(
        "sync", result.source, started.isoformat(timespec="milliseconds"),
        finished.isoformat(timespec="milliseconds"), result.ok, result.rows, detail,
        status.parts(result.told), partial=result.paused, more=result.more,
    )  # fmt: skip
