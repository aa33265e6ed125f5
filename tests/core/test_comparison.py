"""A figure beside everything it is held against, in words and numbers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journey import scope as scopes
from journey.answer import Answer, Change, Estimate, Measure, Period
from journey.days import comparison
from journey.days.calendar import Calendar
from journey.days.comparison import Row
from journey.formats import Formats
from journey.query import Query
from journey.scope import Scope

day = dt.date.fromisoformat
FORMATS = Formats()
POLAND = Calendar("PL")
RATE = Query("a/b", Path("b.sql"), "measure", "", "", "Rate", unit="percent",
             better="higher")  # fmt: skip
WEEK = Period(day("2025-11-24"), day("2025-12-01"))


def scope(word: str, period: Period = WEEK) -> Scope:
    return scopes.parse({"compare": [word]}, Scope(period, period.before()), POLAND)


def answered(asked: Scope) -> Answer:
    """A shop whose data begin on 1 Nov 2025 and whose rate is 2% now, 3% before."""
    begun = asked.comparison is not None and asked.comparison.first >= day("2025-11-01")
    before = Estimate(0.03) if begun else Estimate(None, "missing")
    change = Change(-0.01, -1 / 3, -0.015, -0.005, True, False) if begun else None
    now = Estimate(0.02, "ready", 20, 1000, 0.015, 0.025)
    return Answer("a/b", asked.period, asked.comparison, Measure(now, before, change),
                  reads=("traffic",))  # fmt: skip


def rows(words: list[str], target: float | None = None) -> tuple[Row, ...]:
    return comparison.against(
        answered,
        RATE,
        scope("previous"),
        words,
        POLAND,
        lambda _: day("2025-11-01"),
        target,
    ).rows


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("previous", "against the 8 days before"),
        ("year", "against the same weekdays a year before"),
        ("black-week", "against Black Week 2024, 25 Nov – 2 Dec"),
        ("2025-10-01", "against 1 Oct – 8 Oct 2025"),
        ("2025-11-17", "against 17 Nov – 24 Nov 2025, 1 day is in both"),
        ("2025-11-20", "against 20 Nov – 27 Nov 2025, 4 days are in both"),
        ("none", ""),
    ],
)
def test_what_is_compared_is_said(word: str, said: str) -> None:
    assert comparison.words(scope(word), FORMATS).replace("\u00a0", " ") == said


def test_days_of_an_event_and_days_around_it_are_told_apart() -> None:
    monday = Period(WEEK.first, WEEK.first + dt.timedelta(2))
    assert comparison.words(scope("black-week", monday), FORMATS) == (
        "against the same days of Black Week 2024, 25 Nov – 27 Nov"
    )
    month = Period(day("2025-11-04"), day("2025-12-01"))
    assert comparison.words(scope("black-week", month), FORMATS) == (
        "against the days around Black Week 2024, 5 Nov – 2 Dec"
    )


def test_each_comparison_has_its_row_and_says_how_many_days_have_data() -> None:
    found = rows(["previous", "year", "2025-10-28"])
    assert [row.key for row in found] == ["previous", "year", "2025-10-28"]
    assert [comparison.covered(row, FORMATS) for row in found] == [
        "8 of 8", "0 of 8", "4 of 8",
    ]  # fmt: skip
    assert [row.then.value if row.then else 0 for row in found] == [0.03, None, None]
    assert comparison.beyond(found[0]) == "yes"
    assert comparison.beyond(found[1]) == "–"
    assert comparison.named(found[2], FORMATS) == "From 28 Oct"


def test_two_ways_to_the_same_days_are_one_row() -> None:
    found = rows(["year", "black-week"])
    assert [row.title for row in found] == ["Last year, same weekdays, Black Week 2024"]


def test_a_figure_of_other_days_is_not_laid_on_an_event() -> None:
    def watched(asked: Scope) -> Answer:
        earlier = asked.period.shifted(-90)
        then = asked.comparison.shifted(-90) if asked.comparison else None
        return Answer("a/b", earlier, then, Measure(Estimate(0.2), Estimate(0.3)))

    found = comparison.against(
        watched, RATE, scope("previous"), ["previous", "black-week"], POLAND, lambda _: None
    )
    assert [row.key for row in found.rows] == ["previous"]


@pytest.mark.parametrize(
    ("target", "better", "met", "said"),
    [
        (0.03, "higher", False, "missed"),
        (0.01, "higher", True, "met"),
        (0.03, "lower", True, "met"),
        (0.024, "higher", None, "too close to tell"),
        (0.01, "neither", None, "–"),
    ],
)
def test_a_target_is_met_or_missed_only_beyond_the_interval(
    target: float, better: str, met: bool | None, said: str
) -> None:
    now = Estimate(0.02, "ready", 20, 1000, 0.015, 0.025)
    assert comparison.is_met(now, target, better) is met
    change = comparison.to_target(now, target, better)
    row = Row("target", "Target", None, Estimate(target), change)
    assert comparison.beyond(row).replace("\u00a0", " ") == said


def test_the_target_is_the_last_row_with_the_interval_of_the_figure() -> None:
    found = rows(["previous"], target=0.03)
    assert [row.key for row in found] == ["previous", "target"]
    spread = comparison.spread(found[1].change, found[1].then, "percent", FORMATS)
    assert spread.replace("\u00a0", " ") == "−1.5 to −0.5 p.p."
    assert comparison.to_target(Estimate(None, "missing"), 0.03, "higher") is None


def test_the_chosen_way_comes_first_and_nothing_is_no_way() -> None:
    month = Period(day("2026-11-03"), day("2026-11-30"))
    assert comparison.ways(scope("black-week", month), POLAND) == (
        "black-week", "previous", "year", "national-independence-day",
    )  # fmt: skip
    assert "none" not in comparison.ways(scope("none", month), POLAND)
