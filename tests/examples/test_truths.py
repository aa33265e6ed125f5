"""What is hidden in the sample shop is found by the page meant to find it, at its size.

docs/sample-shop.md tells each truth with its scope. A leak counts as found where it is
among the three that its stage shows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from journey import (
    settings as settings_file,
)
from journey.answer import Estimate, Period
from journey.figures import published
from journey.figures.published import Figures
from journey.findings import followups, leaks, movement
from journey.findings.dropoff import Leak
from journey.home import Home
from journey.settings import Source
from tests.shops import fill

END = dt.date(2026, 11, 16)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Figures]:
    """The whole sample shop: below 200,000 visits the smaller truths drown."""
    home = Home(tmp_path_factory.mktemp("truths"))
    sample = Source("sample", "sample", {"end": END})
    settings = replace(settings_file.load(home), sources=(sample,))
    yield published.figures(fill(home, settings))


def in_days(shop: Figures, days: int, **chosen: str) -> Figures:
    period = Period(END - dt.timedelta(days - 1), END)
    scope = replace(shop.scope, period=period, comparison=period.before())
    for column, value in chosen.items():
        scope = scope.with_(column, value)
    return replace(shop, scope=scope)


def shown(shop: Figures, stage: str | None = None) -> list[Leak]:
    """Return the leaks that the page of a stage shows; of Journey without one."""
    worse, low = (leaks.leaks(shop, kind) for kind in ("worse", "low"))
    return leaks.worth_fixing(worse, low, stage)


def about(leaks: list[Leak], name: str, **cell: str) -> Leak:
    found = [x for x in leaks if x.step.name == name and x.cell == tuple(cell.items())]
    assert found, [leak.key for leak in leaks]
    return found[0]


def holds(estimate: Estimate, true_size: float) -> bool:
    """Whether the interval holds the true size."""
    assert estimate.low is not None and estimate.high is not None
    return estimate.low <= true_size <= estimate.high


def test_payment_on_phones_is_the_first_line_of_the_journey(shop: Figures) -> None:
    leak = shown(in_days(shop, 28))[0]
    assert (leak.kind, leak.step.name) == ("worse", "conversion/payment_completion")
    assert leak.cell == (("device", "mobile"),)
    assert holds(leak.now, 0.51) and holds(leak.reference, 0.62)
    assert leak.since is not None
    assert abs((leak.since - (END - dt.timedelta(23))).days) <= 3


def test_a_late_carrier_costs_the_second_order_in_czechia(shop: Figures) -> None:
    leaks = shown(in_days(shop, 365, country="CZ"), "retention")
    leak = about(leaks, "retention/second_order_90_days", arrival="late")
    assert holds(leak.now, 0.14) and holds(leak.reference, 0.22)


def test_the_bot_claims_more_than_it_solves(shop: Figures) -> None:
    year = in_days(shop, 365)
    for name, true_size in (("bot_claimed_resolved", 0.61), ("bot_containment", 0.38)):
        measure = year.glance(f"support/{name}").measure
        assert measure is not None and holds(measure.now, true_size), name


def test_much_effort_halves_the_second_order(shop: Figures) -> None:
    leaks = shown(in_days(shop, 365), "retention")
    leak = about(leaks, "retention/second_order_90_days", effort_band="high")
    assert holds(leak.now, 0.12) and holds(leak.reference, 0.24)


def test_paid_social_lowers_conversion_by_its_share_alone(shop: Figures) -> None:
    measure = in_days(shop, 28).answer("conversion/conversion_rate").measure
    assert measure is not None
    by_channel = movement.split(measure, "channel", "percent")
    assert by_channel is not None
    assert by_channel.mix == pytest.approx(-0.0008, abs=0.0003)
    assert by_channel.shifted is not None
    assert by_channel.shifted.label == "Paid Social"


def test_the_coupon_added_no_orders(shop: Figures) -> None:
    rows = in_days(shop, 28).answer("conversion/promotions").frame
    assert rows is not None
    (coupon,) = [row for row in rows.to_dicts() if row["coupon"] == "WRACAM10"]
    assert coupon["extra_low"] <= 0 <= coupon["extra_high"]
    assert coupon["orders"] > 2 * coupon["expected"]
    assert coupon["orders_after"] < 0.8 * coupon["expected_after"]


def test_the_brand_that_does_not_fit_is_found_by_returns_and_second_orders(
    shop: Figures,
) -> None:
    year = in_days(shop, 365)
    leak = about(
        shown(year, "retention"), "retention/second_order_90_days", product_brand="Grań"
    )
    assert holds(leak.now, 0.02)
    # told of other shoes; here everybody else is held against it
    assert leak.reference.value == pytest.approx(0.25, abs=0.02)
    rows = year.answer("retention/brands_returned").frame
    assert rows is not None
    first = rows.to_dicts()[0]
    assert first["brand"] == "Grań"
    assert first["returned_share"] == pytest.approx(0.41, abs=0.03)
    assert first["asked_share"] == pytest.approx(0.14, abs=0.03)


@pytest.mark.parametrize("days", [28, 365])
def test_parcels_paid_on_delivery_are_not_collected(shop: Figures, days: int) -> None:
    leaks = shown(in_days(shop, days), "conversion")
    leak = about(leaks, "conversion/not_collected", payment_method="cash_on_delivery")
    assert leak.now.low is not None and leak.now.high is not None
    assert 1 - leak.now.high <= 0.14 <= 1 - leak.now.low


@pytest.mark.parametrize("days", [7, 28])
def test_two_empty_days_in_germany_are_not_reported(shop: Figures, days: int) -> None:
    worse = leaks.leaks(in_days(shop, days), "worse")
    assert not [leak.key for leak in worse if ("country", "DE") in leak.cell]
    orders = in_days(shop, 28, country="DE").glance("conversion/orders").measure
    assert orders is not None and orders.change is not None
    assert not orders.change.moved


def test_the_repaired_checkout_is_judged_as_worked(shop: Figures) -> None:
    after = Period(END - dt.timedelta(83), END - dt.timedelta(56))
    around = replace(shop.scope, period=after, comparison=after.before())
    name, cell = "conversion/checkout_completion", (("device", "desktop"),)
    parts = shop.parts(name, ("device",), scope=around)
    since, check_on = after.first, after.last + dt.timedelta(1)
    made = followups.FollowUp(
        "1", name, cell, "Checkout on desktop", "checkout team", "repaired", since,
        check_on, dt.datetime(2026, 8, 25, tzinfo=dt.UTC),
    )  # fmt: skip
    verdict = followups.verdict(made, parts, END)
    assert verdict.outcome == "worked"
    assert verdict.low is not None and verdict.high is not None
    assert verdict.low <= 0.54 - 0.447 <= verdict.high
