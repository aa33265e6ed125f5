"""data/status.json: what runs now and how the last runs went, for the app to read."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from journey import disk, lock
from journey.home import Home
from journey.problem import JourneyError, Problem

KEPT = 50
LARGEST = 4_000_000
"""Bytes of a file that may be a status."""


@dataclass(frozen=True)
class Entry:
    """One run of one source, or one build."""

    what: str
    """sync or build."""
    name: str
    """The source, or the snapshot."""
    started_at: str
    """ISO 8601, UTC; like finished_at."""
    finished_at: str
    ok: bool
    rows: int = 0
    """Rows landed, or rows of all marts."""
    detail: dict[str, Any] = field(default_factory=dict)
    problems: tuple[dict[str, Any], ...] = ()
    """Each in four parts: where, found, expected, fix (and line)."""
    partial: bool = False
    """It ended early for the source's limit of calls; the next run goes on."""
    more: bool = False
    """Older data are still to be read."""


@dataclass(frozen=True)
class Status:
    running: str | None = None
    """What runs now: "sync shop" or "build"; None when nothing does."""
    holder: dict[str, Any] | None = None
    """process, host, since of what runs."""
    runs: tuple[Entry, ...] = ()
    """Newest first: 50, and beyond them the last good one of each source."""
    cut_off: str | None = None
    """What ran when its process ended before it did; never written."""

    @property
    def last(self) -> tuple[Entry, ...]:
        """The last run of every source, and the last build."""
        last: dict[tuple[str, str], Entry] = {}
        for run in self.runs:
            what = (run.what, run.name if run.what == "sync" else "")
            last.setdefault(what, run)
        return tuple(last.values())

    @property
    def failures(self) -> tuple[Entry, ...]:
        """The last run of every source, and the last build, that failed."""
        return tuple(run for run in self.last if not run.ok)

    def beside(self, source: str) -> tuple[Entry, ...]:
        """Return the last run of every other source."""
        return tuple(r for r in self.last if r.what == "sync" and r.name != source)

    @property
    def failed(self) -> bool:
        return bool(self.failures)

    def last_good(self, source: str) -> Entry | None:
        """Return when a source was last read without a problem, None in no run kept."""
        mine = (run for run in self.runs if run.what == "sync" and run.name == source)
        return next((run for run in mine if run.ok), None)


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")


def read(home: Home) -> Status:
    """Return the status; an empty one when the file is absent or cannot be read.

    A run that is not as it was written is left out, the others stay.
    """
    try:
        with home.status.open("rb") as file:
            raw = json.loads(file.read(LARGEST))
    except (OSError, ValueError, RecursionError):
        return Status()
    if not isinstance(raw, dict):
        return Status()
    running, holder, runs = raw.get("running"), raw.get("holder"), raw.get("runs")
    entries = (_entry(run) for run in (runs if isinstance(runs, list) else ()))
    return Status(
        running if isinstance(running, str) else None,
        holder if isinstance(holder, dict) else None,
        tuple(entry for entry in entries if entry),
    )


def _entry(raw: Any) -> Entry | None:
    """Return a run as it was written; None where it is not."""
    try:
        run = Entry(**{**raw, "problems": tuple(raw["problems"])})
        dt.datetime.fromisoformat(run.finished_at).astimezone(dt.UTC)
        dt.datetime.fromisoformat(run.started_at).astimezone(dt.UTC)
    except (TypeError, KeyError, ValueError, OverflowError):
        return None
    texts = all(isinstance(text, str) for text in (run.what, run.name))
    parts = all(isinstance(problem, dict) for problem in run.problems)
    numbers = isinstance(run.rows, int) and isinstance(run.ok, bool)
    return run if texts and parts and numbers and isinstance(run.detail, dict) else None


