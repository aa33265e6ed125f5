"""Leaks are named where they sit, with what they cost and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

import polars as pl
import pytest

from journey.findings import dropoff, revenue
from journey.findings.dropoff import Step

PAY = Step("conversion/payment_completion", "Payment", "conversion", worth=100.0)
Row = tuple[str, str, str, int, int]
Kind = Literal["worse", "low"]


def parts(rows: Sequence[Row]) -> pl.DataFrame:
    names = ["period", "device", "country", "numerator", "denominator"]
    return pl.DataFrame(rows, schema=names, orient="row")


PHONES_FELL = parts(
    [
        ("before", "mobile", "PL", 620, 1000),
        ("before", "mobile", "DE", 310, 500),
        ("before", "desktop", "PL", 350, 500),
        ("before", "desktop", "DE", 140, 200),
        ("now", "mobile", "PL", 510, 1000),
        ("now", "mobile", "DE", 255, 500),
        ("now", "desktop", "PL", 350, 500),
        ("now", "desktop", "DE", 140, 200),
    ]
)


def test_a_fall_on_phones_in_every_country_is_one_leak_named_phones() -> None:
    (leak,) = dropoff.leaks({PAY: PHONES_FELL}, "worse")
    assert leak.cell == (("device", "mobile"),)
    assert leak.now.value == pytest.approx(0.51)
    assert leak.reference.value == pytest.approx(0.62)
    assert leak.lost[0] == pytest.approx(165)
    assert leak.money is not None
    assert leak.money[0] == pytest.approx(16_500)
    assert leak.money[1] < leak.money[0] < leak.money[2]


def test_a_fall_in_one_pair_of_values_is_named_by_the_pair() -> None:
    rows = [
        (period, device, country, 620 if n == 1000 else 310, n)
        for period in ("before", "now")
        for device, country, n in (
            ("mobile", "PL", 1000), ("mobile", "DE", 1000), ("desktop", "PL", 1000),
            ("desktop", "DE", 1000),
        )
    ]  # fmt: skip
    rows = [r if r[:3] != ("now", "mobile", "DE") else (*r[:3], 450, 1000) for r in rows]
    (leak,) = dropoff.leaks({PAY: parts(rows)}, "worse")
    assert leak.cell == (("country", "DE"), ("device", "mobile"))


@pytest.mark.parametrize("kind", ["worse", "low"])
def test_a_group_of_which_more_went_on_than_came_takes_no_page_down(kind: Kind) -> None:
    odd = [("before", "tablet", "PL", 20, 30), ("now", "tablet", "PL", 45, 30)]
    (leak,) = dropoff.leaks({PAY: pl.concat([PHONES_FELL, parts(odd)])}, kind)
    assert leak.cell == (("device", "mobile"),)


def test_a_changed_mix_is_no_leak_though_the_total_falls() -> None:
    mixed = parts(
        [
            ("before", "mobile", "PL", 200, 1000),
            ("before", "desktop", "PL", 900, 1500),
            ("now", "mobile", "PL", 600, 3000),
            ("now", "desktop", "PL", 900, 1500),
        ]
    )
    assert dropoff.leaks({PAY: mixed}, "worse") == []
    mix, rate = dropoff.mix_and_rate(mixed, "device")
    assert rate == pytest.approx(0)
    assert mix == pytest.approx(1500 / 4500 - 1100 / 2500)


def test_noise_is_no_leak() -> None:
    calm = parts(
        [
            ("before", "mobile", "PL", 62, 100),
            ("before", "desktop", "PL", 60, 100),
            ("now", "mobile", "PL", 58, 100),
            ("now", "desktop", "PL", 61, 100),
        ]
    )
    assert dropoff.leaks({PAY: calm}, "worse") == []


def test_always_low_compares_with_the_rest_and_shrinks_the_gap() -> None:
    steady = parts(
        [
            (period, "mobile", country, k, 1000)
            for period in ("before", "now")
            for country, k in (("PL", 300), ("DE", 295), ("CZ", 180))
        ]
    )
    (leak,) = dropoff.leaks({PAY: steady}, "low")
    assert leak.cell == (("country", "CZ"),)
    assert leak.reference.value == pytest.approx(0.2975)
    assert 0 < leak.lost[0] < 1000 * (0.2975 - 0.18)


def test_the_first_day_of_a_lower_level_is_found() -> None:
    first = dt.date(2026, 9, 22)
    days = pl.DataFrame(
        [
            (first + dt.timedelta(i), 62 if i < 32 else 51, 100)
            for i in range(56)
        ],
        schema=["day", "numerator", "denominator"],
        orient="row",
    )  # fmt: skip
    assert dropoff.start(days) == first + dt.timedelta(32)


def test_a_leak_is_told_as_it_is_since_its_first_day() -> None:
    (leak,) = dropoff.leaks({PAY: PHONES_FELL}, "worse")
    first = dt.date(2026, 9, 22)
    days = pl.DataFrame(
        [(first + dt.timedelta(i), 62 if i < 32 else 51, 100) for i in range(56)],
        schema=["day", "numerator", "denominator"],
        orient="row",
    )
    sharp = dropoff.sharpen(leak, days)
    assert sharp.since == first + dt.timedelta(32)
    assert (sharp.now.denominator, sharp.now.value) == (2400, pytest.approx(0.51))
    assert sharp.reference.value == pytest.approx(0.62)
    assert sharp.lost[0] == pytest.approx(2400 * 0.11)


def test_no_start_day_is_named_where_nothing_breaks() -> None:
    first = dt.date(2026, 9, 22)
    days = pl.DataFrame(
        [(first + dt.timedelta(i), 60 + (i * 7) % 5, 100) for i in range(56)],
        schema=["day", "numerator", "denominator"],
        orient="row",
    )
    assert dropoff.start(days) is None


def test_revenue_splits_into_factors_that_add_up_to_the_cent() -> None:
    now, before = (51_300, 0.0199, 174.61), (50_100, 0.0221, 176.02)
    shares = revenue.shapley(now, before)
    change = 51_300 * 0.0199 * 174.61 - 50_100 * 0.0221 * 176.02
    assert sum(shares) == pytest.approx(change, abs=0.005)
    assert shares[0] > 0 > shares[1]


def test_a_factor_that_did_not_change_has_no_share() -> None:
    assert revenue.shapley((10, 2.0), (10, 3.0)) == pytest.approx((0.0, -10.0))


def test_a_cell_too_small_says_how_many_more_units_and_when() -> None:
    small = parts([("now", "tablet", "PL", 5, 10), ("before", "tablet", "PL", 5, 10)])
    thin = dropoff.thin(PAY, small, last=dt.date(2026, 10, 28), days=28)
    tablet = next(t for t in thin if t.cell == (("device", "tablet"),))
    assert (tablet.units, tablet.needed) == (10, 20)
    assert tablet.ready_on == dt.date(2026, 10, 28) + dt.timedelta(56)


def test_segment_values_that_are_not_set_are_cells_too() -> None:
    rows = [
        ("before", None, "PL", 620, 1000),
        ("before", "mobile", "PL", 620, 1000),
        ("now", None, "PL", 450, 1000),
        ("now", "mobile", "PL", 620, 1000),
    ]
    (leak,) = dropoff.leaks({PAY: parts(rows)}, "worse")  # type: ignore[arg-type]
    assert leak.cell == (("device", None),)


def test_a_gap_that_sits_in_a_sharper_one_is_not_told_twice() -> None:
    """Half of the Czech orders are by Morava, whose buyers stay away; Czechs do not."""
    rows = [
        (period, carrier, country, k, n)
        for period in ("before", "now")
        for carrier, country, k, n in (
            ("others", "PL", 500, 2000), ("others", "CZ", 100, 400),
            ("Morava", "CZ", 40, 400),
        )
    ]  # fmt: skip
    (leak,) = dropoff.leaks({PAY: parts(rows)}, "low")
    assert leak.cell == (("device", "Morava"),)


def test_two_gaps_of_their_own_are_both_told() -> None:
    rows = [
        (period, device, country, k, n)
        for period in ("before", "now")
        for device, country, k, n in (
            ("mobile", "PL", 500, 2000), ("mobile", "CZ", 50, 500),
            ("desktop", "PL", 50, 500), ("desktop", "CZ", 1, 40),
        )
    ]  # fmt: skip
    cells = {leak.cell for leak in dropoff.leaks({PAY: parts(rows)}, "low")}
    assert cells == {(("country", "CZ"),), (("device", "desktop"),)}


def test_a_measure_of_the_lost_is_read_the_other_way_round() -> None:
    parcels = Step("conversion/not_collected", "Not collected", "conversion", 100.0, True)
    counted = parts(
        [
            (period, pay, "PL", k, 500)
            for period in ("before", "now")
            for pay, k in (("cash", 70), ("card", 3))
        ]
    )
    (leak,) = dropoff.leaks({parcels: dropoff.going_on(counted, True)}, "low")
    assert leak.cell == (("device", "cash"),)
    assert parcels.as_counted(leak.now.value or 0) == pytest.approx(0.14)
    assert parcels.as_counted(leak.reference.value or 0) == pytest.approx(0.006)


def test_what_is_always_low_needs_no_days_to_compare_with() -> None:
    now = [("now", "mobile", "PL", 300, 1000), ("now", "mobile", "CZ", 180, 1000)]
    (leak,) = dropoff.leaks({PAY: parts(now)}, "low")
    assert leak.cell == (("country", "CZ"),)
