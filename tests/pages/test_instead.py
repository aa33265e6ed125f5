"""What they did instead: told per step, never half, never the sum of what is withheld."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from journey.answer import Answer, Period
from journey.formats import Formats
from journey.query import load
from journey.ui import instead

QUERIES = load([Path(__file__).resolve().parents[2] / "queries"]).queries
DAYS = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))


def test_every_step_of_visits_has_a_file() -> None:
    steps = {query.name for query in QUERIES.values() if "step" in query.tags}
    assert steps <= set(instead.FILES)
    assert set(instead.FILES.values()) <= set(QUERIES)


def test_a_withheld_row_takes_the_sum_with_it() -> None:
    rows = pl.DataFrame({"instead": ["left", "asked"], "visits": [40, 12]})
    assert instead.told(rows, Formats()) == "52 visits stopped here:"
    hidden = pl.DataFrame({"instead": ["left", "asked"], "visits": [40, None]})
    assert "52" not in instead.told(hidden, Formats())
    assert "40" not in instead.told(hidden, Formats())


def test_totals_without_visits_are_told_as_such() -> None:
    nothing = Answer("data/instead_of_purchase", DAYS, absence="connect web analytics")
    assert "cannot be told" in instead.absence(nothing)
    assert instead.absence(Answer("a", DAYS)).startswith("Nobody stopped here")


def test_words_are_those_of_the_screen() -> None:
    rows = instead.named(pl.DataFrame({"instead": ["came back", "new word"]}))
    assert rows["instead"].to_list() == ["Came back, no order", "new word"]


def test_pages_of_a_step_are_shown_and_those_of_others_are_not() -> None:
    rows = pl.DataFrame(
        {
            "step": ["purchase", "cart"], "page": ["/cart", "/size"], "visits": [40, 9],
            "share": [1.0, 1.0], "told": [40, 9],
        }
    )  # fmt: skip
    found = instead.pages(rows, "purchase")
    assert found is not None and found.rows() == [("/cart", 40, 1.0)]
    assert instead.pages(rows, "checkout") is None
    assert instead.pages(None, "purchase") is None
