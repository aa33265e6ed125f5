"""Days that move through the year: public holidays, gift days, Black Week, Easter."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Literal

from babel.core import get_global
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter as easter_of

MONDAY, THURSDAY, SUNDAY = 0, 3, 6
LAST = 0
"""Instead of a number: the last such weekday of the month."""
MOST = 60
"""Public holidays of a year; a country with more lists its Sundays among them."""
NOWHERE = (None, "", "ZZ", "001")
"""What a time zone without a country belongs to."""
SHORT = 8
"""Days of a season that stands for the public holidays inside it."""


@dataclass(frozen=True)
class Event:
    """Days that a year has and that may lie elsewhere in another year."""

    name: str
    first: dt.date
    last: dt.date
    kind: Literal["own", "season", "holiday"] = "own"
    """Of the shop's settings, of the trade, or a public holiday."""

    @property
    def key(self) -> str:
        """Return the name as it stands in an address: black-week."""
        return slug(self.name)

    @property
    def label(self) -> str:
        """Return "Black Week 2025"; a name that has its year already stays as it is."""
        year = str(self.first.year)
        return self.name if year in self.name else f"{self.name} {year}"


@lru_cache(10_000)
def slug(name: str) -> str:
    """Return a name in small letters and digits of any script, joined by "-"."""
    words = re.findall(r"[^\W_]+", re.sub(r"['’]", "", name.lower()))
    return "-".join(words)


def country_of(time_zone: str) -> str:
    """Return the country of a time zone, "" where it has none: UTC."""
    zones, aliases = get_global("zone_territories"), get_global("zone_aliases")
    found = zones.get(time_zone) or zones.get(aliases.get(time_zone, ""), "")
    return "" if found in NOWHERE else str(found)


@cache
def events(country: str, year: int) -> tuple[Event, ...]:
    """Return the events that begin in a year: seasons, then public holidays."""
    seasons = _seasons(country, year)
    short = [one for one in seasons if (one.last - one.first).days < SHORT]
    public = [
        one
        for one in _public(country, year)
        if not any(season.first <= one.first <= season.last for season in short)
    ]
    return (*seasons, *public)


def black_week(year: int) -> tuple[dt.date, dt.date]:
    """Return Monday to Cyber Monday around the fourth Thursday of November.

    The day after that Thursday is Black Friday, the Monday after it Cyber Monday.
    """
    thursday = weekday_of(year, 11, THURSDAY, 4)
    return thursday - dt.timedelta(3), thursday + dt.timedelta(4)


def easter(country: str, year: int) -> dt.date:
    """Return Easter Sunday as the country keeps it."""
    method = EASTER_ORTHODOX if country in ORTHODOX else EASTER_WESTERN
    found: dt.date = easter_of(year, method)
    return found


def weekday_of(year: int, month: int, weekday: int, number: int) -> dt.date:
    """Return the so-manieth weekday of a month, the last one for LAST."""
    first = dt.date(year, month, 1)
    days = (weekday - first.weekday()) % 7 + 7 * ((number or 5) - 1)
    found = first + dt.timedelta(days)
    return found if found.month == month else found - dt.timedelta(7)


Rule = Callable[[int, dt.date], dt.date]
"""Year and Easter Sunday -> the day."""


def _on(month: int, day: int) -> Rule:
    return lambda year, _: dt.date(year, month, day)


def _nth(month: int, number: int) -> Rule:
    return lambda year, _: weekday_of(year, month, SUNDAY, number)


def _after_easter(days: int) -> Rule:
    return lambda _, sunday: sunday + dt.timedelta(days)


def _french(year: int, sunday: dt.date) -> dt.date:
    """The last Sunday of May, a week later where that is Pentecost (code de l'action
    sociale, article D215-1)."""
    day = weekday_of(year, 5, SUNDAY, LAST)
    return day + dt.timedelta(7) if day == sunday + dt.timedelta(49) else day


def _each(rules: Mapping[str, Rule]) -> Mapping[str, Rule]:
    """Return country -> rule of "PL CZ" -> rule."""
    return MappingProxyType({c: rule for many, rule in rules.items() for c in many.split()})


ORTHODOX = frozenset({"BG", "BY", "CY", "GE", "GR", "MD", "ME", "MK", "RO", "RS", "UA"})
MOTHERS = _each(
    {
        "PL": _on(5, 26),
        "ES HU LT PT RO": _nth(5, 1),
        "AT AU BE BR CA CH CZ DE DK EE FI GR HR IT LV NL NZ SK UA US": _nth(5, 2),
        "SE": _nth(5, LAST),
        "FR": _french,
        "GB IE": _after_easter(-21),
        "NO": _nth(2, 2),
    }
)
FATHERS = _each(
    {
        "PL": _on(6, 23),
        "CA CZ FR GB IE NL SK UA US": _nth(6, 3),
        "AT BE": _nth(6, 2),
        "DE": _after_easter(39),
        "ES HR IT PT": _on(3, 19),
        "EE FI NO SE": _nth(11, 2),
    }
)
CHILDREN = _each({"BG CZ EE LT LV PL RO SK UA": _on(6, 1)})
WOMEN = _each({"BG CZ DE EE HU IT LT LV PL RO SK UA": _on(3, 8)})
NICHOLAS = _each({"AT BE CH CZ DE HR HU LU PL SI SK": _on(12, 6), "NL": _on(12, 5)})
GIFTS: Mapping[str, Mapping[str, Rule]] = MappingProxyType(
    {
        "Mother's Day": MOTHERS,
        "Father's Day": FATHERS,
        "Children's Day": CHILDREN,
        "Women's Day": WOMEN,
        "St Nicholas": NICHOLAS,
    }
)


def _seasons(country: str, year: int) -> list[Event]:
    """Return what shops plan for, the weightiest first."""
    sunday, day = easter(country, year), dt.timedelta(1)
    gifts = {
        name: rules[country](year, sunday)
        for name, rules in GIFTS.items()
        if country in rules
    }
    return [
        Event("Black Week", *black_week(year), "season"),
        Event("Christmas run-up", dt.date(year, 12, 1), dt.date(year, 12, 23), "season"),
        Event("Easter", sunday - 2 * day, sunday + day, "season"),
        Event("Christmas", dt.date(year, 12, 24), dt.date(year, 12, 26), "season"),
        *(Event(name, one, one, "season") for name, one in gifts.items()),
        Event("Valentine's Day", dt.date(year, 2, 14), dt.date(year, 2, 14), "season"),
    ]


def _public(country: str, year: int) -> list[Event]:
    """Return the public holidays of a country; none where nobody lists them.

    Days of one name that follow each other are one event.
    """
    import holidays  # a tenth of a second that only who looks at a calendar needs

    try:
        known = holidays.country_holidays(country, years=year, language="en_US")
    except NotImplementedError:
        return []
    days = sorted((_plain(name), day) for day, names in known.items()
                  for name in names.split("; "))  # fmt: skip
    if len(days) > MOST:
        days = [(name, day) for name, day in days if name != "Sunday"]
    found: list[Event] = []
    for name, day in days:
        last = found[-1] if found else None
        if last and last.name == name and (day - last.last).days == 1:
            found[-1] = Event(name, last.first, day, "holiday")
        elif name:
            found.append(Event(name, day, day, "holiday"))
    return sorted(found, key=lambda event: event.first)


def _plain(name: str) -> str:
    """Return a name without "(observed)" and the like."""
    return re.sub(r"\s*\([^)]*\)", "", name).strip()
