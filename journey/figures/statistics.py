"""Intervals and tests; every interval is two-sided at 95%."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

Z = float(special.ndtri(0.975))
Bounds = tuple[float, float]


def wilson(hits: float, units: float) -> Bounds:
    """Return the score interval of a proportion (Wilson 1927); units must be > 0."""
    share = hits / units
    weight = Z * Z / units
    middle = (share + weight / 2) / (1 + weight)
    half = Z * math.sqrt((share * (1 - share) + weight / 4) / units) / (1 + weight)
    low = 0.0 if hits <= 0 else middle - half
    high = 1.0 if hits >= units else middle + half
    return low, high


def mover(a: float, of_a: Bounds, b: float, of_b: Bounds) -> Bounds:
    """Return the interval of a - b from the intervals of both.

    Method of variance estimates recovery (Zou and Donner 2008); with Wilson's
    intervals it is Newcombe's hybrid score interval (1998, method 10).
    """
    low = a - b - math.hypot(a - of_a[0], of_b[1] - b)
    high = a - b + math.hypot(of_a[1] - a, b - of_b[0])
    return low, high


def newcombe(hits: float, units: float, other_hits: float, other_units: float) -> Bounds:
    """Return the interval of the difference of two proportions, first minus second."""
    return mover(
        hits / units, wilson(hits, units),
        other_hits / other_units, wilson(other_hits, other_units),
    )  # fmt: skip


def variance(total: float, squares: float, units: float) -> float:
    """Return the sample variance from sum and sum of squares; units must be > 1."""
    return max(0.0, squares - total * total / units) / (units - 1)


def mean(total: float, squares: float, units: float) -> Bounds:
    """Return Student's interval of a mean from sum, sum of squares and number."""
    half = float(special.stdtrit(units - 1, 0.975)) * math.sqrt(
        variance(total, squares, units) / units
    )
    return total / units - half, total / units + half


def welch(a: tuple[float, float, float], b: tuple[float, float, float]) -> Bounds:
    """Return Welch's interval of a difference of means; each is (sum, squares, n)."""
    parts = [variance(*side) / side[2] for side in (a, b)]
    difference = a[0] / a[2] - b[0] / b[2]
    if sum(parts) == 0:
        return difference, difference
    freedom = sum(parts) ** 2 / sum(
        part**2 / (side[2] - 1) for part, side in zip(parts, (a, b), strict=True)
    )
    half = float(special.stdtrit(freedom, 0.975)) * math.sqrt(sum(parts))
    return difference - half, difference + half


def ratio_of_sums(n: float, d: float, nn: float, dd: float, nd: float) -> Bounds:
    """Return the interval of n / d by the delta method.

    n and d are sums over units, nn, dd and nd the sums of squares and products
    (Cochran 1977, 6.3, without the correction n / (n - 1) for few units).
    """
    ratio = n / d
    spread = max(0.0, nn - 2 * ratio * nd + ratio * ratio * dd)
    half = Z * math.sqrt(spread) / abs(d)
    return ratio - half, ratio + half


def poisson(count: float) -> Bounds:
    """Return the exact interval of a count (Garwood 1936)."""
    low = 0.0 if count <= 0 else float(special.chdtri(2 * count, 0.975)) / 2
    return low, float(special.chdtri(2 * count + 2, 0.025)) / 2


def dispersion(groups: Iterable[Sequence[float]]) -> float:
    """Return by how much counts differ inside their groups, chance being 1 and the least.

    Pearson's chi-squared over its degrees of freedom (McCullagh and Nelder 1989, 4.5.2);
    1 where fewer than 7 degrees are left to tell.
    """
    squares, freedom = 0.0, 0
    for counts in groups:
        expected = sum(counts) / len(counts) if counts else 0.0
        if expected > 0:
            squares += sum((count - expected) ** 2 for count in counts) / expected
            freedom += len(counts) - 1
    return max(1.0, squares / freedom) if freedom >= 7 else 1.0


