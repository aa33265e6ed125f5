"""What a period is held against: named in words, and several ways beside each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from journey import scope as scopes
from journey.answer import Answer, Change, Estimate, Period
from journey.days.calendar import Calendar
from journey.days.seasons import Event
from journey.formats import NO_BREAK, NOTHING, Formats
from journey.query import Query
from journey.scope import Scope

TARGET = "target"
"""The key of the row that holds a figure against its target."""
CHANCE = {True: "yes", False: "may be chance", None: NOTHING}
"""Whether a change is beyond chance, in words."""


def words(scope: Scope, formats: Formats) -> str:
    """Return "against the 28 days before", "against Black Week 2025, 24 Nov – 1 Dec";
    "" where nothing is compared. Days that are in both periods are told."""
    then = scope.comparison
    if then is None:
        return ""
    return f"against {_named(scope, then, formats)}{_shared(scope.period, then, formats)}"


def _named(scope: Scope, then: Period, formats: Formats) -> str:
    if scope.event is not None:
        return f"{_around(then, scope.event)}, {_short(then, formats)}"
    if then == scope.period.before():
        days = scope.period.days
        return "the day before" if days == 1 else f"the {formats.days(days)} before"
    if then == scope.period.year_before():
        return "the same weekdays a year before"
    return formats.day_range(then.first, then.last)


def _shared(now: Period, then: Period, formats: Formats) -> str:
    """Return ", 5 days are in both"; what two periods share cannot have changed."""
    days = (min(now.last, then.last) - max(now.first, then.first)).days + 1
    if days < 1:
        return ""
    return f", {formats.days(days)} {'is' if days == 1 else 'are'} in both"


def _around(then: Period, event: Event) -> str:
    """Return how the days lie to an event: it itself, some of it, or around it."""
    if then == Period(event.first, event.last):
        return event.label
    if event.first <= then.first and then.last <= event.last:
        return f"the same days of {event.label}"
    return f"the days around {event.label}"


def _short(days: Period, formats: Formats) -> str:
    """Return "24 Nov – 1 Dec": the event beside it has its year."""
    if days.first == days.last:
        return formats.short_date(days.first)
    return f"{formats.short_date(days.first)} – {formats.short_date(days.last)}"


def title(key: str, event: Event | None = None) -> str:
    """Return what a comparison is called in a choice."""
    known = {
        "previous": "The days before", "year": "Last year, same weekdays",
        "none": "Nothing", "day": "From a day", TARGET: "Target",
    }  # fmt: skip
    if event is not None:
        return event.label
    return known.get(key, key)


def ways(scope: Scope, calendar: Calendar) -> tuple[str, ...]:
    """Return the names of the comparisons that a period has: the one chosen first."""
    chosen = scopes.compared(scope)
    offered = [event.key for event in calendar.offered(scope.period)]
    found = dict.fromkeys((chosen, "previous", "year", *offered))
    return tuple(key for key in found if key != "none")


@dataclass(frozen=True)
class Row:
    """A figure held against one thing: earlier days, or its target."""

    key: str
    """previous, year, the key of an event, a first day, or target."""
    title: str
    days: Period | None = None
    """The days compared with; None of a target."""
    then: Estimate | None = None
    change: Change | None = None
    covered: int = 0
    """Of those days, how many the data have."""


@dataclass(frozen=True)
class Against:
    """A figure beside everything it is held against."""

    now: Answer
    query: Query
    rows: tuple[Row, ...] = ()


def against(
    ask: Callable[[Scope], Answer],
    query: Query,
    scope: Scope,
    keys: Sequence[str],
    calendar: Calendar,
    begins: Callable[[Sequence[str]], dt.date | None],
    target: float | None = None,
) -> Against:
    """Return one figure held against several earlier periods, and its target.

    `ask` answers the query in a scope, `begins` tells the first day of the marts it
    reads. A comparison that leads to the days of one before it stands in its row; one whose
    figure covers other days than those chosen is not laid on an event.
    Raises JourneyError for a name that means nothing for these days.
    """
    now = ask(scope)
    rows = _periods(ask, scope, keys, calendar, begins)
    if target is not None and now.measure is not None:
        change = to_target(now.measure.now, target, query.better)
        rows.append(Row(TARGET, title(TARGET), None, Estimate(target), change))
    return Against(now, query, tuple(rows))


def _periods(
    ask: Callable[[Scope], Answer],
    scope: Scope,
    keys: Sequence[str],
    calendar: Calendar,
    begins: Callable[[Sequence[str]], dt.date | None],
) -> list[Row]:
    found: dict[Period, Row] = {}
    for key in keys:
        then, event = scopes.against(key, scope.period, calendar)
        if then is None:
            continue
        answer = ask(replace(scope, comparison=then, event=event))
        days = answer.compared
        is_moved = answer.period.first != scope.period.first
        if answer.measure is None or days is None or (event and is_moved):
            continue
        if days in found:
            both = f"{found[days].title}, {title(key, event)}"
            found[days] = replace(found[days], title=both if event else found[days].title)
            continue
        first = begins(answer.reads)
        late = max(0, (first - days.first).days) if first else 0
        if answer.complete_through:
            late += max(0, (days.last - answer.complete_through).days)
        found[days] = Row(
            key, title(key, event) if not _is_day(key) else "", days,
            answer.measure.before, answer.measure.change, max(0, days.days - late),
        )  # fmt: skip
    return list(found.values())


def is_met(now: Estimate, target: float, better: str) -> bool | None:
    """Return whether a figure meets its target; None where its 95% interval does not
    clear it, or where neither direction is the better one."""
    change = to_target(now, target, better)
    return change.good if change and change.moved else None


def to_target(now: Estimate, target: float, better: str) -> Change | None:
    """Return how far a figure is from its target; its interval is that of the figure.

    Met or missed is only told (`moved`) where the interval clears the target.
    """
    if now.value is None:
        return None
    gap = now.value - target
    low = None if now.low is None else now.low - target
    high = None if now.high is None else now.high - target
    moved = None if low is None or high is None else not low <= 0 <= high
    good = None
    if better != "neither" and gap:
        good = (gap > 0) == (better == "higher")
    return Change(gap, gap / target if target else None, low, high, moved, good)


def named(row: Row, formats: Formats) -> str:
    """Return what a row is called: a first day as the locale writes it."""
    return row.title or (f"From {formats.short_date(row.days.first)}" if row.days else "")


def spread(change: Change | None, then: Estimate | None, unit: str, formats: Formats
           ) -> str:  # fmt: skip
    """Return the 95% interval of a change in the unit that the change is told in."""
    if change is None or change.low is None or change.high is None:
        return ""
    of = then.value if then and then.value else None
    ends = [
        formats.difference(end, end / of if of and change.relative is not None else None,
                           unit)
        for end in (change.low, change.high)
    ]  # fmt: skip
    mark = f"{NO_BREAK}p.p."
    if all(end.endswith(mark) for end in ends):
        ends[0] = ends[0].removesuffix(mark)
    return " to ".join(ends)


def covered(row: Row, formats: Formats) -> str:
    """Return "28 of 28": the days with data; "" of a target."""
    if row.days is None:
        return ""
    return f"{formats.number(row.covered)} of {formats.number(row.days.days)}"


def days_of(row: Row, formats: Formats) -> str:
    """Return the days compared with: 5 Nov – 2 Dec 2025."""
    return formats.day_range(row.days.first, row.days.last) if row.days else ""


def beyond(row: Row) -> str:
    """Return whether a row's change is beyond chance; of a target, whether it is met."""
    change = row.change
    if change is None:
        return NOTHING
    if row.key != TARGET:
        return CHANCE[change.moved]
    if change.moved is None or change.good is None:
        return NOTHING
    if not change.moved:
        return f"too{NO_BREAK}close to tell"
    return "met" if change.good else "missed"


def _is_day(key: str) -> bool:
    try:
        dt.date.fromisoformat(key)
    except ValueError:
        return False
    return True
