"""One thread that acts when time is over: it stops queries that take too long.

A timer for every query would start a thread for each, and wait for it while other
sessions hold the interpreter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 0.1
"""Seconds between two looks; what is due happens at most so much later."""

clock: Callable[[], float] = time.monotonic
"""What counts the seconds, for the whole process. A process of its own that runs one
query at a time counts its processor time instead."""

_due: dict[object, tuple[float, Callable[[], object]]] = {}
_lock = threading.Lock()
_thread: threading.Thread | None = None
_wanted = threading.Event()


@contextmanager
def after(seconds: float, act: Callable[[], object]) -> Iterator[None]:
    """Once what runs inside has taken so many seconds, do that, at every look until it
    ends: a query may miss its first interruption."""
    _started()
    key = object()
    with _lock:
        _due[key] = (clock() + seconds, act)
        _wanted.set()
    try:
        yield
    finally:
        with _lock:
            del _due[key]


def _started() -> None:
    """Start the thread, again in a process that was forked from another."""
    global _thread
    if _thread is not None and _thread.is_alive():
        return
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_watch, name="watchdog", daemon=True)
            _thread.start()


def _watch() -> None:
    while _wanted.wait():
        time.sleep(EVERY)
        with _lock:
            _look(clock())
            if not _due:
                _wanted.clear()


def _look(now: float) -> None:
    """Do what is due. A function of its own: a cursor that the endless loop still
    names would keep a retired snapshot open."""
    for deadline, act in _due.values():
        if deadline <= now:
            act()
