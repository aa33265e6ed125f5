"""Where people stop going on, since when, and what that costs.

A step is a measure whose denominator counts who came to it and whose numerator
counts who went on. Every step is cut into cells (nothing, one segment value, a pair
of values), each cell is compared with itself before or with the rest, and what
survives the correction for looking at many cells becomes a leak.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
import polars as pl

from journey.answer import Estimate
from journey.figures.statistics import benjamini_hochberg, newcombe, proportions_p, wilson

ENOUGH = 30
"""Units a cell needs in both periods before a rate is drawn from it."""
FALSE_DISCOVERIES = 0.05
OWN_SHARE = 0.5
"""Share of a fall that must remain when the mix inside the cell is held constant."""
SHORTEST = 3
"""Days a new level must have lasted before a start day is named."""

Cell = tuple[tuple[str, str | None], ...]
"""Segment column and value, sorted by column; () is everybody."""
Numbers = np.ndarray[tuple[int], np.dtype[np.float64]]
Codes = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True)
class Step:
    """One transition of the journey."""

    name: str
    """The query that measures it."""
    label: str
    stage: str
    worth: float | None
    """Net revenue that one more unit going on brings; None where unknown."""
    counts_lost: bool = False
    """Whether its measure counts those who do not go on, as parcels not collected."""

    def as_counted(self, rate: float) -> float:
        """Return a rate of going on as the step's own measure counts it."""
        return 1 - rate if self.counts_lost else rate


def going_on(parts: pl.DataFrame, counts_lost: bool) -> pl.DataFrame:
    """Return the parts with those who go on as numerator, whatever the measure counts."""
    if not counts_lost:
        return parts
    return parts.with_columns(numerator=pl.col("denominator") - pl.col("numerator"))


@dataclass(frozen=True)
class Leak:
    """A cell that goes on less than it did, or less than the others do."""

    step: Step
    cell: Cell
    kind: Literal["worse", "low"]
    now: Estimate
    reference: Estimate
    """The cell before (worse) or everybody else now (low)."""
    lost: tuple[float, float, float]
    """Units lost: middle, low, high of the 95% interval."""
    p: float
    since: dt.date | None = None
    """First day of the new level, where one can be told."""

    @property
    def money(self) -> tuple[float, float, float] | None:
        """Lost units times worth: middle, low, high."""
        if self.step.worth is None:
            return None
        middle, low, high = (units * self.step.worth for units in self.lost)
        return middle, low, high

    @property
    def key(self) -> str:
        """A stable name of the leak, for links and follow-ups."""
        cell = ",".join(f"{column}={value or ''}" for column, value in self.cell)
        return f"{self.step.name}?{cell}"


@dataclass(frozen=True)
class Thin:
    """A cell too small for a rate, and when it will not be."""

    step: Step
    cell: Cell
    units: int
    needed: int
    ready_on: dt.date | None


def leaks(parts: Mapping[Step, pl.DataFrame], kind: Literal["worse", "low"]) -> list[Leak]:
    """Return the leaks of all steps, dearest first.

    `parts`: per step one row per combination of its segment columns and period
    ('now', 'before') with numerator and denominator, as `query.run.parts` gives.
    Overlapping cells are one leak, named by the sharpest (largest |z|): a fall that
    sits in a share of the units has its largest z exactly in that share. What is always
    low overlaps where nothing of a gap is left without the units of sharper ones.
    """
    found = [
        row
        for step, frame in parts.items()
        for row in _scan(step, frame, kind)
        if row.lost[0] > 0
    ]
    kept = benjamini_hochberg([leak.p for leak in found])
    hits = [leak for leak, q in zip(found, kept, strict=True) if q <= FALSE_DISCOVERIES]
    hits.sort(key=lambda leak: (leak.p, len(leak.cell), leak.key))
    sharpest = _falls(hits, parts) if kind == "worse" else _gaps(hits, parts)
    return sorted(sharpest, key=_by_money)


