"""Which address has had the brief of which week: data/brief.json."""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from journey.home import Home

NAME = "brief.json"
KEPT = 60
"""Weeks that are remembered, more than a year."""
PAUSE = dt.timedelta(hours=1)
"""How long an address that failed is left alone before a timed brief tries it again."""

State = dict[str, dict[str, dict[str, str]]]
"""Week -> key of an address -> "sent" and "failed", instants in UTC."""


def begin(home: Home, week: str, key: str, again: bool = False) -> bool:
    """Note that a delivery begins; whether it may: once a week, unless `again`.

    It counts as made from the beginning, so that a process that dies half way sends no
    second one.
    """
    with _state(home) as state:
        mine = state.setdefault(week, {}).setdefault(key, {})
        if "sent" in mine and not again:
            return False
        mine["sent"] = _now().isoformat(timespec="seconds")
        return True


def failed(home: Home, week: str, key: str) -> None:
    """Note that a delivery did not arrive, so that it may be tried again."""
    with _state(home) as state:
        mine = state.setdefault(week, {}).setdefault(key, {})
        mine.pop("sent", None)
        mine["failed"] = _now().isoformat(timespec="seconds")


def waiting(home: Home, week: str, key: str) -> bool:
    """Whether an address still waits for the brief of a week, and may be tried now."""
    with _state(home) as state:
        mine = state.get(week, {}).get(key, {})
    if "sent" in mine:
        return False
    if "failed" not in mine:
        return True
    return _now() - dt.datetime.fromisoformat(mine["failed"]) >= PAUSE


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@contextmanager
def _state(home: Home) -> Iterator[State]:
    """Read the file, let it be changed, write it back; one process at a time."""
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home.data / NAME
    descriptor = os.open(home.data / f"{NAME}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        state = _read(path.read_text("utf-8")) if path.is_file() else {}
        before = json.dumps(state)
        yield state
        kept = dict(sorted(state.items())[-KEPT:])
        if json.dumps(kept) != before:
            fresh = path.with_name(f"{NAME}.tmp")
            fresh.write_text(json.dumps(kept, indent=1), "utf-8")
            fresh.chmod(0o600)
            fresh.replace(path)
    finally:
        os.close(descriptor)


def _read(text: str) -> State:
    """Return what a file says; one that cannot be read says nothing."""
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        week: {k: v for k, v in keys.items() if isinstance(v, dict)}
        for week, keys in found.items()
        if isinstance(keys, dict)
    }
