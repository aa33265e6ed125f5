"""How long to wait before a call is made again."""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import random
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any

from journey.connector import Failure

FOREVER = 1e9
SLICE = 0.25
"""Seconds: Polars takes over how Ctrl+C arrives, and one long wait would not end."""
MOST = 120.0
"""Seconds; a source that asks for a longer wait ends the run as partial."""


def happens(event: threading.Event, seconds: float) -> bool:
    """Wait so long at most; return whether the event has happened."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        if event.wait(min(left, SLICE)):
            return True
    return event.is_set()


def all_happen(events: Iterable[threading.Event]) -> None:
    """Wait until all have happened; Ctrl+C ends the wait."""
    for event in events:
        while not event.wait(SLICE):
            pass


def asked(failure: Failure) -> float:
    """Return the seconds that `Retry-After` names, as a number or as a date."""
    value = failure.headers.get("retry-after", "").strip()
    if not value:
        return 0.0
    with contextlib.suppress(ValueError):
        return max(0.0, min(float(value), FOREVER))
    try:
        until = email.utils.parsedate_to_datetime(value)
        until = until.replace(tzinfo=until.tzinfo or dt.UTC)
        return max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return 0.0


def backoff(tried: int) -> float:
    """Return 1, 2, 4, 8 ... seconds, each with up to half of it more or less."""
    return float(min(30.0, 2.0 ** (tried - 1)) * random.uniform(0.5, 1.5))


def refill(answer: Mapping[str, Any]) -> float:
    """Return the seconds until a throttled GraphQL query can be paid for."""
    try:
        cost = (answer.get("extensions") or {}).get("cost") or {}
        status = cost.get("throttleStatus") or {}
        wanted = float(cost.get("requestedQueryCost") or 0)
        lacking = wanted - float(status.get("currentlyAvailable") or 0)
        rate = float(status.get("restoreRate") or 50)
    except (AttributeError, TypeError, ValueError):
        return 1.0
    return min(MOST, max(1.0, lacking / rate))


def is_stop(error: BaseException) -> bool:
    """Whether an error is Ctrl+C as DuckDB tells it, which hears it first: in a statement,
    or while a frame is handed over."""
    told = str(error)
    if type(error) is RuntimeError:
        return told == "Query interrupted"
    return told.endswith("failed: KeyboardInterrupt: ")