def compound_poisson(total: float, squares: float) -> Bounds:
    """Return the interval of a sum over events whose number is itself by chance.

    The variance of the sum is the sum of the squares (Boyd and Kleinman 1983); with
    amounts of 1 it is that of a count. Normal approximation.
    """
    half = Z * math.sqrt(max(0.0, squares))
    return total - half, total + half


def proportions_p(
    hits: float, units: float, other_hits: float, other_units: float
) -> float:
    """Return the p-value of two equal proportions (pooled score test, two-sided)."""
    pooled = (hits + other_hits) / (units + other_units)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / units + 1 / other_units))
    if spread == 0:
        return 1.0
    return _two_sided((hits / units - other_hits / other_units) / spread)


def interval_p(difference: float, low: float, high: float) -> float:
    """Return the two-sided p-value that a 95% interval of a difference stands for.

    Normal approximation with the half of the interval that looks towards zero.
    """
    half = difference - low if difference > 0 else high - difference
    if half <= 0:
        return 1.0 if difference == 0 else 0.0
    return _two_sided(difference / half * Z)


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for the false discovery rate, in the same order.

    Benjamini and Hochberg 1995; scipy.stats has it too, at over a second of import that
    every start of the app would pay.
    """
    order = np.argsort(p_values)[::-1]
    size = len(order)
    scaled = np.asarray(p_values, dtype=float)[order] * size / np.arange(size, 0, -1)
    adjusted = np.empty(size)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled), 1.0)
    return [float(p) for p in adjusted]


def _two_sided(z: float) -> float:
    return float(2 * special.ndtr(-abs(z)))


@dataclass(frozen=True)
class Survival:
    """Times until something happened, some still open (Kaplan and Meier 1958)."""

    times: np.ndarray
    """Distinct times at which something happened, ascending."""
    surviving: np.ndarray
    """Share still open just after each time."""
    low: np.ndarray
    high: np.ndarray
    """95% interval of the share on the log-log scale, variance by Greenwood."""

    def quantile(self, share: float) -> float | None:
        """Return the time by which `share` had it happen; None where not reached.

        Where the curve is level exactly at that height, the middle of the level
        stretch, so that without open ones a median is the usual one.
        """
        return _crossing(self.times, self.surviving, 1 - share)

    def bounds(self, share: float) -> tuple[float | None, float | None]:
        """Return the interval of the quantile (Brookmeyer and Crowley 1982)."""
        return (
            _crossing(self.times, self.low, 1 - share, middle=False),
            _crossing(self.times, self.high, 1 - share, middle=False),
        )


def survival(
    happened: Mapping[float, float], still_open: Mapping[float, float]
) -> Survival:
    """Return the curve from {time: how many} of those that happened or are open."""
    first = len(happened)
    spells = np.array([*happened, *still_open], dtype=float)
    counts = np.array([*happened.values(), *still_open.values()], dtype=float)
    times, place = np.unique(spells, return_inverse=True)
    events = np.bincount(place[:first], weights=counts[:first], minlength=times.size)
    ended = np.bincount(place, weights=counts, minlength=times.size)
    at_risk = ended[::-1].cumsum()[::-1]
    keep = events > 0
    times, events, at_risk = times[keep], events[keep], at_risk[keep]
    share = np.cumprod(1 - events / at_risk)
    left = at_risk - events
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(events / (at_risk * left))
        spread = Z * np.sqrt(greenwood) / np.log(share)
        low, high = share ** np.exp(-spread), share ** np.exp(spread)
    known = np.isfinite(low) & np.isfinite(high)
    low, high = np.where(known, low, 0.0), np.where(known, high, 0.0)
    return Survival(times, share, np.minimum(low, high), np.maximum(low, high))


def _crossing(
    times: np.ndarray, share: np.ndarray, height: float, middle: bool = True
) -> float | None:
    below = np.flatnonzero(share <= height + 1e-12)
    if below.size == 0:
        return None
    at = int(below[0])
    if middle and abs(share[at] - height) <= 1e-12 and at + 1 < times.size:
        return float((times[at] + times[at + 1]) / 2)
    return float(times[at])
