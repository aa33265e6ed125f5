"""What a load balancer and a monitor ask: whether there are figures, and how old."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from journey import data, disk, incident, kept
from journey.problem import JourneyError

LOG = logging.getLogger(__name__)
PATH = "/api/ready"
WARM = threading.Event()
"""Set once the usual questions of a first visit have been asked."""


def answer(request: Request) -> JSONResponse:
    """Answer 200 once warm while figures can be read, else 503; the body says why.

    No name of a source, a file or a person is in it: anybody may ask.
    """
    try:
        told = state()
    except Exception as error:  # a monitor must be told, whatever is broken
        told = {"ready": False, "reference": incident.note(LOG, error, "not ready")}
    return JSONResponse(told, 200 if told["ready"] else 503)


def state() -> dict[str, Any]:
    """Return what is asked for, ready for JSON; instants in UTC, ages in minutes."""
    now, about = data.newest(), _about()
    built, through = about.get("built_at"), about.get("data_through")
    room = disk.room(data.home())
    return {
        "ready": WARM.is_set() and bool(about),
        "warm": WARM.is_set(),
        "published": now is not None,
        "as_published": data.trouble() is None,
        "settings_fine": _settings_fine(),
        "data_through": through.isoformat() if through else None,
        "built_at": built.astimezone(dt.UTC).isoformat() if built else None,
        "age_minutes": _minutes_since(built),
        "refresh": _refresh(),
        "disk_free_mb": room // 1_000_000 if room is not None else None,
    }


def _refresh() -> dict[str, Any]:
    status = data.status()
    last = max((run.finished_at for run in status.runs), default=None)
    return {
        "running": status.running is not None,
        "cut_off": status.cut_off is not None,
        "failures": len(status.failures),
        "ended_at": last,
        "age_minutes": _minutes_since(dt.datetime.fromisoformat(last) if last else None),
    }


def _about() -> dict[str, Any]:
    """Return what the newest snapshot says of itself, read from its file just now."""
    now = data.newest()
    if now is None:
        return {}
    cursor = kept.reader(now).cursor()
    try:
        rows = cursor.sql("select built_at, data_through from published.snapshot").pl()
    finally:
        cursor.close()
    return rows.to_dicts()[0] if rows.height else {}


def _settings_fine() -> bool:
    try:
        data.settings()
    except JourneyError:
        return False
    return True


def _minutes_since(instant: dt.datetime | None) -> int | None:
    """Return whole minutes; none below zero, for the clock may have been set back."""
    if instant is None:
        return None
    return max(0, int((dt.datetime.now(dt.UTC) - instant).total_seconds() // 60))