def now_running(home: Home) -> Status:
    """Return the status as it is true now: what was killed does not run any more.

    A process that ends, however it ends, lets go of the lock of a refresh.
    """
    known = read(home)
    if known.running and lock.is_free(home):
        return replace(known, running=None, holder=None, cut_off=known.running)
    return known


def write(home: Home, status: Status) -> None:
    """Replace the file at once; a reader sees the old one or the new one.

    A disk without room for a second one has that for the first: it is written over with
    its newest runs, so that a full disk can be told. Raises JourneyError where not even
    that can be done, so that a timed refresh goes on.
    """
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = home.status.with_name(f"status.{os.getpid()}.tmp")
    try:
        fresh.write_text(_text(status), encoding="utf-8")
        fresh.replace(home.status)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        if not (error.errno in disk.FULL and _overwrite(home, status)):
            raise JourneyError(
                disk.refused(error, home)
                or Problem("data/status.json", error.strerror or str(error),
                        "a disk that can be written", "see that it has room and is well")
            ) from error  # fmt: skip


def _text(status: Status) -> str:
    told = {key: value for key, value in asdict(status).items() if key != "cut_off"}
    return json.dumps(told, ensure_ascii=False, indent=1)


def _overwrite(home: Home, status: Status) -> bool:
    """Write as many of the newest runs over the file as it has bytes."""
    try:
        with home.status.open("rb+") as file:
            room = os.fstat(file.fileno()).st_size
            for count in range(len(status.runs), -1, -1):
                data = _text(replace(status, runs=status.runs[:count])).encode()
                if len(data) <= room:
                    file.write(data.ljust(room))
                    return True
    except OSError:
        pass
    return False


def say_running(
    home: Home, running: str | None, holder: dict[str, Any] | None = None
) -> None:
    """Note what runs now, or that nothing does."""
    write(home, Status(running, holder if running else None, read(home).runs))


def add(home: Home, *entries: Entry) -> None:
    """Put runs on top of the list; the last good one of each source stays."""
    known = read(home)
    runs = (*reversed(entries), *known.runs)
    good = {id(run) for run in _last_good(runs).values()}
    kept = tuple(run for n, run in enumerate(runs) if n < KEPT or id(run) in good)
    write(home, Status(known.running, known.holder, kept))


def _last_good(runs: Sequence[Entry]) -> dict[str, Entry]:
    """Return the newest run of each source that went well; the age of its figures."""
    return {run.name: run for run in reversed(runs) if run.what == "sync" and run.ok}


def keep(home: Home, sources: Collection[str]) -> None:
    """Forget the runs of sources that are set up no more: nobody can mend them."""
    known = read(home)
    runs = tuple(run for run in known.runs if run.what != "sync" or run.name in sources)
    write(home, Status(known.running, known.holder, runs))


def parts(problems: Sequence[Problem]) -> tuple[dict[str, Any], ...]:
    """Return problems as the status keeps them."""
    return tuple(problem.as_dict() for problem in problems)


def myself() -> dict[str, Any]:
    """Return process, host and since of this process."""
    return {"process": os.getpid(), "host": socket.gethostname(), "since": now()}


def as_dict(status: Status) -> dict[str, Any]:
    """Return the status as data."""
    return asdict(status)


def as_text(status: Status) -> str:
    """Return the status for people: what runs, then the last ten runs."""
    lines = [f"Running: {status.running}" if status.running else "Nothing runs."]
    if status.cut_off:
        lines.append(f"{status.cut_off} was cut off; the next refresh goes on.")
    for run in status.runs[:10]:
        word = "partial" if run.partial else "fine" if run.ok else "FAILED"
        when = run.started_at[:16].replace("T", " ")
        older = ", older data follow" if run.more else ""
        lines.append(f"{when} UTC  {run.what} {run.name}: {word}, {run.rows:,} rows{older}")
        lines += [
            f"    {part['where']}: {part['found']}; to do: {part['fix']}"
            for part in run.problems
        ]
    return "\n".join(lines)