def _falls(hits: Sequence[Leak], parts: Mapping[Step, pl.DataFrame]) -> list[Leak]:
    sharpest: list[Leak] = []
    for leak in hits:
        if not any(_overlap(leak, other) for other in sharpest) and (
            _is_own(leak, parts[leak.step])
        ):
            sharpest.append(leak)
    return sharpest


def _gaps(hits: Sequence[Leak], parts: Mapping[Step, pl.DataFrame]) -> list[Leak]:
    """Return the gaps that remain when the units of the sharper ones are left out."""
    left, sharpest, least = dict(parts), [], max((leak.p for leak in hits), default=0.0)
    for leak in hits:
        frame = left[leak.step]
        if len(frame) < len(parts[leak.step]):
            again = _alone(leak, frame)
            if again is None or again.p > least or again.lost[0] <= 0:
                continue
        sharpest.append(leak)
        left[leak.step] = frame.filter(~_inside(leak.cell))
    return sharpest


def _alone(leak: Leak, frame: pl.DataFrame) -> Leak | None:
    """Return the same gap among fewer units."""
    row, total = (_sums(part) for part in (frame.filter(_inside(leak.cell)), frame))
    return _low(leak.step, leak.cell, row, total)


def _inside(cell: Cell) -> pl.Expr:
    found = pl.lit(True)
    for column, value in cell:
        found &= pl.col(column).eq_missing(pl.lit(value))
    return found


def _sums(frame: pl.DataFrame) -> dict[str, float]:
    ((_, row),) = _cells(frame, (), sizes=(0,))
    return row


def thin(step: Step, frame: pl.DataFrame, last: dt.date, days: int) -> list[Thin]:
    """Return the single-value cells below ENOUGH, with the day they will suffice."""
    columns = _segments(frame)
    small = []
    for cell, row in _cells(frame, columns, sizes=(1,)):
        units = int(row["n_now"])
        if 0 < units < ENOUGH:
            wait = int(np.ceil((ENOUGH - units) * days / units))
            ready = last + dt.timedelta(wait) if wait <= 366 else None
            small.append(Thin(step, cell, units, ENOUGH - units, ready))
    return small


def start(days: pl.DataFrame) -> dt.date | None:
    """Return the first day of a lower level, or None where no break stands out.

    `days`: day, numerator, denominator. The split with the highest binomial
    likelihood is taken; it must beat the unsplit series by the 99.9% quantile of
    chi-squared with one degree of freedom widened for the number of split days
    searched (Worsley 1983 uses the same maximum; the widening is Bonferroni's).
    """
    series = days.sort("day")
    k = series["numerator"].to_numpy().astype(float).cumsum()
    n = series["denominator"].to_numpy().astype(float).cumsum()
    if len(k) < 2 * SHORTEST or n[-1] == 0:
        return None
    cuts = np.arange(SHORTEST, len(k) - SHORTEST + 1)
    left_k, left_n = k[cuts - 1], n[cuts - 1]
    right_k, right_n = k[-1] - left_k, n[-1] - left_n
    gain = 2 * (
        _likelihood(left_k, left_n)
        + _likelihood(right_k, right_n)
        - _likelihood(k[-1:], n[-1:])
    )
    falls = right_k * left_n < left_k * right_n
    gain = np.where(falls, gain, 0.0)
    best = int(gain.argmax())
    if gain[best] < 10.83 + 2 * np.log(len(cuts)):
        return None
    day: dt.date = series["day"][int(cuts[best])]
    return day


def sharpen(leak: Leak, days: pl.DataFrame) -> Leak:
    """Return the leak as it is since its first day, where that day can be told.

    `days`: day, numerator, denominator of the leak's cell over both periods. Days of
    the new level are compared with all days before it; without a start day, or with
    too few units on a side, the leak stays as it is.
    """
    since = start(days)
    if since is None:
        return leak
    sums = [
        days.filter(side).select(pl.col("numerator", "denominator").sum()).row(0)
        for side in (pl.col("day") >= since, pl.col("day") < since)
    ]
    row = {
        "k_now": sums[0][0], "n_now": sums[0][1],
        "k_before": sums[1][0], "n_before": sums[1][1],
    }  # fmt: skip
    found = _worse(leak.step, leak.cell, row)
    return replace(found, since=since, p=leak.p) if found else leak


