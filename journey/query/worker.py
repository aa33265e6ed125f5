"""Text that a person typed, run in a process of its own with hard limits.

Memory that one value takes is not counted by DuckDB's own limit, and a single call
cannot always be interrupted. A process with an address space limit can be killed: the
app never feels it, and the next text starts a new one.

The process reads requests from its standard input and writes answers to its standard
output, each as a length in 8 bytes and then that many bytes: JSON in, Arrow IPC or the
problems as JSON out.
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
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import polars as pl

from journey.answer import Period
from journey.home import PROJECT
from journey.problem import JourneyError, Problem
from journey.query.file import Query
from journey.scope import Scope

SECONDS = 10.0
"""A text that takes longer is interrupted, and its process killed a second later."""

MEMORY = 3 * 1024**3
"""Address space of the process, in bytes."""

ROWS = 10_000
BYTES = 64 * 1024**2
"""Rows and bytes of a result; more are not sent."""

TYPED = "your text"
"""What a problem calls a text that is not a file."""


def run_typed(
    snapshot: Path,
    sql: str,
    scope: Scope,
    segment: Query | None = None,
    seconds: float = SECONDS,
) -> pl.DataFrame:
    """Return at most ROWS rows of a text that a person typed.

    snapshot: the published file. segment: the query of scope.segment. Raises
    JourneyError when the gate refuses it, when it fails, and when it needs too much
    time or memory.
    """
    request = {
        "snapshot": str(snapshot), "sql": sql, "scope": _packed(scope),
        "seconds": seconds,
        "segment": {"sql": segment.sql, "where": segment.where} if segment else None,
    }  # fmt: skip
    return _worker.run(request, seconds)


class Worker:
    """One process, started when needed, restarted after it was killed."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, request: dict[str, Any], seconds: float) -> pl.DataFrame:
        if not self.lock.acquire(timeout=2 * seconds + 10):
            raise JourneyError(_problem("others are running texts", "a free moment",
                                        "try again in a minute"))  # fmt: skip
        try:
            return _unpacked(self._exchange(json.dumps(request).encode(), seconds))
        finally:
            self.lock.release()

    def _exchange(self, request: bytes, seconds: float) -> bytes:
        process = self._alive()
        # The first text waits for the imports of the process as well.
        timer = threading.Timer(seconds + 1, process.kill)
        timer.daemon = True
        try:
            _send(_pipe(process.stdin), request)
            if _receive(_pipe(process.stdout)) is not None:
                timer.start()
                answer = _receive(_pipe(process.stdout))
                if answer is not None:
                    return answer
        except OSError:
            pass
        finally:
            timer.cancel()
        self.stop()
        raise JourneyError(
            _problem("it needed more time or memory than there is", "an answer in"
                     f" {seconds:.0f} seconds", "aggregate first, or choose fewer days")
        )  # fmt: skip

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            self.stop()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "journey.query.worker"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                cwd=PROJECT, env=_environment(),
            )  # fmt: skip
        return self.process

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


_worker = Worker()
atexit.register(_worker.stop)


def _environment() -> dict[str, str]:
    """Return what the process needs of the environment; secrets stay outside."""
    kept = ("PATH", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "VIRTUAL_ENV", "PYTHONPATH")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _problem(found: str, expected: str, fix: str) -> Problem:
    return Problem(TYPED, found, expected, fix)


def _packed(scope: Scope) -> dict[str, Any]:
    days = [scope.period.first.isoformat(), scope.period.last.isoformat()]
    return {"days": days, "where": scope.where, "segment": scope.segment,
            "policy": scope.policy}  # fmt: skip


def _unpacked(answer: bytes) -> pl.DataFrame:
    if answer[:1] == b"A":
        return pl.read_ipc(io.BytesIO(answer[1:]))
    problems = [Problem(**problem) for problem in json.loads(answer[1:])]
    raise JourneyError(*problems)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("the process has no pipe")
    return pipe


def _send(pipe: IO[bytes], data: bytes) -> None:
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes | None:
    """Return one message, None when the other side is gone."""
    size = pipe.read(8)
    if len(size) < 8:
        return None
    data = pipe.read(int.from_bytes(size, "big"))
    return data if len(data) == int.from_bytes(size, "big") else None


# ------------------------------------------------------- inside the process


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer requests until there are no more; each is acknowledged first."""
    _limit()
    while (request := _receive(requests)) is not None:
        _send(answers, b"")
        _send(answers, _answered(json.loads(request)))


def _limit() -> None:
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _answered(request: dict[str, Any]) -> bytes:
    try:
        buffer = io.BytesIO()
        _rows(request).write_ipc(buffer)
    except JourneyError as error:
        return b"E" + json.dumps([p.as_dict() for p in error.problems]).encode()
    except MemoryError:
        found = _problem("it needs more memory than there is", "fewer rows at a time",
                         "aggregate first, or choose fewer days")  # fmt: skip
        return b"E" + json.dumps([found.as_dict()]).encode()
    return b"A" + buffer.getvalue()


def _rows(request: dict[str, Any]) -> pl.DataFrame:
    from journey.query import text as texts, view
    from journey.query.absence import half_filtered
    from journey.query.catalog import catalog

    reader = _reader(request["snapshot"])
    known = catalog(reader)
    scope = _scope(request["scope"])
    text = texts.admit(request["sql"], TYPED, known)
    segment = request["segment"]
    people = (
        view.People(texts.admit(segment["sql"], segment["where"], known))
        if segment
        else None
    )
    sentence = half_filtered(text.reading.reads, scope, known)
    if sentence:
        raise JourneyError(_problem(sentence, "marts that carry every chosen segment",
                                    "clear that filter, or read another mart"))  # fmt: skip
    asked = Typed(reader, known, scope, text, people)
    through = known.complete_through(text.reading.reads)
    with view.scoped(asked) as cursor:
        values = texts.parameters(text.reading, scope, through)
        texts.described(cursor, text, values)
        rows = texts.frame(cursor, text, values, limit=ROWS, seconds=request["seconds"])
    if rows.estimated_size() > BYTES:
        raise JourneyError(_problem("a result of too many bytes", "at most 64 MB",
                                    "select fewer columns or rows"))  # fmt: skip
    return rows


@dataclass(frozen=True)
class Typed:
    """A typed text with everything a cursor needs to know."""

    reader: Any
    catalog: Any
    scope: Scope
    text: Any
    people: Any


_readers: dict[str, Any] = {}


def _reader(snapshot: str) -> Any:
    """Return a locked connection to the newest snapshot asked for."""
    from journey.warehouse import open_reader

    if snapshot not in _readers:
        _readers.clear()
        _readers[snapshot] = open_reader(Path(snapshot))
    return _readers[snapshot]


def _scope(packed: dict[str, Any]) -> Scope:
    first, last = (dt.date.fromisoformat(day) for day in packed["days"])
    pairs = {
        key: tuple((column, tuple(values)) for column, values in packed[key])
        for key in ("where", "policy")
    }
    return Scope(
        Period(first, last), None, pairs["where"], packed["segment"], pairs["policy"]
    )


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
