"""From additive parts to figures: values, intervals, changes, days and splits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from journey import statistics
from journey.answer import Change, Estimate, Measure, Part, Period, Point
from journey.problem import Problem
from journey.query.file import Query
from journey.query.parts import ARMS, Shape

FEWEST = 30
"""Units below which no rate, mean or median is drawn."""

PARTS = 200
"""Values of one column that are kept, the largest ones."""

SUMS = ("numerator", "denominator", "sum_squares", "sum_nn", "sum_dd", "sum_nd", "value")


@dataclass(frozen=True)
class Cell:
    """The additive parts of one group; adding two cells gives both together."""

    sums: Mapping[str, float] = field(default_factory=dict)
    happened: Mapping[float, float] = field(default_factory=dict)
    """Observation -> how many (observation shape)."""
    still_open: Mapping[float, float] = field(default_factory=dict)
    arms: Mapping[str, Cell] = field(default_factory=dict)

    def __add__(self, other: Cell) -> Cell:
        return self._with(other, 1)

    def __sub__(self, other: Cell) -> Cell:
        return self._with(other, -1)

    def _with(self, other: Cell, sign: int) -> Cell:
        return Cell(
            _combined(self.sums, other.sums, sign),
            _combined(self.happened, other.happened, sign),
            _combined(self.still_open, other.still_open, sign),
            {
                arm: self.arms.get(arm, Cell())._with(other.arms.get(arm, Cell()), sign)
                for arm in {**self.arms, **other.arms}
            },
        )

    def __getitem__(self, name: str) -> float:
        return self.sums.get(name) or 0.0

    @property
    def is_empty(self) -> bool:
        return not (self.sums or self.happened or self.still_open or self.arms)

    @property
    def units(self) -> float:
        """How many units it rests on; for money over money, the denominator."""
        if self.happened or self.still_open:
            return sum(self.happened.values()) + sum(self.still_open.values())
        if self.arms:
            return min(cell.units for cell in self.arms.values())
        return self["denominator"] if "denominator" in self.sums else self["value"]


@dataclass(frozen=True)
class Cells:
    """All groups of one run; `which` is now or before."""

    total: Mapping[str, Cell]
    days: Mapping[str, Mapping[Any, Cell]]
    splits: Mapping[str, Mapping[str, Mapping[str, Cell]]]
    """Column -> which -> value -> cell."""
    steps: Mapping[str, Mapping[int, Cell]]
    overlapping: frozenset[str] = frozenset()
    """Columns whose values do not add up to the total (a person in two of them)."""


def _combined(
    a: Mapping[Any, float], b: Mapping[Any, float], sign: int
) -> dict[Any, float]:
    out = dict(a)
    for key, value in b.items():
        out[key] = out.get(key, 0.0) + sign * value
    return {key: value for key, value in out.items() if value or key in SUMS}


def cells(rows: Iterable[Mapping[str, Any]], shape: Shape, step: int | None) -> Cells:
    """Sort the rows of one run into groups. For cohorts, `step` is the headline's."""
    columns = ("day", *shape.splits)
    every = 2 ** len(columns) - 1
    found: dict[tuple[str, str, Any], Cell] = {}
    steps: dict[str, dict[int, Cell]] = {"now": {}, "before": {}}
    for row in rows:
        column = _grouped_by(columns, every - row["journey_set"])
        cell = _cell(row, shape)
        if "step" in shape.has:
            if column == "":
                at = steps[row["period"]]
                at[row["step"]] = at.get(row["step"], Cell()) + cell
            if row["step"] != step:
                continue
        key = (row["period"], column, row[column] if column else None)
        found[key] = found[key] + cell if key in found else cell
    return _sorted_in(found, steps, shape)


