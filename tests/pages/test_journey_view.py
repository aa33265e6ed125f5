"""What the Journey page says where it has little to show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from journey.answer import Answer, Change, Estimate, Measure, Period
from journey.formats import Formats
from journey.query import Library, Query
from journey.scope import Scope
from journey.ui.journey_view import STAGES, quiet, unseen

NOW = Period(dt.date(2026, 10, 20), dt.date(2026, 11, 16))


class Shop:
    """Figures of a shop that knows only `connected`."""

    scope = Scope(NOW, NOW.before())
    formats = Formats("en-GB", "PLN")
    library = Library(
        {
            name: Query(name, Path(name), "measure", "", "", name, tags=())
            for name in STAGES.values()
        }
    )

    def __init__(
        self, *connected: str, before: float | None = None, now: float | None = 1
    ) -> None:
        self.connected, self.now = connected, now
        self.change = None if before is None else Change(1 - before, 1 / before - 1)

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        if name in self.connected:
            return Answer(
                name, NOW, measure=Measure(Estimate(self.now), change=self.change)
            )
        return Answer(name, NOW, absence="connect your shop")

    def glance(self, name: str, scope: Scope | None = None) -> Answer:
        return self.answer(name, scope)

    def splits(self, name: str) -> tuple[str, ...]:
        return ()

    def parts(self, *_: object, **__: object) -> pl.DataFrame:
        raise AssertionError("the text needs no parts")


def test_nothing_connected_is_not_nothing_got_worse() -> None:
    nobody_knows, rate = "No step of the journey can be counted yet", "advocacy/review_rate"
    assert quiet(Shop()).startswith(nobody_knows)
    assert quiet(Shop("conversion/orders", before=2)).startswith(nobody_knows)
    assert quiet(Shop(rate)).startswith("There is nothing before")
    assert quiet(Shop(rate, now=None)).startswith(nobody_knows), "its window is not over"
    assert quiet(Shop(rate, before=1)).startswith("No step that is counted got worse")
    assert quiet(Shop(*STAGES.values(), before=1)).startswith("No step got worse")
    assert unseen(Shop(rate)) == {"connect your shop": ["Product views", "Second order"]}
