"""One refresh at a time: a lock that ends with its process, and says who holds it."""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from journey import disk
from journey.home import Home
from journey.problem import JourneyError, Problem

ATTEMPTS, MOMENT = 5, 0.05
"""How often a lock is tried before somebody is said to hold it, and seconds between."""


@dataclass(frozen=True)
class Holder:
    process: int
    host: str
    since: str
    """ISO 8601, UTC."""


def path_of(home: Home) -> Path:
    return home.data / "refresh.lock"


@contextlib.contextmanager
def refresh_lock(home: Home) -> Iterator[Holder]:
    """Hold the lock of a whole refresh.

    Raises JourneyError saying who holds it. The operating system lets go of it when
    the process ends, however it ends, so there is no stale lock.
    """
    descriptor = _opened(home)
    try:
        if not _taken(descriptor):
            raise JourneyError(_held(_read(descriptor)))
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        mine = Holder(os.getpid(), socket.gethostname(), now)
        _write(descriptor, json.dumps(asdict(mine)))
        yield mine
        _write(descriptor, "")
    finally:
        os.close(descriptor)


def _opened(home: Home) -> int:
    """Return the descriptor of the lock's file. Raises JourneyError where it is closed."""
    try:
        home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path_of(home), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise JourneyError(
            disk.refused(error, home)
            or Problem("data/", error.strerror or str(error), "a folder to write into",
                       "move away what lies there, or set JOURNEY_HOME")
        ) from error  # fmt: skip


def _taken(descriptor: int) -> bool:
    """Take the lock; who only looks whether it is free holds it for a moment."""
    for attempt in range(ATTEMPTS):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if attempt + 1 < ATTEMPTS:
                time.sleep(MOMENT)
        except OSError as error:
            raise JourneyError(
                Problem("data/refresh.lock", error.strerror or str(error),
                        "a volume that knows locks",
                        "mount it with locks (NFS 4), or refresh on a disk of its own")
            ) from error  # fmt: skip
        else:
            return True
    return False


def is_free(home: Home) -> bool:
    """Return whether nobody refreshes; False as well where that cannot be seen."""
    try:
        descriptor = os.open(path_of(home), os.O_RDONLY)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return True


def holder(home: Home) -> Holder | None:
    """Return who refreshes just now, None when nobody does."""
    try:
        descriptor = os.open(path_of(home), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(descriptor)
    finally:
        os.close(descriptor)
    return None


def _read(descriptor: int) -> Holder | None:
    try:
        return Holder(**json.loads(os.pread(descriptor, 4096, 0)))
    except (ValueError, TypeError):
        return None


def _write(descriptor: int, text: str) -> None:
    """Note who holds the lock; a full disk takes the note and leaves the lock."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, text.encode(), 0)


def _held(who: Holder | None) -> Problem:
    found = "another refresh is running"
    if who:
        found += f": process {who.process} on {who.host} since {who.since}"
    return Problem(
        "data/refresh.lock", found, "one refresh at a time",
        "wait until it has ended, or stop that process and run again",
    )  # fmt: skip