def _sorted_in(
    found: Mapping[tuple[str, str, Any], Cell],
    steps: Mapping[str, Mapping[int, Cell]],
    shape: Shape,
) -> Cells:
    total: dict[str, Cell] = {}
    days: dict[str, dict[Any, Cell]] = {"now": {}, "before": {}}
    splits: dict[str, dict[str, dict[str, Cell]]] = {
        column: {"now": {}, "before": {}} for column in shape.splits
    }
    for (which, column, value), cell in found.items():
        if column == "":
            total[which] = cell
        elif column == "day":
            days[which][value] = cell
        else:
            splits[column][which][value] = cell
    overlapping = frozenset(
        column for column in splits
        if shape.kind == "member" and not _adds_up(splits[column], total)
    )  # fmt: skip
    return Cells(total, days, splits, steps, overlapping)


def _adds_up(sides: Mapping[str, Mapping[str, Cell]], total: Mapping[str, Cell]) -> bool:
    return all(
        abs(sum(cell.units for cell in side.values()) - total[which].units) < 0.5
        for which, side in sides.items()
        if which in total
    )


def _grouped_by(columns: tuple[str, ...], kept: int) -> str:
    """Return the one column that a grouping set keeps, "" for the total."""
    for place, column in enumerate(reversed(columns)):
        if kept == 1 << place:
            return column
    return ""


def _cell(row: Mapping[str, Any], shape: Shape) -> Cell:
    if shape.kind == "observation":
        cell = Cell({}, _counts(row["happened"]), _counts(row["still_open"]))
    else:
        cell = Cell({name: float(row[name] or 0) for name in SUMS if name in row})
    if "arm" in shape.has:
        return Cell(arms={row["arm"]: cell})
    return cell


def _counts(histogram: Mapping[float, int] | None) -> dict[float, float]:
    """Return {value: how many} of a histogram."""
    known = (histogram or {}).items()
    return {float(value): float(many) for value, many in known if value is not None}