def mix_and_rate(frame: pl.DataFrame, column: str) -> tuple[float, float]:
    """Split the change of a ratio into the effect of the mix and of the rates.

    Kitagawa 1955: mix = sum of share change x mean rate, rate = sum of rate change x
    mean share; both add up to the change. `frame` as for `leaks`.
    """
    cells = [row for _, row in _cells(frame, [column], sizes=(1,))]
    total_now = sum(row["n_now"] for row in cells)
    total_before = sum(row["n_before"] for row in cells)
    mix = rate = 0.0
    for row in cells:
        share_now = row["n_now"] / total_now if total_now else 0.0
        share_before = row["n_before"] / total_before if total_before else 0.0
        rate_now = row["k_now"] / row["n_now"] if row["n_now"] else None
        rate_before = row["k_before"] / row["n_before"] if row["n_before"] else None
        r1 = rate_now if rate_now is not None else (rate_before or 0.0)
        r0 = rate_before if rate_before is not None else r1
        mix += (share_now - share_before) * (r1 + r0) / 2
        rate += (share_now + share_before) / 2 * (r1 - r0)
    return mix, rate


def _likelihood(
    k: Numbers,
    n: Numbers,
) -> Numbers:
    """Return the binomial log likelihood at its maximum, constants left out."""
    with np.errstate(divide="ignore", invalid="ignore"):
        hits = np.where(k > 0, k * np.log(k / n), 0.0)
        misses = np.where(n - k > 0, (n - k) * np.log((n - k) / n), 0.0)
    total: Numbers = hits + misses
    return total


def _segments(frame: pl.DataFrame) -> list[str]:
    own = {"period", "day", "numerator", "denominator"}
    return sorted(column for column in frame.columns if column not in own)


def _cells(
    frame: pl.DataFrame, columns: Sequence[str], sizes: Iterable[int], least: float = 0.0
) -> Iterator[tuple[Cell, dict[str, float]]]:
    """Yield every cell with n_now, k_now, n_before and k_before.

    `least`: units a cell must have in each period; there are many more small ones.
    """
    coded = {column: _coded(frame[column]) for column in columns}
    is_now = np.array([which == "now" for which in frame["period"].to_list()], dtype=bool)
    counts = {
        name: np.nan_to_num(frame[column].to_numpy().astype(float))
        for name, column in (("n", "denominator"), ("k", "numerator"))
    }
    sums = {
        f"{name}_{which}": np.where(side, values, 0.0)
        for which, side in (("now", is_now), ("before", ~is_now))
        for name, values in counts.items()
    }
    for size in sizes:
        for chosen in combinations(columns, size):
            yield from _counted(chosen, [coded[column] for column in chosen], sums, least)


def _coded(values: pl.Series) -> tuple[list[Any], Codes]:
    """Return the values, and each row's place among them."""
    rows = values.to_list()
    place = {label: at for at, label in enumerate(dict.fromkeys(rows))}
    return list(place), np.array([place[value] for value in rows], dtype=np.int64)


