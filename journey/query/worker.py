"""Text that a person typed, run in a few processes of its own with hard limits.

Memory that one value takes is not counted by DuckDB's own limit, and a single call
cannot always be interrupted. A process with an address space limit can be killed: the
app never feels it, and the next text starts a new one. There are few of them, so that
all texts together cannot take the machine; who comes first is served first, and nobody
runs two texts at once.
"""

from __future__ import annotations

import atexit
import datetime as dt
import io
import json
import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from journey.problem import JourneyError, Problem
from journey.processes import Child, Ended
from journey.query.file import Query, without_comments
from journey.query.limits import SECONDS, SPARING
from journey.query.typed import AGGREGATE, packed, problem
from journey.scope import Scope

START = 120.0
"""Seconds in which a process must be ready for a text; on a busy computer it takes long."""

WALL = 60.0
"""Seconds after which a text is ended that is not done, however little it got to run."""

WORKERS = 3
"""Processes that run texts side by side."""

WAITING = 20
"""Texts that may wait for a process; more are sent away at once."""

PATIENCE = 60.0
"""Seconds a text waits for a process."""


@dataclass(frozen=True)
class Result:
    """What a typed text returned."""

    rows: pl.DataFrame
    reads: tuple[str, ...]
    people: tuple[str, ...]
    """Columns that count people; small numbers in them are not withheld yet."""
    parameters: tuple[str, ...]
    through: dt.date | None
    """The last day complete in every mart read."""
    more: bool
    """Whether there were more rows than are sent."""


class Ticket:
    """One text on its way: waiting, running, stopped when its owner wants it stopped."""

    def __init__(self, owner: str = "") -> None:
        self.owner = owner
        """Whose text it is; "" for one that waits for no other of its owner."""
        self.begun: float | None = None
        """When it began to run, by time.monotonic()."""
        self.stopped = False
        self.worker: Child | None = None

    def stop(self) -> None:
        """Take the text out of the line, or end the process that runs it."""
        with _pool.changed:
            self.stopped = True
            if self.worker is not None:
                self.worker.kill()
            _pool.changed.notify_all()

    def ahead(self) -> int:
        """Return how many texts wait before this one."""
        with _pool.changed:
            return _pool.line.index(self) if self in _pool.line else 0


def run_typed(
    snapshot: Path,
    sql: str,
    scope: Scope,
    segment: Query | None = None,
    seconds: float = SECONDS,
    see_who: bool = True,
    ticket: Ticket | None = None,
    given: Mapping[str, Any] | None = None,
) -> Result:
    """Return at most `typed.ROWS` rows of a text that a person typed.

    snapshot: the published file. segment: the query of scope.segment. see_who: whether
    the reader's role may see numbers that lead to one person; a text that shows them or
    looks for one is refused without. Raises JourneyError when the gate refuses it, when
    it fails, when it is stopped, and when it needs too much time or memory.

    given: rows of a test, by mart, that stand in place of those of the file.
    """
    request = {
        "snapshot": str(snapshot), "sql": without_end(sql), "scope": packed(scope),
        "seconds": seconds, "see_who": see_who,
        "segment": {"sql": segment.sql, "where": segment.where} if segment else None,
        "given": given,
    }  # fmt: skip
    sent = json.dumps(request, default=str).encode()
    return _unpacked(_pool.run(sent, ticket or Ticket(), seconds))


def prepare() -> None:
    """Start a process that waits for a text, where there is none."""
    threading.Thread(target=_pool.prepare, name="typed", daemon=True).start()


def without_end(sql: str) -> str:
    """Return the text without the semicolons that people put at its end, every line
    where it was."""
    bare = without_comments(sql)
    end = bare.rstrip("; \t\r\n")
    return (
        sql
        if bare.rstrip() == end
        else sql[: len(end)] + bare[len(end) :].replace(";", " ")
    )


def process() -> Child:
    """Return a process for texts, not started yet."""
    return Child("journey.query.typed", SPARING)


