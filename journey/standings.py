"""Orders whose status nobody has explained: they count nowhere, and this says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from journey.figures.scoped import Figures
from journey.formats import Formats
from journey.problem import Problem

COUNTS = "data/order_statuses"
NAMED = 3
"""Statuses that one sentence names; the rest is counted."""


@dataclass(frozen=True)
class Unexplained:
    """A status, or the lack of one, that no line of the settings explains."""

    source: str
    status: str | None
    orders: int

    def found(self, formats: Formats) -> str:
        """Return "6,919 orders have no status and count nowhere"."""
        many, orders = self.orders != 1, formats.counted(self.orders, "order")
        if not self.status:
            have, counted = ("have", "count") if many else ("has", "counts")
            return f"{orders} {have} no status and {counted} nowhere"
        verb = "count" if many else "counts"
        return f"status {self.status} is not listed: {orders} {verb} nowhere"

    @property
    def fix(self) -> str:
        """Return what the operator writes, and where."""
        if not self.status:
            return (
                "map status to a column of the source, or add status = \"'paid'\" to "
                "the mapping if all of them count"
            )
        return "say in [order_statuses] of journey.toml whether it counts, waits or is lost"

    def problem(self, formats: Formats) -> Problem:
        return Problem(
            f"source {self.source}, sales_order", self.found(formats),
            "a status that journey.toml or the product explains", self.fix,
        )  # fmt: skip


def unexplained(rows: Iterable[tuple[Any, ...]]) -> list[Unexplained]:
    """Return what rows of (source, status, standing, orders) leave out, most first."""
    found = [Unexplained(s, status, int(n)) for s, status, standing, n in rows
             if standing == "unknown"]  # fmt: skip
    return sorted(found, key=lambda item: (-item.orders, item.status or ""))


def told(found: list[Unexplained], formats: Formats) -> list[str]:
    """Return one sentence a status, without a person to address: what and what to do."""
    sentences = [f"{item.found(formats)}: {item.fix}." for item in found[:NAMED]]
    more = sum(item.orders for item in found[NAMED:])
    if more:
        sentences.append(
            f"Other statuses of {formats.counted(more, 'order')} are not listed."
        )
    return [text[0].upper() + text[1:] for text in sentences]


def of_figures(figures: Figures) -> list[str]:
    """Return the sentences for what is published; none where the reader may not know."""
    if COUNTS not in figures.library.queries:
        return []
    everything = replace(figures.scope, where=(), segment=None)
    rows = figures.answer(COUNTS, everything).frame
    columns = ["source", "status", "standing", "orders"]
    if rows is None or not set(columns) <= set(rows.columns):
        return []
    return told(unexplained(rows.select(columns).rows()), figures.formats)
