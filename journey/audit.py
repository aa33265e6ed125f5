"""Who signed in, looked, listed and took away: append-only lines in data/app/audit.ndjson.

A line names the reader and what was done, and no customer. The file is turned over when
it is large and the oldest go, so that it never fills the disk.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import errno
import io
import logging
import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from journey import lines
from journey.home import Home
from journey.output.export import ACTIVE

LOG = logging.getLogger(__name__)
NAME = "audit.ndjson"
LARGE = 10_000_000
"""Bytes from which a new file is begun."""
OLDER = 9
"""Files kept beside the one that is written."""
WAITING = 1000
"""Looks at pages that may wait for the disk; more are dropped."""
NEEDED = 64_000
"""Bytes of the disk that a line, and what comes with it, may need."""
LONGEST = 500
"""Characters of a typed text that are kept."""

ACTIONS = ("sign in", "sign out", "page", "list", "export", "text", "share", "group")
"""What is written down: a page that was opened, a list of orders or tickets seen, a file
taken away, SQL typed, a link shared or revoked, a named group saved."""


@dataclass(frozen=True)
class Entry:
    """One thing that was done. It names the reader and no customer."""

    at: str
    """Instant in UTC."""
    who: str
    """The reader as the sign-in names them."""
    action: str
    """One of ACTIONS; "seen", "downloaded" and "saved" in lines of before."""
    page: str
    """Path of the page."""
    scope: dict[str, Any]
    """Days and segments, as in the address."""
    list: str
    """The query, group, typed text or link it is about."""
    count: int
    """Rows of it, or people in the group."""
    kind: str = ""
    """Kind of the file: csv, xlsx, pdf."""


def write(home: Home, entry: Entry) -> None:
    """Add one line. Raises OSError: a list that cannot be audited must not be shown.

    Where data/app/ may only be read, as on a shared volume, the line goes to the app's log.
    """
    try:
        _turn_over(home.app / NAME)
        lines.append(home.app / NAME, asdict(entry))
    except OSError as error:
        if error.errno != errno.EROFS:
            raise
        LOG.warning("audit %s", asdict(entry))


def refusal(home: Home) -> str:
    """Return why nothing can be written down now, as far as that is known beforehand; ""
    where it can."""
    try:
        places = (home.app / NAME, home.app, home.data, home.root)
        place = next(path for path in places if path.exists())
        room = os.statvfs(place)
    except OSError as error:
        return error.strerror or "the disk tells nothing"
    if room.f_flag & os.ST_RDONLY:
        return ""  # the line goes to the app's log
    if room.f_bavail * room.f_frsize < NEEDED:
        return "no space left on the disk"
    return "" if os.access(place, os.R_OK | os.W_OK) else os.strerror(errno.EACCES)


def write_later(home: Home, entry: Entry) -> None:
    """Add one line as soon as the disk has time, or not at all: no page waits for it."""
    if _LATER._work_queue.qsize() < WAITING:
        _LATER.submit(_try, home, entry)


def settle() -> None:
    """Wait until everything that was to be written later is."""
    _LATER.submit(int).result()


def again(entry: Entry, count: int) -> Entry:
    """Return an entry as of now."""
    return replace(entry, at=now(), count=count)


def read(home: Home) -> list[dict[str, Any]]:
    """Return all lines, oldest first; one that was cut off is left out."""
    found: list[dict[str, Any]] = []
    for path in (*reversed(_older(home.app / NAME)), home.app / NAME):
        found += lines.read(path)
    return found


def newest(home: Home, many: int, who: str = "") -> list[dict[str, Any]]:
    """Return the last lines, newest first, of one reader or of all."""
    found: list[dict[str, Any]] = []
    for path in (home.app / NAME, *_older(home.app / NAME)):
        mine = [line for line in lines.read(path) if who in ("", line.get("who"))]
        found += reversed(mine)
        if len(found) >= many:
            break
    return found[:many]


def to_csv(entries: Sequence[dict[str, Any]]) -> bytes:
    """Return lines as CSV with a header. A text that a spreadsheet would take for a
    formula begins with an apostrophe."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    columns = [field.name for field in fields(Entry)]
    writer.writerow(columns)
    for entry in entries:
        writer.writerow([_cell(entry.get(column, "")) for column in columns])
    return out.getvalue().encode("utf-8-sig")


def told(scope: Mapping[str, Any]) -> str:
    """Return a scope in one line: "from=2026-10-20 device=mobile,tablet"."""
    return " ".join(f"{key}={_joined(each)}" for key, each in scope.items())


def masked(text: str) -> str:
    """Return typed SQL without what may be a customer's: comments, texts, long numbers."""
    bare = re.sub(r"--[^\n]*|/\*.*?(\*/|$)", " ", text, flags=re.S)
    bare = re.sub(r"'(?:[^']|'')*('|$)|\$(\w*)\$.*?(\$\2\$|$)", "'…'", bare, flags=re.S)
    bare = re.sub(r"\S*@\S*|\d{3,}", "…", bare)
    return " ".join(bare.split())[:LONGEST]


def now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


def _try(home: Home, entry: Entry) -> None:
    with contextlib.suppress(OSError):
        write(home, entry)


def _turn_over(path: Path) -> None:
    """Begin a new file once this one is large, and drop the oldest."""
    if not path.is_file() or path.stat().st_size < LARGE:
        return
    with lines.alone(path):
        if path.stat().st_size >= LARGE:
            for number in range(OLDER, 1, -1):
                with contextlib.suppress(FileNotFoundError):
                    _numbered(path, number - 1).replace(_numbered(path, number))
            path.replace(_numbered(path, 1))


def _older(path: Path) -> list[Path]:
    """Return the files that were turned over, newest first."""
    return [_numbered(path, number) for number in range(1, OLDER + 1)]


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"audit.{number}.ndjson")


def _cell(value: Any) -> str:
    text = told(value) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(ACTIVE) else text


def _joined(value: Any) -> str:
    return ",".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


_LATER = ThreadPoolExecutor(1, "audit")
