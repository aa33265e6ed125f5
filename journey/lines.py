"""Files that only grow: one JSON object a line, written whole or not at all."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def append(path: Path, value: Mapping[str, Any]) -> None:
    """Add one line to a file that only its owner reads. Raises OSError.

    A line that was cut off before stays alone: the new one begins on its own. What a
    full disk let through of this one is taken back.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "rb+", 0):
        fcntl.flock(handle, fcntl.LOCK_EX)
        size = os.fstat(handle).st_size
        try:
            if size and os.pread(handle, 1, size - 1) != b"\n":
                line = b"\n" + line
            _write(handle, line)
            os.fsync(handle)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(handle, size)
            raise


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep every other process from changing which files there are of this one."""
    handle = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "rb+", 0):
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def read(path: Path) -> list[dict[str, Any]]:
    """Return the lines in order; one that cannot be read is left out. Raises OSError
    where the file is closed to this process.

    Only a line break ends a line: a text may hold other separators of Unicode.
    """
    if not path.is_file():
        return []
    found = []
    for text in path.read_text("utf-8", "replace").split("\n"):
        with contextlib.suppress(ValueError, RecursionError):
            value = json.loads(text)
            if isinstance(value, dict):
                found.append(value)
    return found


def open_ones(path: Path) -> list[dict[str, Any]]:
    """Return the lines as `read` does; none of a file that is closed, which
    `disk.closed` tells."""
    try:
        return read(path)
    except OSError:
        return []


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