class Measurer:
    """Turns cells of one query into estimates and changes."""

    def __init__(self, query: Query, shape: Shape) -> None:
        self.query = query
        self.shape = shape

    @property
    def is_count(self) -> bool:
        """Whether no event is a true zero and not a rate of nothing."""
        return self.shape.kind == "value" or (
            self.shape.kind == "member" and "hit" not in self.shape.has
        )

    def estimate(self, cell: Cell | None) -> Estimate:
        if cell is None or cell.is_empty:
            if self.is_count:
                return self.estimate(Cell({"value": 0.0}))
            return Estimate(None, "too_few", units=0.0)
        if cell.arms:
            return self.contrast(cell)
        if self.shape.kind == "observation":
            return self.median(cell)
        if self.is_count:
            return self.total(cell)
        return self.ratio(cell)

    def total(self, cell: Cell) -> Estimate:
        value = cell["value"]
        counts = self.query.interval == "count" or self.shape.kind == "member"
        low, high = (None, None)
        if self.query.interval == "count" and value >= 0:
            low, high = statistics.poisson(value)
        return Estimate(value, low=low, high=high, units=value if counts else None)

    def ratio(self, cell: Cell) -> Estimate:
        """Return numerator over denominator with the interval the header names."""
        top, units = cell["numerator"], cell["denominator"]
        given = Estimate(None, "too_few", top, units, units=units)
        counted = self.query.interval != "none" or self.shape.kind == "member"
        if units == 0 or (counted and "sum_nn" not in cell.sums and units < FEWEST):
            return given
        if self.query.interval == "proportion" and not 0 <= top <= units:
            return given
        low, high = self.bounds(cell) if units > 0 else (None, None)
        return Estimate(
            top / units, "ready", top, units, low, high,
            units if counted and "sum_nn" not in cell.sums else None,
        )  # fmt: skip

    def bounds(self, cell: Cell) -> tuple[float | None, float | None]:
        top, units = cell["numerator"], cell["denominator"]
        if self.query.interval == "proportion" or self.shape.kind == "member":
            return statistics.wilson(top, units)
        if self.query.interval == "count" and top >= 0:
            low, high = statistics.poisson(top)
            return low / units, high / units
        if self.query.interval == "mean" and "sum_squares" in cell.sums:
            return statistics.mean(top, cell["sum_squares"], units)
        if "sum_nn" in cell.sums:
            names = ("sum_nn", "sum_dd", "sum_nd")
            return statistics.ratio_of_sums(top, units, *(cell[name] for name in names))
        return None, None

    def median(self, cell: Cell, share: float = 0.5) -> Estimate:
        if cell.units < FEWEST:
            return Estimate(None, "too_few", units=cell.units)
        curve = statistics.survival(cell.happened, cell.still_open)
        low, high = curve.bounds(share)
        value = curve.quantile(share)
        state = "ready" if value is not None else "immature"
        return Estimate(value, state, low=low, high=high, units=cell.units)  # type: ignore[arg-type]

    def contrast(self, cell: Cell) -> Estimate:
        """Return treated minus baseline."""
        plain = Measurer(self.query, _without_arm(self.shape))
        treated, baseline = (plain.estimate(cell.arms.get(arm)) for arm in ARMS)
        if treated.value is None or baseline.value is None:
            state = treated.state if treated.value is None else baseline.state
            return Estimate(None, state, units=cell.units)
        change = plain.change(treated, baseline, cell.arms[ARMS[0]], cell.arms[ARMS[1]])
        return Estimate(
            change.absolute if change else None,
            low=change.low if change else None,
            high=change.high if change else None,
            units=cell.units,
        )

    def change(
        self, now: Estimate, before: Estimate, now_cell: Cell, before_cell: Cell
    ) -> Change | None:
        """Return now minus before; None where one of them has no value."""
        change = plain_change(now, before, self.query)
        if change is None:
            return None
        low, high = self.difference(now, before, now_cell, before_cell)
        moved = None if low is None or high is None else not low <= 0 <= high
        return replace(change, low=low, high=high, moved=moved)

    def difference(
        self, now: Estimate, before: Estimate, now_cell: Cell, before_cell: Cell
    ) -> tuple[float | None, float | None]:
        if self.query.interval == "mean" and "sum_squares" in now_cell.sums:
            names = ("numerator", "sum_squares", "denominator")
            a, b = (
                (c[names[0]], c[names[1]], c[names[2]]) for c in (now_cell, before_cell)
            )
            return statistics.welch(a, b)
        ends = (now.low, now.high, before.low, before.high)
        if now.value is None or before.value is None or None in ends:
            return None, None
        a_low, a_high, b_low, b_high = (float(end or 0.0) for end in ends)
        return statistics.mover(now.value, (a_low, a_high), before.value, (b_low, b_high))


def plain_change(now: Estimate, before: Estimate, query: Query) -> Change | None:
    """Return now minus before without an interval; None where one has no value."""
    if now.value is None or before.value is None:
        return None
    absolute = now.value - before.value
    relative = absolute / abs(before.value) if before.value else None
    good = None
    if query.better != "neither" and absolute != 0:
        good = (absolute > 0) == (query.better == "higher")
    return Change(absolute, relative, good=good)


@dataclass(frozen=True)
class Violations:
    """What contradicts `interval = "proportion"`."""

    problem: Problem | None = None
    notes: tuple[str, ...] = ()


def violations(found: Cells, query: Query, narrowed: bool) -> Violations:
    """Return where the numerator is not between zero and the denominator.

    A problem in the total, and wherever a rate would be drawn; in smaller groups a
    note, because one order without its checkout event must not take a card down.
    narrowed: the reader has chosen segments, so that the total may be small as well.
    """
    if query.interval != "proportion":
        return Violations()
    odd = [(place, cell) for place, cell in _places(found) if _is_odd(cell)]
    grave = [
        (place, cell)
        for place, cell in odd
        if _is_grave(cell) or (place == "in total" and not narrowed)
    ]
    if grave:
        return Violations(_contradiction(query, *grave[0]))
    notes = [
        f"{place[0].upper()}{place[1:]} more went on than began; no rate is drawn."
        for place, _ in odd
        if place == "in total"
    ]
    return Violations(notes=tuple(notes))


