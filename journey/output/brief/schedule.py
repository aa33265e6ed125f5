"""When the brief goes out, to whom and with whose rows: [brief] of journey.toml."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from typing import Any

from journey.problem import near

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LATE = dt.timedelta(hours=24)
"""How long after its time a brief still goes out, as where the machine slept."""
SECRET = re.compile(r"env:\w+")
PERIODS = (7, 28)
USUAL_DAYS = 28
"""Days that a small shop lengthens by itself, as in the app."""
Report = Callable[[str, str, str, str], None]
"""Takes key, what was found, what was expected and what to do."""


@dataclass(frozen=True)
class Schedule:
    """What [brief] says."""

    to: tuple[str, ...] = ()
    """Names of secrets that hold addresses: env:BRIEF_MAIL."""
    day: str = "Monday"
    time: str = "07:00"
    """When it goes out, in the reporting time zone."""
    role: str = ""
    """Role of journey.toml whose rows it is about; empty: all rows."""
    days: int = USUAL_DAYS
    """Days it is about: 7 or 28."""


def read(raw: Mapping[str, Any], roles: Collection[str], report: Report) -> Schedule:
    """Return the schedule of a table; what is wrong goes to `report` and is left out.

    An address that is written out is a secret in a file: it is refused, and not repeated.
    """
    known = [field.name for field in fields(Schedule)]
    for key in raw:
        if key not in known:
            report(key, f'unknown key "{key}" in [brief]', near(key, known),
                   "correct the name or take the line out")  # fmt: skip
    given = {key: raw[key] for key in known if key in raw}
    to = given.get("to", [])
    if not isinstance(to, list) or not all(_is_name(one) for one in to):
        report("to", "an address that is no name of a secret", 'to = ["env:BRIEF_MAIL"]',
               "put the address into an environment variable and name that")  # fmt: skip
        to = []
    checks: tuple[tuple[str, Callable[[Any], bool], str], ...] = (
        ("day", lambda v: v in DAYS, f"one of {', '.join(DAYS)}"),
        ("time", _is_time, 'a time like "07:00"'),
        ("role", lambda v: v in roles, near(str(given.get("role")), roles) if roles
         else "a table [roles.<name>]"),
        ("days", lambda v: v in PERIODS and v is not True, "7 or 28"),
    )  # fmt: skip
    good = {}
    for key, fits, expected in checks:
        if key in given and fits(given[key]):
            good[key] = given[key]
        elif key in given:
            report(key, f"{key} = {given[key]!r}", expected, f"correct {key} in [brief]")
    return Schedule(tuple(to), **good)


def _is_name(one: object) -> bool:
    return isinstance(one, str) and SECRET.fullmatch(one) is not None


def _is_time(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value))


def due(schedule: Schedule, now: dt.datetime) -> str | None:
    """Return the week whose brief is due now, None where none is.

    `now`: an instant in the reporting time zone.
    """
    if not schedule.to:
        return None
    back = (now.weekday() - DAYS.index(schedule.day)) % 7
    hour, minute = map(int, schedule.time.split(":"))
    for days in (back, back + 7):
        day = now.date() - dt.timedelta(days)
        at = dt.datetime.combine(day, dt.time(hour, minute), now.tzinfo)
        if dt.timedelta(0) <= now - at < LATE:
            return week(day)
    return None


def week(day: dt.date) -> str:
    """Return the ISO week of a day: 2026-W47."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"
