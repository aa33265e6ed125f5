"""Lets a source be read while what it gave before is landed."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Generator, Iterator
from typing import Generic, TypeVar

from journey.sources.waits import SLICE

Thing = TypeVar("Thing")

LEAVE = 1.0
"""Seconds that a read which nobody waits for any more is given to end."""


class Ahead(Generic[Thing]):
    """Iterates over things that are made in a thread, one of them ahead.

    They come in their order, an error where it happened. Left early, the thread stops
    with the thing that it is at.
    """

    def __init__(self, things: Iterator[Thing]) -> None:
        self._things = things
        self._ready: queue.Queue[tuple[Thing | None, BaseException | None]]
        self._ready = queue.Queue(maxsize=1)
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._make, name="read", daemon=True)

    def __enter__(self) -> Iterator[Thing]:
        self._thread.start()
        return self._take()

    def __exit__(self, *ended: object) -> None:
        self._left.set()
        with contextlib.suppress(queue.Empty):
            self._ready.get_nowait()  # it may wait for room
        self._thread.join(LEAVE)

    def _make(self) -> None:
        try:
            for thing in self._things:
                self._ready.put((thing, None))
                if self._left.is_set():
                    return
        except BaseException as error:  # told where the things are taken
            self._ready.put((None, error))
        else:
            self._ready.put((None, StopIteration()))
        finally:
            if isinstance(self._things, Generator):
                self._things.close()

    def _take(self) -> Iterator[Thing]:
        while True:
            try:
                thing, ended = self._ready.get(timeout=SLICE)
            except queue.Empty:
                if self._left.is_set():
                    return
                continue
            if isinstance(ended, StopIteration):
                return
            if ended is not None:
                raise ended
            yield thing  # type: ignore[misc]
