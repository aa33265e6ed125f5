"""Lets a source be read while what it gave before is landed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from typing import Generic, TypeVar

from journey.sources.waits import SLICE

Thing = TypeVar("Thing")

LEAVE = 1.0
"""Seconds that a read which nobody waits for any more is given to end."""


class Ahead(Generic[Thing]):
    """Iterates over things that are made in a thread before they are asked for.

    They come in their order, an error where it happened. Left early, the thread stops
    with the thing that it is at.
    """

    def __init__(
        self,
        things: Iterator[Thing],
        weigh: Callable[[Thing], int] = lambda thing: 1,
        room: int = 1,
    ) -> None:
        """Another thing is made while those that wait weigh less than `room`."""
        self._things = things
        self._weigh = weigh
        self._room = room
        self._ready: deque[tuple[Thing, int]] = deque()
        self._weight = 0
        self._ended: BaseException | None = None
        self._left = False
        self._moved = threading.Condition()
        self._thread = threading.Thread(target=self._make, name="read", daemon=True)

    def __enter__(self) -> Iterator[Thing]:
        self._thread.start()
        return self._take()

    def __exit__(self, *ended: object) -> None:
        with self._moved:
            self._left = True
            self._moved.notify_all()
        self._thread.join(LEAVE)

    def _make(self) -> None:
        try:
            while self._put(next(self._things)):
                pass  # nothing is held here either
            self._end(StopIteration())
        except BaseException as error:  # told where the things are taken
            self._end(error)
        finally:
            if isinstance(self._things, Generator):
                self._things.close()

    def _put(self, thing: Thing) -> bool:
        """Add a thing, wait for room; return whether more are wanted."""
        weight = self._weigh(thing)
        with self._moved:
            self._ready.append((thing, weight))
            del thing
            self._weight += weight
            self._moved.notify_all()
            self._moved.wait_for(lambda: self._left or self._weight < self._room)
            return not self._left

    def _end(self, how: BaseException) -> None:
        with self._moved:
            self._ended = how
            self._moved.notify_all()

    def _take(self) -> Iterator[Thing]:
        while self._wait():
            yield self._next()  # not held here: who takes it may drop it
        if self._ended and not isinstance(self._ended, StopIteration):
            raise self._ended

    def _wait(self) -> bool:
        """Wait for a thing; return whether there is one."""
        with self._moved:
            # in slices, so that who stops the program is heard meanwhile
            while not (self._ready or self._ended or self._left):
                self._moved.wait(SLICE)
            return bool(self._ready)

    def _next(self) -> Thing:
        with self._moved:
            thing, weight = self._ready.popleft()
            self._weight -= weight
            self._moved.notify_all()
            return thing