class Pool:
    """A few processes and the line before them."""

    def __init__(self, size: int = WORKERS) -> None:
        self.size = size
        self.changed = threading.Condition()
        self.line: list[Ticket] = []
        self.running: list[Ticket] = []
        self.idle: list[Child] = []

    def run(self, request: bytes, ticket: Ticket, seconds: float) -> bytes:
        worker = self._turn(ticket)
        try:
            answer = exchange(worker, request, seconds)
        except JourneyError:
            if not ticket.stopped:
                raise
        finally:
            with self.changed:
                ticket.worker = None
                self.running.remove(ticket)
                self.idle.append(worker)
                self.changed.notify_all()
        if ticket.stopped:
            raise JourneyError(_stopped())
        return answer

    def _turn(self, ticket: Ticket) -> Child:
        """Wait for a process and take it; the longest idle ones are left to end."""
        until = time.monotonic() + PATIENCE
        with self.changed:
            if len(self.line) >= WAITING:
                raise JourneyError(_busy())
            self.line.append(ticket)
            try:
                while not self._is_next(ticket):
                    left = until - time.monotonic()
                    if ticket.stopped:
                        raise JourneyError(_stopped())
                    if left <= 0:
                        raise JourneyError(_busy())
                    self.changed.wait(left)
            finally:
                self.line.remove(ticket)
                self.changed.notify_all()
            ticket.worker = self.idle.pop() if self.idle else process()
            ticket.begun = time.monotonic()
            self.running.append(ticket)
            return ticket.worker

    def _is_next(self, ticket: Ticket) -> bool:
        owners = {one.owner for one in self.running if one.owner}
        able = [one for one in self.line if one.owner not in owners]
        free = len(self.running) < self.size
        return free and not ticket.stopped and able[:1] == [ticket]

    def prepare(self) -> None:
        with self.changed:
            if not self.idle and not self.running:
                self.idle.append(process())
            for worker in self.idle[-1:]:
                worker.start()

    def stop(self) -> None:
        """End every process; the next text starts another."""
        with self.changed:
            workers = [*self.idle, *(t.worker for t in self.running if t.worker)]
            for worker in workers:
                worker.stop()


def exchange(worker: Child, request: bytes, seconds: float) -> bytes:
    """Return what the process answers. Raises JourneyError where it had to end."""
    try:
        worker.ask(request, START)
    except Ended as ended:
        raise JourneyError(_no_process()) from ended
    try:
        return worker.hear(WALL)
    except Ended as ended:
        raise JourneyError(_too_much(ended, seconds)) from ended


_pool = Pool()
atexit.register(_pool.stop)


def _stopped() -> Problem:
    return problem("it was stopped", "an answer", "change the text, or run it again")


def _busy() -> Problem:
    return problem("others are running texts", "a free moment", "try again in a minute")


def _no_process() -> Problem:
    return problem("no process could be started for it", "a free moment",
                   "try again in a minute")  # fmt: skip


def _too_much(ended: Ended, seconds: float) -> Problem:
    """Tell time from memory by what ended the process."""
    if ended.late:
        return problem(f"it was not finished in {WALL:.0f} seconds",
                       f"{seconds:.0f} seconds of a processor meanwhile",
                       f"{AGGREGATE}; the computer may be busy")  # fmt: skip
    if ended.code == -getattr(signal, "SIGXCPU", 0):
        return problem(f"it took longer than {seconds:.0f} seconds", "an answer in time",
                       AGGREGATE)  # fmt: skip
    return problem("it needed more memory than there is", "fewer rows at a time", AGGREGATE)


def _unpacked(answer: bytes) -> Result:
    if answer[:1] != b"A":
        raise JourneyError(*(Problem(**found) for found in json.loads(answer[1:])))
    start = 9 + int.from_bytes(answer[1:9], "big")
    about = json.loads(answer[9:start])
    through = about["through"]
    return Result(
        pl.read_ipc(io.BytesIO(answer[start:])), tuple(about["reads"]),
        tuple(about["people"]), tuple(about["parameters"]),
        dt.date.fromisoformat(through) if through else None, about["more"],
    )  # fmt: skip
