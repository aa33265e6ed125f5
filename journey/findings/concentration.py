"""Where a change concentrates: what each value of a segment column costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journey.answer import Change, Measure, Part
from journey.figures.scoped import Figures
from journey.findings import leaks
from journey.findings.revenue import measure_of
from journey.query import Query
from journey.scope import NOT_SET

ORDERS = (
    "conversion/conversion_rate", "conversion/checkout_completion",
    "conversion/viewers_who_buy",
)  # fmt: skip
"""Rates whose numerator counts orders."""


@dataclass(frozen=True)
class Loss:
    """What a value of a segment column lost against the days before (95% interval)."""

    label: str
    middle: float
    low: float
    high: float

    def worth(self, each: float) -> Loss:
        return Loss(self.label, self.middle * each, self.low * each, self.high * each)


def losses(parts: Sequence[Part]) -> list[Loss]:
    """Return what each value lost beyond chance, in units of the numerator, largest
    first. A value that got better, or that moved within chance, lost nothing."""
    found = [loss for part in parts if (loss := _lost(part, part.change)) is not None]
    return sorted(found, key=lambda loss: -loss.middle)


def gaps(parts: Sequence[Part]) -> list[Loss]:
    """Return what each value loses against all others, now; largest first.

    Only beyond chance. Values overlap in no unit, but their gaps are not summed: each
    is held against the others, low ones included.
    """
    found = [loss for part in parts if (loss := _lost(part, part.rest)) is not None]
    return sorted(found, key=lambda loss: -loss.middle)


def by_nature(column: str, unit: str | None) -> bool:
    """Whether the values of a column differ by what they are: small baskets are cheap."""
    return column in leaks.BY_NATURE or (column == "basket_band" and unit == "money")


def ranked(measure: Measure, unit: str | None = None) -> list[str]:
    """Return the columns of more than one value: those that carry most of a loss against
    the days before first, then those with the widest gap between their values.

    What a unit is worth is the same for every column, so this is the order of money.
    """

    def weight(column: str) -> float:
        return sum(loss.middle for loss in losses(measure.parts[column]))

    def gap(column: str) -> float:
        if by_nature(column, unit):
            return 0.0
        return max((loss.middle for loss in gaps(measure.parts[column])), default=0.0)

    def told(column: str) -> int:
        parts = [part for part in measure.parts[column] if part.label != NOT_SET]
        return sum(part.now.value is not None for part in parts)

    columns = [column for column, parts in measure.parts.items() if len(parts) > 1]
    # two values with a figure make a comparison, more of them no better one
    columns.sort(key=lambda c: (-weight(c), -gap(c), -min(2, told(c))))
    return columns or list(measure.parts)


def worth(figures: Figures, query: Query) -> float | None:
    """Return the net revenue that one more unit brings; None where it is not known."""
    return 1.0 if query.unit == "money" else worths(figures).get(query.name)


def worths(figures: Figures) -> Mapping[str, float | None]:
    """Return by measure what one more unit of its numerator brings."""
    order = measure_of(figures, "conversion/average_order")
    known = {step.name: step.worth for step in leaks.steps(figures)}
    return known | dict.fromkeys(ORDERS, order.now.value if order else None)


def _lost(part: Part, change: Change | None) -> Loss | None:
    now = part.now
    if change is None or change.good is not False or not change.moved:
        return None
    units = now.denominator if now.denominator is not None else 1.0
    ends = [abs(end) * units for end in (change.low, change.high) if end is not None]
    middle = abs(change.absolute) * units
    return Loss(part.label, middle, min(ends, default=middle), max(ends, default=middle))