def _places(found: Cells) -> Iterator[tuple[str, Cell]]:
    """Yield every group with its place in words: days first, they say the most."""
    for days in found.days.values():
        for day, cell in days.items():
            yield f"on {day}", cell
    for column, sides in found.splits.items():
        for values in sides.values():
            for value, cell in values.items():
                yield f"for {column} = {value}", cell
    for cell in found.total.values():
        yield "in total", cell


def _is_odd(cell: Cell) -> bool:
    sides = cell.arms.values() if cell.arms else (cell,)
    return any(not 0 <= side["numerator"] <= side["denominator"] for side in sides)


def _is_grave(cell: Cell) -> bool:
    sides = cell.arms.values() if cell.arms else (cell,)
    return any(
        side["numerator"] < 0 or max(side["numerator"], side["denominator"]) >= FEWEST
        for side in sides
        if _is_odd(side)
    )


def _contradiction(query: Query, place: str, cell: Cell) -> Problem:
    sides = cell.arms.values() if cell.arms else (cell,)
    side = next(side for side in sides if _is_odd(side))
    return query.problem(
        f"numerator {side['numerator']:g} of denominator {side['denominator']:g} {place}",
        'interval = "proportion" needs 0 <= numerator <= denominator',
        "count in the numerator only what the denominator counts, or change interval",
        query.lines.get("interval"),
    )


def _without_arm(shape: Shape) -> Shape:
    return Shape(shape.kind, shape.has - {"arm"}, shape.splits)


def measure(
    found: Cells, measurer: Measurer, period: Period, compared: Period | None
) -> Measure:
    """Return every figure of one card."""
    now = found.total.get("now", Cell())
    before = found.total.get("before", Cell())
    estimates = (measurer.estimate(now), measurer.estimate(before))
    return Measure(
        now=estimates[0],
        before=estimates[1] if compared else None,
        change=measurer.change(*estimates, now, before) if compared else None,
        trend=_trend(found.days["now"], measurer, period),
        trend_before=_trend(found.days["before"], measurer, compared),
        parts={
            column: _parts(found, column, measurer, compared is not None)
            for column in found.splits
        },
        steps={
            step: measurer.estimate(cell)
            for step, cell in sorted(found.steps["now"].items())
        },
    )


def _trend(
    days: Mapping[Any, Cell], measurer: Measurer, period: Period | None
) -> tuple[Point, ...]:
    if period is None:
        return ()
    every = (period.shifted(n).first for n in range(period.days))
    return tuple(Point(day, measurer.estimate(days.get(day))) for day in every)


def _parts(
    found: Cells, column: str, measurer: Measurer, compared: bool
) -> tuple[Part, ...]:
    now, before = found.splits[column]["now"], found.splits[column]["before"]
    labels = sorted({*now, *before}, key=_largest_first(now, before))[:PARTS]
    adds_up = column not in found.overlapping and found.total.get("now") is not None
    return tuple(
        _part(
            label, now.get(label, Cell()), before.get(label, Cell()) if compared else None,
            found.total["now"] if adds_up and not found.total["now"].arms else None,
            measurer,
        )
        for label in labels
    )  # fmt: skip


def _largest_first(
    now: Mapping[str, Cell], before: Mapping[str, Cell]
) -> Callable[[str], tuple[float, float, str]]:
    return lambda label: (
        -now.get(label, Cell()).units, -before.get(label, Cell()).units, label
    )  # fmt: skip


def _part(
    label: str, now: Cell, before: Cell | None, total: Cell | None, measurer: Measurer
) -> Part:
    here = measurer.estimate(now)
    then = measurer.estimate(before) if before is not None else None
    change = (
        measurer.change(here, then, now, before)
        if before is not None and then is not None
        else None
    )
    rest = None
    if total is not None and not measurer.is_count:
        others = total - now
        rest = measurer.change(here, measurer.estimate(others), now, others)
    return Part(label, here, then, change, rest)
