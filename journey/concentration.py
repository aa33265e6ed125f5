"""Where a change concentrates: what each value of a segment column costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journey import findings
from journey.answer import Change, Measure, Part
from journey.query import Query
from journey.revenue import measure_of
from journey.scope import NOT_SET
from journey.scoped import Figures

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

    def worth(figures: Figures, query: Query) -> float | None:
    """Return the net revenue that one more unit brings; None where it is not known."""
    return 1.0 if query.unit == "money" else worths(figures).get(query.name)


def worths(figures: Figures) -> Mapping[str, float | None]:
    """Return by measure what one more unit of its numerator brings."""
    order = measure_of(figures, "conversion/average_order")
    known = {step.name: step.worth for step in findings.steps(figures)}
    return known | dict.fromkeys(ORDERS, order.now.value if order else None)


def _lost(part: Part, change: Change | None) -> Loss | None:
    now = part.now
    if change is None or change.good is not False or not change.moved:
        return None
    units = now.denominator if now.denominator is not None else 1.0
    ends = [abs(end) * units for end in (change.low, change.high) if end is not None]
    middle = abs(change.absolute) * units
    return Loss(part.label, middle, min(ends, default=middle), max(ends, default=middle))
