"""The opening sentence says what happened to revenue and names a segment only if it may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest

from journey.answer import Answer, Change, Estimate, Measure, Period, Point
from journey.findings import leaks
from journey.findings.dropoff import Leak, Step
from journey.formats import Formats
from journey.query import Library, Query
from journey.scope import Scope

NOW = Period(dt.date(2026, 10, 20), dt.date(2026, 11, 16))
SCOPE = Scope(NOW, NOW.before())


def query(name: str) -> Query:
    return Query(name, Path(name), "measure", "", "", name, tags=())


def days(period: Period, values: Sequence[float]) -> tuple[Point, ...]:
    first = period.first
    return tuple(
        Point(first + dt.timedelta(i), Estimate(value)) for i, value in enumerate(values)
    )


def revenue(now: Sequence[float], before: Sequence[float]) -> Measure:
    return Measure(
        Estimate(sum(now)),
        Estimate(sum(before)),
        trend=days(NOW, now),
        trend_before=days(NOW.before(), before),
    )


def ratio(now: tuple[float, float], before: tuple[float, float]) -> Measure:
    (k, n), (k0, n0) = now, before
    return Measure(Estimate(k / n, "ready", k, n), Estimate(k0 / n0, "ready", k0, n0))


@dataclass
class Told:
    """Figures that answer what the test gives them."""

    measures: Mapping[str, Measure]
    scope: Scope = SCOPE
    formats: Formats = field(default_factory=lambda: Formats("en-GB", "PLN"))

    @property
    def library(self) -> Library:
        return Library({name: query(name) for name in self.measures})

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        return Answer(name, NOW, measure=self.measures[name])

    def glance(self, name: str, scope: Scope | None = None) -> Answer:
        return self.answer(name, scope)

    def splits(self, name: str) -> tuple[str, ...]:
        return ()

    def parts(
        self, name: str, by: Sequence[str], daily: bool = False, scope: Scope | None = None
    ) -> pl.DataFrame:
        raise AssertionError("the sentence needs no parts")


def figures(now: Sequence[float], before: Sequence[float], orders: float = 1020) -> Told:
    return Told(
        {
            "conversion/revenue": revenue(now, before),
            "conversion/average_order": ratio((sum(now), orders), (sum(before), 1100)),
            "awareness/visits": Measure(Estimate(51_300), Estimate(50_000)),
        }
    )


WEEK = [5000.0, 5200, 5100, 5300, 6000, 8000, 7600] * 4


def test_the_parts_of_the_change_add_up_to_it() -> None:
    told = figures([x * 0.9 for x in WEEK], WEEK)
    facts = leaks.revenue(told)
    assert facts is not None
    assert sum(s.amount for s in facts.shares) == pytest.approx(facts.change, abs=0.005)
    assert {s.label for s in facts.shares} == {"visits", "conversion", "basket"}


def test_refunds_of_the_period_are_a_share_of_their_own() -> None:
    told = figures(WEEK, WEEK)
    sold = ratio((sum(WEEK) + 900, 1020), (sum(WEEK), 1100))
    told.measures = {**told.measures, "conversion/average_order": sold}
    facts = leaks.revenue(told)
    assert facts is not None
    assert next(s.amount for s in facts.shares if s.label == "refunds") == pytest.approx(
        -900
    )


def test_a_clear_fall_is_told_with_its_reasons() -> None:
    text = leaks.sentence(figures([x * 0.9 for x in WEEK], WEEK), [])
    assert text.startswith("Revenue fell 10.0% to 151,920\u00a0zł net: conversion −")
    assert text.endswith("spread evenly.")


def test_without_visits_the_change_of_orders_does_not_read_as_a_count() -> None:
    measures = figures([v * 0.8 for v in WEEK], WEEK, orders=800).measures
    shop = Told({n: m for n, m in measures.items() if n != "awareness/visits"})
    text = leaks.sentence(shop, [])
    assert ": fewer orders −48,300\u00a0zł, basket +14,600\u00a0zł." in text


def test_a_quiet_month_is_told_as_quiet() -> None:
    wobble = [x * (1.02 if i % 2 else 0.981) for i, x in enumerate(WEEK)]
    text = leaks.sentence(figures(wobble, WEEK, orders=1100), [])
    assert text.endswith("nothing moved beyond its usual swing.")


def test_a_rate_that_clearly_moved_is_not_called_quiet() -> None:
    told = figures(WEEK, WEEK)
    moved = Measure(Estimate(0.017), Estimate(0.02), Change(-0.003, -0.15, moved=True))
    told.measures = {**told.measures, "conversion/conversion_rate": moved}
    facts = leaks.revenue(told)
    assert facts is not None
    assert facts.moved


def leak(lost: float, cell: tuple[tuple[str, str], ...] = (("device", "mobile"),)) -> Leak:
    step = Step("conversion/payment_completion", "Payment", "conversion", 100.0)
    now = Estimate(0.51, "ready", 510, 1000)
    before = Estimate(0.62, "ready", 620, 1000)
    return Leak(
        step, cell, "worse", now, before, (lost, lost * 0.7, lost * 1.3), 0.001,
        dt.date(2026, 10, 24),
    )  # fmt: skip


def test_a_segment_is_named_when_it_carries_half_of_the_fall() -> None:
    text = leaks.sentence(figures([x * 0.9 for x in WEEK], WEEK), [leak(150)])
    assert text.endswith("Since 24 Oct payment on phones went from 62% to 51%.")


def test_a_segment_that_carries_little_is_not_named() -> None:
    text = leaks.sentence(figures([x * 0.9 for x in WEEK], WEEK), [leak(20)])
    assert text.endswith("No single segment stands out: the change is spread evenly.")


def test_a_leak_reads_like_a_line_of_the_screen() -> None:
    formats = Formats("en-GB", "PLN")
    found = leak(200)
    assert leaks.title(found, formats) == "Payment on phones"
    assert leaks.line(found, formats) == "62% → 51% since 24 Oct"
    assert leaks.money(found, formats) == "about 20,000\u00a0zł (14,000 to 26,000)"


def test_a_leak_of_unknown_worth_is_told_in_units() -> None:
    formats = Formats("en-GB", "PLN")
    found = leak(200)
    plain = Leak(Step("a/b", "Reviews", "advocacy", None), (), "worse", found.now,
                 found.reference, (200, 140, 260), 0.001)  # fmt: skip
    assert leaks.money(plain, formats) == "about 200 lost (140 to 260)"


def test_without_orders_the_sentence_speaks_of_visits() -> None:
    told = Told({"awareness/visits": Measure(Estimate(51_300), None)})
    text = leaks.sentence(told, [])
    assert text.startswith("51,300 visits")
    assert "Orders are not connected" in text


@dataclass
class Unconnected(Told):
    """Figures of a shop where some questions have no source."""

    missing: tuple[str, ...] = ()

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        if name in self.missing:
            return Answer(name, NOW, absence="connect a source")
        return super().answer(name, scope)

    @property
    def library(self) -> Library:
        return Library({name: query(name) for name in (*self.measures, *self.missing)})


def test_an_order_only_shop_is_told_what_its_map_lacks() -> None:
    sold = figures(WEEK, WEEK).measures
    shop = Unconnected(
        {
            "conversion/revenue": sold["conversion/revenue"],
            "conversion/average_order": sold["conversion/average_order"],
            "awareness/known_source": Measure(Estimate(0.81, "ready", 810, 1000)),
        },
        missing=("awareness/visits",),
    )
    text = leaks.sentence(shop, [])
    assert text.startswith("Revenue was ")
    assert text.endswith(
        "Visits are not connected, so there is no conversion rate. Orders by source come "
        "from the shop's own attribution (81% of orders have one)."
    )


def test_a_shop_of_few_orders_is_connected_all_the_same() -> None:
    few = Measure(
        Estimate(None, "too_few", 700, 4), Estimate(None, "too_few", 500, 3)
    )  # fmt: skip
    shop = Told(
        {
            "conversion/revenue": Measure(Estimate(700), Estimate(500)),
            "conversion/average_order": few,
            "awareness/visits": Measure(Estimate(40), Estimate(50)),
        }
    )
    assert leaks.sentence(shop, []).startswith("Revenue rose 40.0% to 700")


def test_revenue_that_stopped_is_told_without_reasons() -> None:
    text = leaks.sentence(figures([0.0] * 28, WEEK, orders=0.1), [])
    assert text.startswith("No order that counts came in; the days before brought 168,800")


def test_more_refunds_than_sales_are_no_share_of_what_was_sold() -> None:
    shop = Told(
        {
            "conversion/revenue": Measure(Estimate(-900.0), Estimate(200.0)),
            "conversion/average_order": ratio((100.0, 1), (200.0, 2)),
        }
    )
    said = leaks.sentence(shop, []).replace("\u00a0", " ")
    assert said.startswith("Revenue was −900 zł net after refunds, before 200 zł.")
    assert "%" not in said.partition(".")[0]


def test_days_without_an_order_are_not_days_without_data() -> None:
    shop = Told(
        {
            "conversion/revenue": Measure(Estimate(None, "missing")),
            "conversion/average_order": Measure(Estimate(None, "missing")),
            "awareness/visits": Measure(Estimate(40), Estimate(50)),
        }
    )
    assert leaks.sentence(shop, []) == "No order that counts came in these days."


def test_a_first_order_on_a_day_that_goes_on_is_not_called_none() -> None:
    class Young(Told):
        def answer(self, name: str, scope: Scope | None = None) -> Answer:
            if name != leaks.FRESHNESS:
                return super().answer(name, scope)
            day = dt.date(2026, 10, 5)
            rows = {"table_name": ["orders"], "first_day": [day],
                    "complete_through": [day - dt.timedelta(1)]}  # fmt: skip
            return Answer(name, NOW, frame=pl.DataFrame(rows))

    shop = Young(
        {
            "conversion/revenue": Measure(Estimate(None, "missing")),
            "conversion/average_order": Measure(Estimate(None, "missing")),
            "awareness/visits": Measure(Estimate(40), Estimate(50)),
            leaks.FRESHNESS: Measure(Estimate(None)),
        }
    )
    assert leaks.sentence(shop, []) == (
        "The first orders came in on 5 Oct, a day that is not complete yet."
    )


def test_revenue_that_only_web_analytics_saw_is_called_so() -> None:
    shop = Unconnected(
        {
            "awareness/visits": Measure(Estimate(1), None),
            "conversion/revenue_seen": Measure(Estimate(12_340)),
        },
        missing=("conversion/revenue",),
    )
    assert leaks.sentence(shop, []) == (
        "1 visit. Revenue as web analytics saw it: 12,340\u00a0zł; shops usually have "
        "more. Connect orders for the true figure."
    )
