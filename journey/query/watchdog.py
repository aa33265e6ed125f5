"""One thread that stops queries whose time is over.

A timer for every query would start a thread for each, and wait for it while other
sessions hold the interpreter.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

EVERY = 0.1
"""Seconds between two looks; a query is stopped at most so much later."""

_running: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = {}
_lock = threading.Lock()
_thread: threading.Thread | None = None
_wanted = threading.Event()


@contextmanager
def watched(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs on the cursor once it has taken so many seconds."""
    _started()
    with _lock:
        _running[id(cursor)] = (time.monotonic() + seconds, cursor)
        _wanted.set()
    try:
        yield
    finally:
        with _lock:
            _running.pop(id(cursor), None)


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
            _look(time.monotonic())
            if not _running:
                _wanted.clear()


def _look(now: float) -> None:
    """Stop what is over. A function of its own: a cursor that the endless loop still
    names would keep a retired snapshot open."""
    for deadline, cursor in _running.values():
        if deadline <= now:
            cursor.interrupt()
