"""Who looked at lists of orders and tickets: append-only lines in data/audit.ndjson."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from dataclasses import asdict, dataclass
from typing import Any

from journey.home import Home

NAME = "audit.ndjson"


@dataclass(frozen=True)
class Entry:
    """One look at one list. It names the reader and no customer."""

    at: str
    """Instant in UTC."""
    who: str
    """The reader as the sign-in names them."""
    action: str
    """What was done: seen or downloaded."""
    page: str
    """Path of the page."""
    scope: dict[str, Any]
    """Days and segments, as in the address."""
    list: str
    """The query that made the list."""
    count: int
    """Rows of it."""


def write(home: Home, entry: Entry) -> None:
    """Add one line. Raises OSError: a list that cannot be audited must not be shown."""
    path = home.data / NAME
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    line = json.dumps(asdict(entry), ensure_ascii=False) + "\n"
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(handle, "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def read(home: Home) -> list[dict[str, Any]]:
    """Return all lines, oldest first; one that was cut off is left out."""
    path = home.data / NAME
    if not path.is_file():
        return []
    found = []
    for text in path.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return found


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
