"""Text that a person typed, run in a few processes of its own with hard limits.

Memory that one value takes is not counted by DuckDB's own limit, and a single call
cannot always be interrupted. A process with an address space limit can be killed: the
app never feels it, and the next text starts a new one. There are few of them, so that
all texts together cannot take the machine; who comes first is served first, and nobody
runs two texts at once.
"""

from __future__ import annotations

import atexit
import contextlib
import datetime as dt
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl

from journey.home import PROJECT
from journey.problem import JourneyError, Problem
from journey.query.file import Query, without_comments
from journey.query.typed import AGGREGATE, packed, problem, receive, send
from journey.scope import Scope

SECONDS = 10.0
"""A text that takes longer is interrupted, and its process killed a second later."""

START = 30.0
"""Seconds in which a process must have started."""

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
        self.worker: Worker | None = None

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


class Pool:
    """A few processes and the line before them."""

    def __init__(self, size: int = WORKERS) -> None:
        self.size = size
        self.changed = threading.Condition()
        self.line: list[Ticket] = []
        self.running: list[Ticket] = []
        self.idle: list[Worker] = []

    def run(self, request: bytes, ticket: Ticket, seconds: float) -> bytes:
        worker = self._turn(ticket)
        try:
            answer = worker.exchange(request, seconds)
        finally:
            with self.changed:
                ticket.worker = None
                self.running.remove(ticket)
                self.idle.append(worker)
                self.changed.notify_all()
        if ticket.stopped:
            raise JourneyError(_stopped())
        if answer is None:
            raise JourneyError(_too_much(seconds))
        return answer

    def _turn(self, ticket: Ticket) -> Worker:
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
            ticket.worker = self.idle.pop() if self.idle else Worker()
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
                self.idle.append(Worker())
            for worker in self.idle[-1:]:
                worker.start()

    def stop(self) -> None:
        """End every process; the next text starts another."""
        with self.changed:
            workers = [*self.idle, *(t.worker for t in self.running if t.worker)]
            for worker in workers:
                worker.stop()


class Worker:
    """One process, started when needed, restarted after it was killed."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def exchange(self, request: bytes, seconds: float) -> bytes | None:
        """Return what the process answers, None where it had to be killed."""
        process = self.start()
        # The first text waits for the imports of the process as well.
        timer = _later(START, process)
        try:
            send(_pipe(process.stdin), request)
            if receive(_pipe(process.stdout)) is not None:
                timer.cancel()
                timer = _later(seconds + 1, process)
                if (answer := receive(_pipe(process.stdout))) is not None:
                    return answer
        except OSError:
            pass
        finally:
            timer.cancel()
        self.stop()
        return None

    def start(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "journey.query.typed"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                cwd=PROJECT, env=_environment(), close_fds=True,
            )  # fmt: skip
        return self.process

    def kill(self) -> None:
        """End the process; whoever waits for its answer cleans up."""
        if self.process is not None:
            self.process.kill()

    def stop(self) -> None:
        """End the process; the next text starts another."""
        process, self.process = self.process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()


_pool = Pool()
atexit.register(_pool.stop)


def _later(seconds: float, process: subprocess.Popen[bytes]) -> threading.Timer:
    timer = threading.Timer(seconds, process.kill)
    timer.daemon = True
    timer.start()
    return timer


def _environment() -> dict[str, str]:
    """Return what the process needs of the environment; secrets stay outside."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _stopped() -> Problem:
    return problem("it was stopped", "an answer", "change the text, or run it again")


def _busy() -> Problem:
    return problem("others are running texts", "a free moment", "try again in a minute")


def _too_much(seconds: float) -> Problem:
    return problem("it needed more time or memory than there is",
                   f"an answer in {seconds:.0f} seconds", AGGREGATE)  # fmt: skip


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


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("the process has no pipe")
    return pipe
