"""The shop's calendar: its own events, those of the trade, public holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from journey.answer import Period
from journey.days import seasons
from journey.days.seasons import Event

OFFERED = 3
"""Events that a reader may choose from at once."""
KINDS = ("own", "season", "holiday")
"""Which are offered first."""
BACK = 3
"""Years in which the event before this one is looked for."""
LONGEST = 120
"""Days of a period from which one event in it says nothing of the whole."""
YEARS = (1900, 2199)
"""First and last year that days of a shop may have."""


@dataclass(frozen=True)
class Aligned:
    """A period laid onto an event of an earlier year."""

    period: Period
    """The days compared with: as many, the event's first days on each other."""
    event: Event
    """The earlier event."""


@dataclass(frozen=True)
class Calendar:
    """Events of a country, and the shop's own, which stand for those of their name."""

    country: str = ""
    own: tuple[Event, ...] = ()

    def within(self, period: Period) -> tuple[Event, ...]:
        """Return the events with a day in the period, by their first day."""
        found = [one for one in self._known(period) if _meets(one, period)]
        return tuple(sorted(found, key=lambda one: (one.first, one.last)))

    def offered(self, period: Period) -> tuple[Event, ...]:
        """Return the events of the period that an earlier year has too, the weightiest
        first, at most `OFFERED`; of those that lead to the same days the first."""
        if period.days > LONGEST:
            return ()
        ways: dict[Period, Event] = {}
        known = {one.key: one for one in self._known(period) if _meets(one, period)}
        for one in sorted(known.values(), key=lambda one: KINDS.index(one.kind)):
            if laid := self.aligned(one.key, period):
                ways.setdefault(laid.period, one)
        return tuple(ways.values())[:OFFERED]

    def aligned(self, key: str, period: Period) -> Aligned | None:
        """Return the period moved back so that an event in it meets the one before.

        None where the period has no day of such an event, no earlier one is known, or
        both periods would overlap.
        """
        all_of_it = sorted(
            (one for one in self._known(period) if one.key == key), key=lambda o: o.first
        )
        here = [number for number, one in enumerate(all_of_it) if _meets(one, period)]
        if not here or here[-1] == 0:
            return None
        now, then = all_of_it[here[-1]], all_of_it[here[-1] - 1]
        days = (now.first - then.first).days
        if days < period.days:
            return None
        return Aligned(period.shifted(-days), then)

    def named(self, key: str, near: dt.date) -> Event | None:
        """Return an event by its key, one of the years around a day."""
        around = Period(near, near)
        return next((one for one in self._known(around) if one.key == key), None)

    def keys(self, near: dt.date) -> tuple[str, ...]:
        """Return the keys of the events of the years around a day."""
        return tuple(dict.fromkeys(one.key for one in self._known(Period(near, near))))

    def _known(self, period: Period) -> Iterator[Event]:
        """Return the events of the period and of the years before it, weightiest first."""
        mine = {one.key for one in self.own}
        yield from self.own
        first = max(period.first.year - BACK, YEARS[0])
        for year in range(first, min(period.last.year, YEARS[1]) + 1):
            for one in seasons.events(self.country, year):
                if one.key not in mine:
                    yield one


def of(country: str, time_zone: str, own: Iterable[Event] = ()) -> Calendar:
    """Return the calendar of a country, that of the time zone where none is named."""
    return Calendar(country or seasons.country_of(time_zone), tuple(own))


def _meets(event: Event, period: Period) -> bool:
    return event.first <= period.last and event.last >= period.first
