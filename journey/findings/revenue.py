"""What revenue did and why: visits, conversion, basket, refunds, each in money."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial, prod

from journey.answer import Measure
from journey.figures import statistics
from journey.figures.scoped import Figures
from journey.scope import Scope


@dataclass(frozen=True)
class Share:
    """One reason of the change of revenue, in money."""

    label: str
    amount: float


@dataclass(frozen=True)
class Revenue:
    """Net revenue, its change, and what made it change; the parts add up."""

    now: float
    before: float
    shares: tuple[Share, ...]
    moved: bool
    """Whether the change is beyond the usual swing of the days."""

    @property
    def change(self) -> float:
        return self.now - self.before

    @property
    def share(self) -> float | None:
        """Return the change as a share of before; None where refunds outweigh what was
        sold in either period, because a share of less than nothing says nothing."""
        return self.change / self.before if min(self.now, self.before) > 0 else None


def revenue(figures: Figures) -> Revenue | None:
    """Return what revenue did and why: visits x conversion x basket, the rest by name.

    The product of visits, orders per visit and revenue per order is the revenue of
    orders; what stands beside it (refunds of the period) is a share of its own.
    """
    total = measure_of(figures, "conversion/revenue")
    order = counted_of(figures, "conversion/average_order")
    if total is None or total.before is None or order is None or order.before is None:
        return None
    now, before = total.now.value or 0.0, total.before.value or 0.0
    sold = order.now.numerator or 0.0, order.before.numerator or 0.0
    orders = order.now.denominator or 0.0, order.before.denominator or 0.0
    visits = measure_of(figures, "awareness/visits")
    shares = _factors(sold, orders, _both(visits))
    rest = (now - sold[0]) - (before - sold[1])
    if abs(rest) >= 0.005:
        shares.append(Share("refunds", rest))
    shares.sort(key=lambda share: -abs(share.amount))
    rate = measure_of(figures, "conversion/conversion_rate")
    return Revenue(now, before, tuple(shares), _beyond_swing(total, rate, order))


def measure_of(figures: Figures, name: str, scope: Scope | None = None) -> Measure | None:
    """Return the measure without its parts; None where it has no figure."""
    if name not in figures.library.queries:
        return None
    measure = figures.glance(name, scope).measure
    return measure if measure and measure.now.value is not None else None


def counted_of(figures: Figures, name: str) -> Measure | None:
    """Return the measure also where it counted too few for a figure of its own."""
    if name not in figures.library.queries:
        return None
    measure = figures.glance(name).measure
    states = ("ready", "too_few")
    return measure if measure and measure.now.state in states else None


def _both(measure: Measure | None) -> tuple[float, float] | None:
    if measure is None or measure.before is None:
        return None
    return measure.now.value or 0.0, measure.before.value or 0.0


def _factors(
    sold: tuple[float, float],
    orders: tuple[float, float],
    visits: tuple[float, float] | None,
) -> list[Share]:
    """Split the change of order revenue; both periods come as (now, before)."""
    baskets = [_ratio(sold[i], orders[i]) for i in (0, 1)]
    if visits is None:
        labels: Iterable[str] = ("orders", "basket")
        factors: list[tuple[float, ...]] = [(orders[i], baskets[i]) for i in (0, 1)]
    else:
        labels = ("visits", "conversion", "basket")
        factors = [(visits[i], _ratio(orders[i], visits[i]), baskets[i]) for i in (0, 1)]
    return [
        Share(label, amount)
        for label, amount in zip(labels, shapley(*factors), strict=True)
    ]


def shapley(now: Sequence[float], before: Sequence[float]) -> tuple[float, ...]:
    """Split the change of a product of factors among the factors, to the cent.

    Shapley's value (1953): each factor's effect averaged over all orders in which the
    factors could have changed. The parts add up to product(now) - product(before).
    """
    size = len(now)
    order_count = factorial(size)
    shares = [0.0] * size
    for factor in range(size):
        others = [i for i in range(size) if i != factor]
        for count in range(size):
            weight = factorial(count) * factorial(size - count - 1) / order_count
            for moved in combinations(others, count):
                rest = prod([now[i] if i in moved else before[i] for i in others])
                shares[factor] += weight * float(rest) * (now[factor] - before[factor])
    return tuple(shares)


def _ratio(numerator: float, denominator: float) -> float:
    return numerator / denominator if denominator else 0.0


def _beyond_swing(total: Measure, *factors: Measure | None) -> bool:
    """Whether revenue, or one of its factors, moved by more than chance explains.

    Revenue is compared day by day with the same place in the period before, so that
    weekdays meet weekdays: a paired t-test at 95%.
    """
    if any(m and m.change and m.change.moved for m in factors):
        return True
    pairs = zip(total.trend, total.trend_before, strict=False)
    gaps = [(a.estimate.value or 0.0) - (b.estimate.value or 0.0) for a, b in pairs]
    if len(gaps) < 7:
        return True
    low, high = statistics.mean(sum(gaps), sum(gap * gap for gap in gaps), len(gaps))
    return low > 0 or high < 0
