"""A change splits into groups and mix, and the parts add up to the last cent."""

from __future__ import annotations

import math

import polars as pl
import pytest

from journey.answer import Change, Estimate, Measure, Part
from journey.findings import dropoff, movement

Rates = dict[str, tuple[float, float]]


def rate(top: float, units: float) -> Estimate:
    if not units:
        return Estimate(None, "too_few", top, units, units=units)
    return Estimate(top / units, "ready", top, units, units=units)


def measured(now: Rates, before: Rates, *hidden: str) -> Measure:
    def part(label: str) -> Part:
        sides = rate(*now.get(label, (0, 0))), rate(*before.get(label, (0, 0)))
        if label in hidden:
            sides = (Estimate(None, "suppressed"), Estimate(None, "suppressed"))
        return Part(label, *sides, Change(0.0, None, moved=True))

    totals = [
        rate(sum(k for k, _ in side.values()), sum(n for _, n in side.values()))
        for side in (now, before)
    ]
    labels = dict.fromkeys([*now, *before])
    return Measure(*totals, parts={"channel": tuple(part(label) for label in labels)})


PAID = {"Direct": (200.0, 5000.0), "Paid Social": (50.0, 5000.0)}
FREE = {"Direct": (240.0, 6000.0), "Paid Social": (20.0, 2000.0)}


def test_a_changed_mix_alone_has_no_part_inside_the_groups() -> None:
    """Direct buys at 4% and paid social at 1% in both periods; only shares changed."""
    one = movement.split(measured(PAID, FREE), "channel", "percent")
    assert one is not None
    assert one.rate == pytest.approx(0)
    assert one.mix == pytest.approx(250 / 10000 - 260 / 8000)
    assert one.largest is None


def test_both_effects_are_those_of_kitagawa() -> None:
    now = {"a": (90.0, 1000.0), "b": (10.0, 400.0), "c": (3.0, 0.0)}
    now["c"] = (0.0, 0.0)
    before = {"a": (120.0, 900.0), "b": (30.0, 600.0), "c": (5.0, 100.0)}
    one = movement.split(measured(now, before), "channel", "percent")
    frame = pl.DataFrame(
        [
            {"period": period, "channel": label, "numerator": k, "denominator": n}
            for period, side in (("now", now), ("before", before))
            for label, (k, n) in side.items()
        ]
    )
    assert one is not None
    assert (one.mix, one.rate) == pytest.approx(dropoff.mix_and_rate(frame, "channel"))
    assert one.change == pytest.approx(100 / 1400 - 155 / 1600)
    assert one.largest is not None and one.largest.label == "a"


def test_a_cost_without_visits_is_not_lost() -> None:
    now = {"Display": (40.0, 0.0), "Direct": (0.0, 100.0)}
    before = {"Display": (10.0, 50.0), "Direct": (0.0, 50.0)}
    one = movement.split(measured(now, before), "channel", "money")
    assert one is not None
    assert one.change == pytest.approx(0.4 - 0.1)


def test_what_is_withheld_stands_in_the_rest() -> None:
    now = {"a": (50.0, 100.0), "b": (3.0, 6.0), "c": (2.0, 4.0)}
    before = {"a": (60.0, 100.0), "b": (1.0, 5.0), "c": (1.0, 5.0)}
    one = movement.split(measured(now, before, "b", "c"), "channel", "percent")
    assert one is not None
    assert [effect.label for effect in one.effects] == ["a", movement.REST]
    assert one.change == pytest.approx(55 / 110 - 62 / 110)


def test_groups_that_overlap_are_not_split() -> None:
    whole = measured({"a": (5.0, 60.0)}, {"a": (5.0, 60.0)})
    parts = measured({"a": (5.0, 50.0), "b": (4.0, 40.0)}, {"a": (5.0, 60.0)}).parts
    both = Measure(whole.now, whole.before, parts=parts)
    assert movement.split(both, "channel", "percent") is None


def test_a_median_is_not_split() -> None:
    middle = Estimate(90.0, "ready", units=200.0)
    parts = {"channel": (Part("a", middle, middle), Part("b", middle, middle))}
    found = Measure(middle, middle, parts=parts)
    assert movement.split(found, "channel", "minutes") is None


def test_a_count_is_the_sum_of_its_groups() -> None:
    def part(label: str, now: float, before: float) -> Part:
        return Part(label, Estimate(now), Estimate(before), Change(0, 0, moved=True))

    parts = {"device": (part("mobile", 70, 40), part("desktop", 30, 40))}
    one = movement.split(
        Measure(Estimate(100), Estimate(80), parts=parts), "device", "count"
    )
    assert one is not None
    assert [effect.rate for effect in one.effects] == [30, -10]
    assert one.mix == 0 and one.change == 20
    assert one.largest is not None and one.largest.label == "mobile"


def test_the_column_that_tells_most_comes_first() -> None:
    even = {"a": (50.0, 1000.0), "b": (50.0, 1000.0)}
    lower = {"a": (40.0, 1000.0), "b": (40.0, 1000.0)}
    uneven = {"a": (50.0, 1000.0), "b": (30.0, 1000.0)}
    measure = measured(lower, even)
    parts = {
        "device": measured(lower, even).parts["channel"],
        "channel": measured(uneven, even).parts["channel"],
    }
    both = Measure(measure.now, measure.before, parts=parts)
    found = movement.splits(both, parts, "percent")
    assert [one.column for one in found] == ["channel", "device"]


def test_a_fall_of_the_same_part_everywhere_points_at_the_column_that_differs() -> None:
    """A tenth fewer of both buyers and lookers, but all of it on phones: by visitor the
    fall is even although returning ones, who buy more, lose more points."""
    before = {"returning": (200.0, 1000.0), "new": (50.0, 1000.0)}
    now = {"returning": (180.0, 1000.0), "new": (45.0, 1000.0)}
    phones = {"mobile": (100.0, 1000.0), "desktop": (125.0, 1000.0)}
    were = {"mobile": (125.0, 1000.0), "desktop": (125.0, 1000.0)}
    measure = measured(now, before)
    parts = {
        "visitor_type": measure.parts["channel"],
        "device": measured(phones, were).parts["channel"],
    }
    both = Measure(measure.now, measure.before, parts=parts)
    visitor, device = movement.splits(both, parts, "percent")[::-1]
    assert (visitor.column, device.column) == ("visitor_type", "device")
    assert visitor.told == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "parts", [(1.005, 2.005, -0.004), (0.004, 0.004, 0.004), (-7.777, -1.111), (0.0, 0.0)]
)
def test_rounded_parts_add_up_to_the_rounded_total(parts: tuple[float, ...]) -> None:
    rounded = movement.adding_up(parts, math.fsum(parts), 2)
    assert math.fsum(rounded) == pytest.approx(round(math.fsum(parts), 2))
    assert all(abs(a - b) <= 0.0101 for a, b in zip(rounded, parts, strict=True))
