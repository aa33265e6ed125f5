"""Intervals and tests against published values and against SciPy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pytest
from scipy import stats  # type: ignore[import-untyped]

from journey.answer import Estimate, Measure, Part
from journey.figures import statistics
from journey.findings import movement


@pytest.mark.parametrize(
    ("hits", "units", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson_is_as_published(hits: int, units: int, low: float, high: float) -> None:
    assert statistics.wilson(hits, units) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("hits", "units"), [(0, 7), (3, 7), (7, 7), (412, 51_300)])
def test_wilson_is_as_in_scipy(hits: int, units: int) -> None:
    expected = stats.binomtest(hits, units).proportion_ci(method="wilson")
    assert statistics.wilson(hits, units) == pytest.approx((expected.low, expected.high))


@pytest.mark.parametrize(
    ("a", "b", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, table II, method 10
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090),
     ((6, 7), (2, 7), 0.0582, 0.8062), ((5, 56), (0, 29), -0.0381, 0.1926),
     ((0, 10), (0, 20), -0.1611, 0.2775), ((0, 10), (0, 10), -0.2775, 0.2775),
     ((10, 10), (0, 20), 0.6791, 1.0), ((10, 10), (0, 10), 0.6075, 1.0)],
)  # fmt: skip
def test_newcombe_is_as_published(
    a: tuple[int, int], b: tuple[int, int], low: float, high: float
) -> None:
    assert statistics.newcombe(*a, *b) == pytest.approx((low, high), abs=5e-5)


def test_garwood_is_as_published() -> None:
    # the usual table of exact limits for Poisson counts
    assert statistics.poisson(0) == pytest.approx((0, 3.6889), abs=5e-5)
    assert statistics.poisson(1) == pytest.approx((0.0253, 5.5716), abs=5e-5)
    assert statistics.poisson(10) == pytest.approx((4.7954, 18.3904), abs=5e-5)
    assert statistics.poisson(100) == pytest.approx((81.3640, 121.6266), abs=5e-4)


def sums(values: list[float]) -> tuple[float, float, float]:
    return sum(values), sum(v * v for v in values), len(values)


def test_a_mean_has_students_interval() -> None:
    values = [3.1, 4.7, 2.2, 9.9, 5.0, 4.1]
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert statistics.mean(*sums(values)) == pytest.approx((expected.low, expected.high))


def test_a_difference_of_means_has_welchs_interval() -> None:
    a, b = [3.1, 4.7, 2.2, 9.9, 5.0, 4.1], [2.0, 2.5, 1.0, 3.3]
    expected = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    found = statistics.welch(sums(a), sums(b))
    assert found == pytest.approx((expected.low, expected.high))
    assert statistics.welch(sums([2.0, 2.0]), sums([1.0, 1.0])) == (1.0, 1.0)


def test_a_ratio_of_sums_has_the_delta_interval() -> None:
    # by hand: n = (1, 2, 3), d = (2, 2, 4): ratio 6/8, residuals -0.5, 0.5, 0
    low, high = statistics.ratio_of_sums(6, 8, 1 + 4 + 9, 4 + 4 + 16, 2 + 4 + 12)
    half = 1.959964 * (0.25 + 0.25) ** 0.5 / 8
    assert (low, high) == pytest.approx((0.75 - half, 0.75 + half))


def test_a_ratio_of_sums_covers_what_it_should() -> None:
    draw = np.random.default_rng(7)
    hits = 0
    for _ in range(400):
        d = draw.gamma(3.0, 10.0, 200)
        n = d * 0.4 + draw.normal(0, 5, 200)
        low, high = statistics.ratio_of_sums(
            n.sum(), d.sum(), (n * n).sum(), (d * d).sum(), (n * d).sum()
        )
        hits += low <= 0.4 <= high
    assert 0.92 <= hits / 400 <= 0.98


def test_false_discoveries_are_held_down_as_published() -> None:
    # Benjamini and Hochberg 1995, their example: four of fifteen are kept at 5%
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
         0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]  # fmt: skip
    adjusted = statistics.benjamini_hochberg(p)
    assert sum(q <= 0.05 for q in adjusted) == 4
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)
    assert statistics.benjamini_hochberg([]) == []


def test_two_proportions_are_compared_as_by_chi_squared() -> None:
    table = [[56, 14], [48, 32]]
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert statistics.proportions_p(56, 70, 48, 80) == pytest.approx(expected)
    assert statistics.proportions_p(0, 10, 0, 20) == 1.0


def test_an_interval_that_touches_zero_has_five_percent() -> None:
    assert statistics.interval_p(2.0, 0.0, 4.5) == pytest.approx(0.05)
    assert statistics.interval_p(-2.0, -4.5, 0.0) == pytest.approx(0.05)
    assert statistics.interval_p(0.0, 0.0, 0.0) == 1.0


# Freireich et al. 1963, weeks of remission under 6-MP; the textbook example
HAPPENED = [6, 6, 6, 7, 10, 13, 16, 22, 23]
OPEN = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def test_kaplan_and_meier_are_as_in_the_textbook() -> None:
    curve = statistics.survival(Counter(HAPPENED), Counter(OPEN))
    shares = dict(zip(curve.times, curve.surviving, strict=True))
    assert shares[6] == pytest.approx(0.8571, abs=5e-5)
    assert shares[13] == pytest.approx(0.6902, abs=5e-5)
    assert shares[23] == pytest.approx(0.4482, abs=5e-5)
    assert curve.quantile(0.5) == 23


# Miller 1981, Survival Analysis: weeks of remission of acute myelogenous leukaemia
# with maintained chemotherapy and without; + is still open
AML = {
    "maintained": ([9, 13, 18, 23, 31, 34, 48], [13, 28, 45, 161]),
    "not maintained": ([5, 5, 8, 8, 12, 23, 27, 30, 33, 43, 45], [16]),
}


@pytest.mark.parametrize(
    ("group", "shares", "median"),
    # as printed for these data by the survival package of R (survfit)
    [("maintained", [0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], 31),
     ("not maintained",
      [0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0.0], 23)],
)  # fmt: skip
def test_remissions_of_leukaemia_are_as_published(
    group: str, shares: list[float], median: float
) -> None:
    happened, still_open = AML[group]
    curve = statistics.survival(Counter(happened), Counter(still_open))
    assert list(curve.surviving) == pytest.approx(shares, abs=6e-4)
    assert curve.quantile(0.5) == median


# Charig et al. 1986, British Medical Journal 292: kidney stones removed, (worked, all)
OPEN_SURGERY = {"small": (81, 87), "large": (192, 263)}
PUNCTURE = {"small": (234, 270), "large": (55, 80)}


def test_a_rate_that_rose_although_every_group_fell_is_split_into_both() -> None:
    def estimate(sides: Iterable[tuple[int, int]]) -> Estimate:
        hits, units = (float(sum(side)) for side in zip(*sides, strict=True))
        return Estimate(hits / units, "ready", hits, units, units=units)

    parts = tuple(
        Part(size, estimate([PUNCTURE[size]]), estimate([OPEN_SURGERY[size]]))
        for size in PUNCTURE
    )
    now, before = estimate(PUNCTURE.values()), estimate(OPEN_SURGERY.values())
    # 78% and 83% as published; small stones 93% and 87%, large ones 73% and 69%
    assert before.value == pytest.approx(0.78)
    assert now.value == pytest.approx(0.83, abs=0.005)
    found = movement.split(Measure(now, before, parts={"size": parts}), "size", "percent")
    assert found is not None
    assert all(effect.rate < 0 for effect in found.effects)
    assert found.mix > 0
    assert found.rate + found.mix == pytest.approx(289 / 350 - 273 / 350)
    # by hand: half of both shares times the change of each rate
    small = (270 / 350 + 87 / 350) / 2 * (234 / 270 - 81 / 87)
    large = (80 / 350 + 263 / 350) / 2 * (55 / 80 - 192 / 263)
    assert found.rate == pytest.approx(small + large)


def test_a_sum_of_amounts_is_as_sure_as_its_squares() -> None:
    # amounts of 1 are a count: the usual normal limits of 100
    assert statistics.compound_poisson(100, 100) == pytest.approx((80.4, 119.6), abs=0.01)


def test_a_sum_of_amounts_covers_what_it_should() -> None:
    draw = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        amounts = draw.gamma(2.0, 50.0, draw.poisson(300))
        low, high = statistics.compound_poisson(amounts.sum(), (amounts**2).sum())
        hits += low <= 300 * 100 <= high
    assert 0.92 <= hits / 400 <= 0.98


def test_the_curve_and_its_band_are_as_in_scipy() -> None:
    values = np.array([*HAPPENED, *OPEN], dtype=float)
    is_open = np.array([False] * len(HAPPENED) + [True] * len(OPEN))
    curve = statistics.survival(Counter(HAPPENED), Counter(OPEN))
    theirs = stats.ecdf(stats.CensoredData.right_censored(values, is_open)).sf
    kept = np.isin(theirs.quantiles, curve.times)
    band = theirs.confidence_interval(method="log-log")
    assert curve.surviving == pytest.approx(theirs.probabilities[kept])
    assert curve.low == pytest.approx(band.low.probabilities[kept])
    assert curve.high == pytest.approx(band.high.probabilities[kept])


@pytest.mark.parametrize(
    "values", [[1, 2, 3, 4], [1, 2, 3], [5], [2, 2, 9, 9], [1, 1, 1, 8]]
)
def test_without_open_ones_the_median_is_the_usual_one(values: list[float]) -> None:
    assert statistics.survival(Counter(values), {}).quantile(0.5) == np.median(values)


def test_a_median_that_is_not_reached_is_none() -> None:
    assert statistics.survival({3: 1}, {9: 5}).quantile(0.5) is None
    assert statistics.survival({}, {9: 5}).quantile(0.5) is None


def test_adjusted_p_values_are_those_of_scipy() -> None:
    dice = random.Random(7)
    for size in (1, 2, 7, 300):
        p_values = [dice.random() ** 3 for _ in range(size)] + [0.01, 0.01]
        expected = stats.false_discovery_control(p_values)
        assert statistics.benjamini_hochberg(p_values) == pytest.approx(list(expected))
