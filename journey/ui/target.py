"""What an action of a page is about: a step, the segment of it, the days it covers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from journey import data, words
from journey.findings import leaks as search
from journey.findings.dropoff import Cell, Leak
from journey.formats import Formats
from journey.scope import Scope

FIRST = {
    "awareness": "consideration/product_view_rate",
    "consideration": "consideration/cart_to_detail",
    "conversion": "conversion/payment_completion",
    "retention": "retention/second_order_90_days",
    "advocacy": "advocacy/review_rate",
}
"""The step a stage's actions speak of while nothing there got worse."""


@dataclass(frozen=True)
class Target:
    """One step in one cell."""

    name: str
    """The query that measures the step."""
    title: str
    cell: Cell = ()

    def scope(self, scope: Scope) -> Scope:
        """Return the scope narrowed to the cell, on the days that the figure covers.

        A step with a long window is judged on earlier days than those chosen.
        """
        covered = data.glance(self.name, scope).period
        return replace(search.inside(scope, self.cell), period=covered, comparison=None)


def of_leak(leak: Leak, formats: Formats) -> Target:
    return Target(leak.step.name, search.title(leak, formats), leak.cell)


def of_stage(stage: str) -> Target | None:
    """Return the stage's own step; None where it has none or its file is missing."""
    name = FIRST.get(stage)
    query = data.query(name) if name else None
    if name is None or query is None:
        return None
    return Target(name, words.STEPS.get(name, query.title))
