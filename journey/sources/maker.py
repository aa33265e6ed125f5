"""Makes the batches that a connector leaves for later: here, or in a process beside
this one where it would hold up the reading. Python runs on one processor at a time.
"""

from __future__ import annotations

import pickle
import signal
import threading
import time
from collections.abc import Callable, Iterator

from journey import processes
from journey.connector import Batch, Given, Later
from journey.problem import JourneyError, Problem
from journey.processes import Child, Ended
from journey.sources.waits import SLICE

HOLDS_UP = 0.5
"""Making takes so much of the time of reading: from then on it is done beside it."""
PAYS = 0.5
"""Seconds that making has to take before it pays to start a process for the rest."""
SECONDS = 300.0
"""In which the batches of some answers are made, however busy the computer is."""
IDLE = 60.0
"""Seconds after which the process ends that nothing is asked of."""
TRIES = 40
"""Of SLICE seconds, to end a process; one that hangs in the system is left to itself."""
UNSENT = (pickle.PicklingError, TypeError, AttributeError)
"""Errors that name the code which cannot be sent."""
ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1", "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": f"{2**28}", "MALLOC_TRIM_THRESHOLD_": f"{2**28}",
}  # fmt: skip
"""Its libraries reserve little, and keep what they have from batch to batch."""


class Maker:
    """Yields what a connector gives as batches, in its order."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._child = Child("journey.sources.maker", ENVIRONMENT)
        self._turn = threading.Lock()
        self._closed = self._refused = False
        self._reading = self._making = 0.0
        """Seconds that were waited for answers, and for rows to be made of them."""

    def __enter__(self) -> Maker:
        return self

    def __exit__(self, *ended: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process, also in the middle of its work; nothing is made after that."""
        self._closed = True
        self._child.kill()
        for _ in range(TRIES):
            if self._turn.acquire(timeout=SLICE):
                self._child.stop()
                self._turn.release()
                return
            self._child.kill()  # it had not been started yet

    def batches(self, given: Iterator[Given]) -> Iterator[Batch]:
        """Yield the batches, those for later where they are made."""
        began = time.monotonic()
        for batch in given:
            self._reading += time.monotonic() - began
            if isinstance(batch, Later):
                work = self._packed(batch)
                del batch  # answers are large: they are held once, and no longer than used
                began = time.monotonic()
                made = self._made(work)
                del work
                self._making += time.monotonic() - began
                if self._closed:
                    return
                yield from made
            else:
                yield batch
            began = time.monotonic()

    def _made(self, work: bytes) -> list[Batch]:
        holds_up = self._making > max(PAYS, self._reading * HOLDS_UP)
        if holds_up and not self._refused:
            made = self._beside(work)
            if made is not None or self._closed:
                return made or []
            self._refused = True  # perhaps for want of memory: not again
        return _batches(work)

    def _beside(self, work: bytes) -> list[Batch] | None:
        """Return the batches; None where the process cannot make them. An error is met
        again where it can be told."""
        try:
            with self._turn:
                answer = b"" if self._closed else self._child.ask(work, SECONDS)
        except (Ended, OSError):
            return None
        return pickle.loads(answer) if answer else None

    def _packed(self, later: Later) -> bytes:
        try:
            return pickle.dumps(later.batches, pickle.HIGHEST_PROTOCOL)
        except MemoryError:
            raise
        except Exception as error:  # a class may forbid it in its own way
            by_name = isinstance(error, UNSENT)  # others may quote what they hold
            told = str(error) if by_name else type(error).__name__
            raise JourneyError(
                Problem(
                    f"source {self._source}", f"rows for later: {told}",
                    "a function of a module, given bytes and plain values",
                    "correct the connector; see docs/writing-a-connector.md, Later",
                )
            ) from None  # fmt: skip


def _batches(work: bytes) -> list[Batch]:
    batches: Callable[[], Iterator[Batch]] = pickle.loads(work)
    del work
    return list(batches())


# ------------------------------------------------------- inside the process


def _answer(work: bytes) -> Iterator[bytes]:
    try:
        made = _batches(work)
    except Exception:
        yield b""
        return
    yield pickle.dumps(made, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who is at the keyboard stops the sync
    processes.serve(_answer, IDLE)
