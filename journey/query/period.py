"""Which days a figure can cover: data that are complete, windows that are over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal

from journey.answer import Period
from journey.scope import Scope

QUIET = dt.timedelta(days=7)
"""Days without a row after which a source is taken for one that was not there yet."""


@dataclass(frozen=True)
class Settled:
    """The scope whose periods a figure covers, and how they differ from those asked."""

    scope: Scope
    state: Literal["ready", "immature", "missing"] = "ready"
    through: dt.date | None = None
    """Last day complete in every mart read; None where nothing is known of it."""
    first: dt.date | None = None
    """First day that every mart read has."""
    cut: bool = False
    """Whether the last days were left out because they are not complete."""
    watched: int = 0
    """Days of the window, where the period lies earlier because of it."""
    ready_on: dt.date | None = None
    """When the period asked for will have had its whole window."""
    begins: bool = False
    """Whether the data begin inside the period."""
    unknown_before: bool = False
    """Whether the data begin after the period compared with, or it is not over."""
    ahead: bool = False
    """Whether the days compared with, or their windows, are not all over."""


def settle(
    scope: Scope,
    window: int,
    through: dt.date | None,
    first: dt.date | None,
    uneven: bool = False,
) -> Settled:
    """Return the days that a figure with this window can cover.

    Without a window the last incomplete days are cut, from both periods alike. With
    one, both periods move back until the whole window of their last day is complete.
    Where the marts begin on uneven days, orders before the first visit say nothing of
    visits: the period then begins where all of them do, unless that is only a few days.
    """
    if through is None:
        return Settled(scope, first=first)
    settled = Settled(scope, through=through, first=first)
    late = (scope.period.last - through).days + window
    if late > 0:
        settled = _moved(settled, window, late) if window else _cut(settled, late)
    if is_ahead(settled.scope.comparison, window, through):
        settled = replace(settled, unknown_before=True, ahead=True)
    return _begun(settled, uneven) if first and settled.state == "ready" else settled


def is_ahead(period: Period | None, window: int, through: dt.date | None) -> bool:
    """Return whether a period, or the window of its last day, ends after the data."""
    if period is None or through is None:
        return False
    return (period.last - through).days + window > 0


def shift(step: int, period: Period, through: dt.date | None) -> int:
    """Return by how many days a period lies earlier so that `step` days are over."""
    if through is None:
        return 0
    return max(0, (period.last - through).days + step)


def _cut(settled: Settled, days: int) -> Settled:
    scope = settled.scope
    if days >= scope.period.days:
        return replace(settled, state="missing")
    periods = [_shorter(p, days) for p in (scope.period, scope.comparison)]
    if periods[0] is None:
        return settled
    cut = replace(scope, period=periods[0], comparison=periods[1])
    return replace(settled, scope=cut, cut=True)


def _shorter(period: Period | None, days: int) -> Period | None:
    if period is None:
        return None
    return Period(period.first, period.last - dt.timedelta(days))


def _moved(settled: Settled, window: int, days: int) -> Settled:
    scope, asked = settled.scope, settled.scope.period
    moved = replace(
        scope,
        period=asked.shifted(-days),
        comparison=scope.comparison.shifted(-days) if scope.comparison else None,
    )
    return replace(
        settled, scope=moved, watched=window, ready_on=asked.last + dt.timedelta(window)
    )


def _begun(settled: Settled, uneven: bool) -> Settled:
    """Tell where the data begin inside or after the periods."""
    scope, first = settled.scope, settled.first
    if first is None:
        return settled
    if scope.period.last < first:
        if settled.watched:
            ready = first + dt.timedelta(settled.watched)
            return replace(settled, state="immature", ready_on=ready)
        return replace(settled, state="missing")
    if scope.period.first < first:
        settled = replace(settled, begins=True)
        if uneven and first - scope.period.first >= QUIET:
            period = Period(first, scope.period.last)
            settled = replace(settled, scope=replace(scope, period=period))
    if scope.comparison and scope.comparison.first < first:
        settled = replace(settled, unknown_before=True)
    return settled