def _counted(
    chosen: Sequence[str],
    coded: Sequence[tuple[list[Any], Codes]],
    sums: Mapping[str, Numbers],
    least: float,
) -> Iterator[tuple[Cell, dict[str, float]]]:
    """Yield the cells of one combination of columns."""
    shape = [len(labels) for labels, _ in coded]
    rows = len(sums["n_now"])
    place = np.zeros(rows, dtype=np.int64)
    for (_, codes), many in zip(coded, shape, strict=True):
        place = place * many + codes
    size = int(np.prod(shape)) if shape else 1
    found = {
        name: np.bincount(place, weights=values, minlength=size)
        for name, values in sums.items()
    }
    fewest = np.minimum(found["n_now"], found["n_before"])
    seen = fewest >= least if least else found["n_now"] + found["n_before"] > 0
    for at in np.flatnonzero(seen | (not shape)):
        places = np.unravel_index(at, shape) if shape else ()
        values = [labels[i] for (labels, _), i in zip(coded, places, strict=True)]
        cell = tuple(zip(chosen, values, strict=True))
        yield cell, {name: float(sums_[at]) for name, sums_ in found.items()}


def _scan(step: Step, frame: pl.DataFrame, kind: Literal["worse", "low"]) -> Iterator[Leak]:
    columns = _segments(frame)
    sizes = (0, 1, 2) if kind == "worse" else (1,)
    total = _sums(frame)
    for cell, row in _cells(frame, columns, sizes, ENOUGH if kind == "worse" else 0):
        leak = _worse(step, cell, row) if kind == "worse" else _low(step, cell, row, total)
        if leak is not None:
            yield leak


def _worse(step: Step, cell: Cell, row: Mapping[str, float]) -> Leak | None:
    now, before = (row["k_now"], row["n_now"]), (row["k_before"], row["n_before"])
    if min(now[1], before[1]) < ENOUGH or _is_odd(now, before):
        return None
    low, high = newcombe(*before, *now)
    middle = before[0] / before[1] - now[0] / now[1]
    return Leak(
        step, cell, "worse", _rate(*now), _rate(*before),
        (middle * now[1], low * now[1], high * now[1]), proportions_p(*now, *before),
    )  # fmt: skip


def _low(
    step: Step, cell: Cell, row: Mapping[str, float], total: Mapping[str, float]
) -> Leak | None:
    now = row["k_now"], row["n_now"]
    rest = total["k_now"] - now[0], total["n_now"] - now[1]
    if min(now[1], rest[1]) < ENOUGH or _is_odd(now, rest):
        return None
    low, high = newcombe(*rest, *now)
    gap = rest[0] / rest[1] - now[0] / now[1]
    # The share of the gap that is not noise (James and Stein, one cell against zero).
    error = (high - low) / 3.92
    shrunk = gap * max(0.0, 1 - (error / gap) ** 2) if gap > 0 else gap
    scale = shrunk / gap if gap else 0.0
    return Leak(
        step, cell, "low", _rate(*now), _rate(*rest),
        (shrunk * now[1], max(low, 0.0) * scale * now[1], high * scale * now[1]),
        proportions_p(*now, *rest),
    )  # fmt: skip


def _is_odd(*sides: tuple[float, float]) -> bool:
    """Whether more went on than came, as where reports count both apart: no rate."""
    return any(not 0 <= k <= n for k, n in sides)


def _rate(k: float, n: float) -> Estimate:
    low, high = wilson(k, n)
    return Estimate(k / n, "ready", k, n, low, high, n)


def _overlap(leak: Leak, other: Leak) -> bool:
    """Whether some unit of the same step could be in both cells."""
    if leak.step != other.step:
        return False
    mine, theirs = dict(leak.cell), dict(other.cell)
    return all(mine[c] == theirs[c] for c in mine.keys() & theirs.keys())


def _is_own(leak: Leak, frame: pl.DataFrame) -> bool:
    """Whether the fall is the cell's own, and not a changed mix inside it."""
    inside = frame.filter(_inside(leak.cell))
    change = leak.now.value or 0.0
    change -= leak.reference.value or 0.0
    others = [c for c in _segments(frame) if c not in dict(leak.cell)]
    own = [mix_and_rate(inside, column)[1] for column in others]
    return all(rate <= OWN_SHARE * change for rate in own)


def _by_money(leak: Leak) -> tuple[bool, float, str]:
    money = leak.money
    return (money is None, -(money or leak.lost)[0], leak.key)
