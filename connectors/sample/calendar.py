"""The sample shop's days: which, how busy, and what the clock says in Warsaw."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")
DAY = 86_400
HOUR = 3_600
OPENS, OPEN_MINUTES, OPEN_DAYS = 8 * 60, 12 * 60, 6
"""When the service works: from minute of the day, minutes a day, days from Monday."""
NEVER = -1
"""An instant that does not exist."""

WEEKDAYS = np.array([1.07, 1.02, 1.0, 0.99, 0.93, 0.92, 1.07])
MONTHS = np.array([0.93, 0.92, 0.98, 1.02, 1.05, 1.03, 0.98, 0.97, 1.0, 1.02, 1.03, 1.07])
HOURS = np.array(
    [
        14,
        7,
        4,
        3,
        3,
        5,
        14,
        26,
        38,
        48,
        54,
        56,
        57,
        56,
        55,
        55,
        57,
        62,
        70,
        80,
        86,
        80,
        58,
        30,
    ]
)


@dataclass(frozen=True)
class Calendar:
    """Whole local days from `first` to `last`."""

    first: dt.date
    last: dt.date
    visits: Array
    """Relative number of visits, one per day."""
    buying: Array
    """Factor on the share of lookers who fill a cart, one per day."""
    offsets: Array
    """Seconds from UTC to local time, days x 24 hours."""

    @property
    def days(self) -> int:
        """Number of days."""
        return len(self.visits)

    @property
    def now(self) -> int:
        """UTC second at which the last day ends; nothing later is known."""
        end = dt.datetime.combine(self.last + dt.timedelta(1), dt.time(), WARSAW)
        return int(end.timestamp()) - 1

    @property
    def dates(self) -> list[dt.date]:
        """Every day, in order."""
        return [self.first + dt.timedelta(i) for i in range(self.days)]

    def instants(self, day: Array, second: Array) -> Array:
        """Return UTC seconds of local `second`s of `day`s (0 is the first day)."""
        epoch = (self.first - dt.date(1970, 1, 1)).days
        local = (epoch + day.astype(np.int64)) * DAY + second.astype(np.int64)
        moments: Array = local - self.offsets[day, second // HOUR]
        return moments

    def office_minutes(self, first: Array, last: Array) -> Array:
        """Return the minutes of service between instants: 8 to 20, Monday to Saturday."""
        minutes: Array = self._worked(last) - self._worked(first)
        return minutes

    def _worked(self, instant: Array) -> Array:
        day = np.clip(self.days_of(instant), 0, self.days - 1)
        local = instant + self.offsets[day, 12]
        # the first of January 1970 was a Thursday
        week, weekday = np.divmod(local // DAY + 3, 7)
        today = np.clip(local % DAY / 60 - OPENS, 0, OPEN_MINUTES) * (weekday < OPEN_DAYS)
        before = week * OPEN_DAYS + np.minimum(weekday, OPEN_DAYS)
        minutes: Array = np.round(before * OPEN_MINUTES + today, 1)
        return minutes

    def days_of(self, instant: Array) -> Array:
        """Return the local day number of UTC seconds, for days of the calendar."""
        starts = self.instants(np.arange(self.days), np.zeros(self.days, np.int64))
        days: Array = np.searchsorted(starts, instant, side="right") - 1
        return days


def make_calendar(last: dt.date, months: int) -> Calendar:
    """Return `months` months of days that end with `last`."""
    first = _months_before(last, months)
    dates = [first + dt.timedelta(i) for i in range((last - first).days + 1)]
    visits = np.array([_busy(day) * (1 + 0.05 * i / 365) for i, day in enumerate(dates)])
    buying = np.array([1.22 if _black_week(day) else 1.0 for day in dates])
    return Calendar(first, last, visits, buying, np.array([_offsets(d) for d in dates]))


def _months_before(last: dt.date, months: int) -> dt.date:
    """Return the day after the same day of the month `months` earlier."""
    number = last.year * 12 + last.month - 1 - months
    year, month = divmod(number, 12)
    month_end = dt.date(year + month // 11, (month + 1) % 12 + 1, 1) - dt.timedelta(1)
    return dt.date(year, month + 1, min(last.day, month_end.day)) + dt.timedelta(1)


def _busy(day: dt.date) -> float:
    """Return how busy a day is; 1 is an ordinary one."""
    middle = (day.day - 15) / 30
    nearby = MONTHS[(day.month - 1 + (1 if middle > 0 else -1)) % 12]
    month = MONTHS[day.month - 1] * (1 - abs(middle)) + nearby * abs(middle)
    factor = float(WEEKDAYS[day.weekday()] * month)
    if _black_week(day):
        factor *= 2.0 if day.weekday() in (4, 5, 6) else 1.5
    if day.month == 12:
        factor *= 1.18 if 1 <= day.day <= 18 else 0.72
        factor *= 0.55 if day.day in (24, 25, 26, 31) else 1.0
    return factor * (0.6 if (day.month, day.day) in CLOSED else 1.0)


CLOSED = {(1, 1), (5, 1), (5, 3), (8, 15), (11, 1)}
"""Fixed holidays on which people do something else."""


def _black_week(day: dt.date) -> bool:
    """Return whether the day lies in the week of Black Friday, Monday to Sunday."""
    thursday = 22 + (3 - dt.date(day.year, 11, 22).weekday()) % 7
    friday = dt.date(day.year, 11, thursday) + dt.timedelta(1)
    return friday - dt.timedelta(4) <= day <= friday + dt.timedelta(2)


def _offsets(day: dt.date) -> list[int]:
    return [
        int(moment.utcoffset().total_seconds())  # type: ignore[union-attr]
        for hour in range(24)
        for moment in (dt.datetime.combine(day, dt.time(hour), WARSAW),)
    ]
