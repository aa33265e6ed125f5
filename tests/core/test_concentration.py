"""The column that carries most of the loss comes first; gains and chance cost nothing."""

from __future__ import annotations

import pytest

from journey.answer import Change, Estimate, Measure, Part
from journey.findings import concentration


def part(
    label: str,
    now: float,
    before: float,
    units: float,
    moved: bool = True,
    good: bool = False,
) -> Part:
    gap = now - before
    change = Change(gap, None, gap - 0.01, gap + 0.01, moved, good)
    return Part(label, Estimate(now, "ready", now * units, units), Estimate(before), change)


def beside(label: str, now: float, others: float, units: float) -> Part:
    gap = now - others
    rest = Change(gap, None, gap - 0.01, gap + 0.01, moved=True, good=gap > 0)
    return Part(label, Estimate(now, "ready", now * units, units), rest=rest)


def test_a_loss_is_the_units_that_no_longer_go_on() -> None:
    (loss,) = concentration.losses([part("mobile", 0.51, 0.62, 1000)])
    assert loss.middle == pytest.approx(110)
    assert (loss.low, loss.high) == pytest.approx((100, 120))
    assert loss.worth(200).middle == pytest.approx(22_000)


def test_gains_and_chance_are_no_losses() -> None:
    parts = [part("a", 0.7, 0.6, 1000, good=True), part("b", 0.5, 0.6, 1000, moved=False)]
    assert concentration.losses(parts) == []


def test_the_column_of_most_loss_comes_first_and_single_values_are_left_out() -> None:
    measure = Measure(
        Estimate(0.5),
        parts={
            "channel": (part("Email", 0.5, 0.6, 100), part("Direct", 0.5, 0.6, 50)),
            "device": (
                part("mobile", 0.5, 0.6, 1000),
                part("desktop", 0.6, 0.6, 90, False),
            ),
            "country": (part("PL", 0.5, 0.6, 5000),),
        },
    )
    assert concentration.ranked(measure) == ["device", "channel"]


def test_where_nothing_got_worse_the_widest_gap_to_the_others_comes_first() -> None:
    measure = Measure(
        Estimate(0.2),
        parts={
            "visitor_type": (
                beside("new", 0.1, 0.9, 900),
                beside("returning", 0.9, 0.1, 90),
            ),
            "channel": (beside("Email", 0.2, 0.21, 100), beside("Direct", 0.21, 0.2, 50)),
            "arrival": (beside("late", 0.1, 0.2, 400), beside("on_time", 0.2, 0.1, 900)),
        },
    )
    assert concentration.ranked(measure) == ["arrival", "channel", "visitor_type"]
    (late,) = concentration.gaps(measure.parts["arrival"])
    assert (late.label, late.middle) == ("late", pytest.approx(40))


def test_that_small_baskets_are_cheap_is_no_gap() -> None:
    baskets = (beside("<100", 43, 190, 275), beside("400+", 830, 100, 32))
    devices = (beside("mobile", 130, 150, 200), beside("desktop", 150, 130, 107))
    measure = Measure(Estimate(140.0), parts={"basket_band": baskets, "device": devices})
    assert concentration.ranked(measure, "money")[0] == "device"
    assert concentration.ranked(measure, "percent")[0] == "basket_band"
