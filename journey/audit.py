"""Who looked at lists of orders and tickets: append-only lines in data/audit.ndjson."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from journey import lines
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
    """What was done: seen, downloaded, or saved as a named group."""
    page: str
    """Path of the page."""
    scope: dict[str, Any]
    """Days and segments, as in the address."""
    list: str
    """The query that made the list, or the group."""
    count: int
    """Rows of it, or people in the group."""


def write(home: Home, entry: Entry) -> None:
    """Add one line. Raises OSError: a list that cannot be audited must not be shown."""
    lines.append(home.data / NAME, asdict(entry))


def read(home: Home) -> list[dict[str, Any]]:
    """Return all lines, oldest first; one that was cut off is left out."""
    return lines.read(home.data / NAME)


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
