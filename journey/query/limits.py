"""What a typed text may take of the computer, set inside the process that runs it.

Time is processor time: on a busy computer a text takes longer and is not stopped
earlier. Where the system has no such limits, the app ends what takes too long.
"""

from __future__ import annotations

import contextlib
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeVar

from journey.query import watchdog

if sys.platform != "win32":
    import resource

Made = TypeVar("Made")

SECONDS = 10.0
"""Processor time of a text, after which it is interrupted; the kernel ends the process
a second or two later where that does not help."""

ROOM = 5 * 1024**3 // 4
"""Bytes of address space for a text, beside what the libraries have reserved: DuckDB's
own limit and a result."""

SPARING = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    "POLARS_MAX_THREADS": "1",
}
"""Environment in which the libraries reserve little: a text has one processor."""

NICE = 19
"""How far texts give way to pages: as far as can be. At 10, pages took twice as long."""

COURTESY = 0.5
"""Seconds of processor time before a text gives way. Most are over by then; on a busy
computer one that gives way from its start waits for minutes."""


_most = 0
"""Bytes of address space that the process may have; 0 where nobody tells how many."""


def settle() -> None:
    """Count processor time, end first when memory ends, and take no more of it than
    there is for a text. Called when everything is imported."""
    global _most
    watchdog.clock = time.process_time
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            Path("/proc/self/oom_score_adj").write_text("1000")
        _most = _reserved() + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (_most, _most))


def swollen() -> bool:
    """Return whether so much memory was kept of earlier texts that later ones miss it."""
    return _most > 0 and _most - _reserved() < ROOM / 4


def _reserved() -> int:
    """Return the bytes of address space that the process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def limited(run: Callable[[], Made], seconds: float) -> Made:
    """Return what `run` makes, unless the kernel ends the process first.

    It runs in a thread of its own, for a thread that gave way never gets its turn back.
    """
    with ThreadPoolExecutor(1) as pool, _ended(seconds):
        own = pool.submit(threading.get_native_id).result()
        with watchdog.after(COURTESY, partial(_give_way, own)):
            return pool.submit(run).result()


@contextlib.contextmanager
def _ended(seconds: float) -> Iterator[None]:
    """Let the kernel end the process where a text cannot be interrupted."""
    if sys.platform == "win32":
        yield
    else:
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        until = math.ceil(time.process_time() + seconds + 1)
        resource.setrlimit(resource.RLIMIT_CPU, (until, most))
        yield
        resource.setrlimit(resource.RLIMIT_CPU, (most, most))


def _give_way(thread: int) -> None:
    """Let pages go first until the thread ends. On Linux each thread has a priority;
    elsewhere the process gives way for good."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, thread, NICE)
    elif sys.platform != "win32":
        os.setpriority(os.PRIO_PROCESS, 0, NICE)
