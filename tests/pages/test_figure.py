"""A card says what is beyond chance, and why there is no figure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journey.answer import Answer, Change, Estimate, Measure, Period
from journey.formats import Formats
from journey.query import Query
from journey.ui.figure import figure

PERIOD = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
FORMATS = Formats("en-GB", "PLN")


def shown(measure: Measure, unit: str = "percent") -> dict[str, str]:
    return figure(Answer("a/b", PERIOD, measure=measure), None, FORMATS, unit=unit)


@pytest.mark.parametrize(
    ("moved", "arrow", "tone"),
    [(True, "down", "bad"), (False, "", "flat"), (None, "", "flat")],
)
def test_only_a_change_beyond_chance_has_an_arrow_and_a_colour(
    moved: bool | None, arrow: str, tone: str
) -> None:
    change = Change(-0.1, -0.2, moved=moved, good=False)
    card = shown(Measure(Estimate(0.4), Estimate(0.5), change))
    assert (card["arrow"], card["tone"]) == (arrow, tone)
    assert "10" in card["change"]
    assert card["was"] == "was 50.0%"


@pytest.mark.parametrize(
    ("target", "tone", "text"),
    [
        (0.55, "bad", "Target 55.0%: missed"),
        (0.35, "good", "Target 35.0%: met"),
        (0.41, "", "Target 41.0%"),
    ],
)
def test_a_target_is_coloured_only_where_the_interval_clears_it(
    target: float, tone: str, text: str
) -> None:
    query = Query("a/b", Path("b.sql"), "measure", "", "", "Rate", unit="percent",
                  better="higher")  # fmt: skip
    measure = Measure(Estimate(0.4, low=0.38, high=0.42))
    card = figure(Answer("a/b", PERIOD, measure=measure), query, FORMATS, target)
    assert (card["target"]["tone"], card["target"]["text"]) == (tone, text)
    assert card["target"]["tick"] > 0 and text in card["label"]


@pytest.mark.parametrize(
    ("units", "message"),
    [(0.0, "Nothing to count in these days and segments."),
     (12.0, "Too few for a figure: 12 counted, 30 needed.")],
)  # fmt: skip
def test_nothing_is_not_too_few(units: float, message: str) -> None:
    assert shown(Measure(Estimate(None, "too_few", units=units)))["message"] == message


def test_a_difference_says_what_it_is_the_difference_of() -> None:
    lift = Measure(Estimate(0.062, low=0.04, high=0.083, sides=(0.121, 0.059)))
    card = shown(lift, "percent_points")
    assert card["value"].startswith("+6.2")
    assert card["interval"].startswith("12.1% against 5.9%, ")
    assert "against" not in shown(Measure(Estimate(0.1, low=0.08, high=0.12)))["interval"]
