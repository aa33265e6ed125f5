"""What a change is made of: groups that changed, and a changed mix of groups."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from journey.answer import Estimate, Measure, Part

REST = "All others"
"""Values that are not shown one by one: withheld, or too many."""
MUCH = 0.25
"""Share of a change that a different mix must make to be told."""
HALF = 0.5
"""Share of a change that a single value must carry to be named."""


@dataclass(frozen=True)
class Effect:
    """What one value of a segment column added to the change."""

    label: str
    rate: float
    """By going on more or less than it did."""
    mix: float
    """By being a larger or smaller share, against the average value."""
    share: float
    """Its mean share of what is counted, over both periods."""
    is_own: bool = False
    """Whether its own change is beyond chance."""
    grew: float = 0.0
    """Its share of what is counted now less that before."""
    weight: float | None = None
    """Its mean share of the figure's numerator; what it would carry of a change that
    took the same part of every value. None where it is its share of what is counted."""

    @property
    def shares(self) -> tuple[float, float]:
        """Return its share of what is counted before and now."""
        return self.share - self.grew / 2, self.share + self.grew / 2


@dataclass(frozen=True)
class Split:
    """The change of a figure by one segment column; rate + mix is the change."""

    column: str
    effects: tuple[Effect, ...]

    @property
    def rate(self) -> float:
        return math.fsum(effect.rate for effect in self.effects)

    @property
    def mix(self) -> float:
        return math.fsum(effect.mix for effect in self.effects)

    @property
    def change(self) -> float:
        return self.rate + self.mix

    @property
    def largest(self) -> Effect | None:
        """Return the value that carries half of the change or more, if one does."""
        size = HALF * abs(self.change)
        able = [e for e in self.effects if e.is_own and e.rate * self.change > 0]
        worst = max(able, key=lambda e: abs(e.rate), default=None)
        return worst if worst and abs(worst.rate) >= size else None

    @property
    def shifted(self) -> Effect | None:
        """Return the value whose larger or smaller share did most, if the mix did much.

        Much is a quarter of the change, in its direction.
        """
        if self.mix * self.change <= 0 or abs(self.mix) < MUCH * abs(self.change):
            return None
        return max(self.effects, key=lambda e: e.mix * self.change)

    @property
    def told(self) -> float:
        """How far the change is from being spread evenly: 0 says nothing."""
        own = (abs(e.rate - _due(e) * self.change) for e in self.effects if e.is_own)
        return abs(self.mix) + sum(own)


def _due(effect: Effect) -> float:
    return effect.share if effect.weight is None else effect.weight


@dataclass(frozen=True)
class _Pair:
    """One value or the total: parts of the figure now and before."""

    label: str
    now: tuple[float, float]
    before: tuple[float, float]
    is_own: bool = False


def split(measure: Measure, column: str, unit: str | None) -> Split | None:
    """Return the change by one column; None where it cannot be split.

    A rate is split as Kitagawa (1955) does, mix effects against the average rate; a
    count or an amount has no mix: each value's own change. Medians, differences of two
    groups and columns whose values overlap do not split.
    """
    parts = measure.parts.get(column, ())
    total = _pair("", measure.now, measure.before, unit)
    if total is None or measure.now.state == "suppressed":
        return None
    shown = [pair for part in parts if (pair := _shown(part, unit)) is not None]
    rest = _rest(total, shown)
    if rest is None or not parts:
        return None
    pairs = [*shown, rest] if any(abs(n) > 1e-9 for n in rest.now + rest.before) else shown
    is_rate = measure.now.denominator is not None
    if is_rate and not (total.now[1] and total.before[1]):
        return None
    effects = [_effect(p, total) if is_rate else _amount(p, total) for p in pairs]
    return Split(column, tuple(effects))


def splits(measure: Measure, columns: Iterable[str], unit: str | None) -> list[Split]:
    """Return the splits by several columns, the one that tells most first."""
    found = [s for c in columns if (s := split(measure, c, unit)) and len(s.effects) > 1]
    return sorted(found, key=lambda one: -one.told)


def adding_up(parts: Sequence[float], total: float, digits: int) -> list[float]:
    """Return the parts rounded so that they add up to the rounded total.

    What rounding loses goes to the parts it changed most (largest remainder).
    """
    unit = 10**-digits
    whole = [math.floor(part / unit) for part in parts]
    missing = round(total / unit) - sum(whole)
    order = sorted(range(len(parts)), key=lambda i: whole[i] - parts[i] / unit)
    for number in range(abs(missing)):
        place = (
            order[number % len(parts)] if missing > 0 else order[-1 - number % len(parts)]
        )
        whole[place] += 1 if missing > 0 else -1
    return [round(number * unit, digits) for number in whole]


def _pair(
    label: str, now: Estimate, before: Estimate | None, unit: str | None, own: bool = False
) -> _Pair | None:
    sides = [_sides(now, unit), _sides(before, unit)]
    if sides[0] is None or sides[1] is None:
        return None
    return _Pair(label, sides[0], sides[1], own)


def _sides(estimate: Estimate | None, unit: str | None) -> tuple[float, float] | None:
    """Return numerator and denominator; an amount stands over nothing."""
    if estimate is None or estimate.state in ("suppressed", "immature", "missing"):
        return None
    if estimate.numerator is not None and estimate.denominator is not None:
        return estimate.numerator, estimate.denominator
    if estimate.value is not None and unit in ("count", "money"):
        return estimate.value, 0.0
    return (0.0, 0.0) if estimate.units == 0 else None


def _shown(part: Part, unit: str | None) -> _Pair | None:
    own = bool(part.change and part.change.moved)
    return _pair(part.label, part.now, part.before, unit, own)


def _rest(total: _Pair, shown: Sequence[_Pair]) -> _Pair | None:
    """Return what the shown values leave of the total; None where they exceed it."""

    def left(which: str) -> tuple[float, float]:
        whole: tuple[float, float] = getattr(total, which)
        return (
            whole[0] - math.fsum(getattr(p, which)[0] for p in shown),
            whole[1] - math.fsum(getattr(p, which)[1] for p in shown),
        )

    now, before = left("now"), left("before")
    counted = [(now[1], total.now[1]), (before[1], total.before[1])]
    if any(rest < -1e-6 * max(1.0, whole) for rest, whole in counted):
        return None
    if not any(whole for _, whole in counted) and min(now[0], before[0]) < -0.005:
        return None
    return _Pair(REST, _cleaned(now, total.now), _cleaned(before, total.before))


def _cleaned(rest: tuple[float, float], whole: tuple[float, float]) -> tuple[float, float]:
    """Return the rest without what only the order of adding left behind."""
    return (
        0.0 if abs(rest[0]) <= 1e-9 * abs(whole[0]) else rest[0],
        0.0 if abs(rest[1]) <= 1e-9 * abs(whole[1]) else rest[1],
    )


def _effect(pair: _Pair, total: _Pair) -> Effect:
    """Return what one value added: both effects of all values add up to the change."""
    (k1, n1), (k0, n0) = pair.now, pair.before
    s1, s0 = n1 / total.now[1], n0 / total.before[1]
    c1, c0 = k1 / total.now[1], k0 / total.before[1]
    r1, r0 = (k1 / n1 if n1 else None), (k0 / n0 if n0 else None)
    known = [rate for rate in (r1, r0) if rate is not None]
    mean = sum(known) / len(known) if known else 0.0
    average = (total.now[0] / total.now[1] + total.before[0] / total.before[1]) / 2
    moved = s1 - s0
    weights = [
        k / whole[0] for k, whole in ((k1, total.now), (k0, total.before)) if whole[0]
    ]
    return Effect(
        pair.label, (c1 - c0) - moved * mean, moved * (mean - average),
        (s1 + s0) / 2, pair.is_own, moved, sum(weights) / len(weights) if weights else None,
    )  # fmt: skip


def _amount(pair: _Pair, total: _Pair) -> Effect:
    whole = total.now[0] + total.before[0]
    share = (pair.now[0] + pair.before[0]) / whole if whole else 0.0
    return Effect(pair.label, pair.now[0] - pair.before[0], 0.0, share, pair.is_own)
