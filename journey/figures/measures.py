"""From additive parts to figures: values, intervals, changes, days and splits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from journey.answer import Change, Estimate, Measure, Part, Period, Point
from journey.figures import statistics
from journey.figures.cells import Cell, Cells
from journey.query.file import Query
from journey.query.parts import ARMS, Shape
from journey.scope import NOT_SET

FEWEST = 30
"""Units below which no rate, mean or median is drawn."""

PARTS = 200
"""Values of one column that are kept, the largest ones."""


THIN = 0.2
"""Share of days with too few units from which on weeks are shown."""


DENSE = 100
"""Days from which on weeks are shown."""


class Measurer:
    """Turns cells of one query into estimates and changes."""

    def __init__(self, query: Query, shape: Shape) -> None:
        self.query = query
        self.shape = shape

    @property
    def folds(self) -> bool:
        """Whether figures of days give that of a week: from numerator, denominator."""
        return self.shape.kind != "observation" and not self.shape.has & {"arm", "units"}

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
        if "sum_squares" in cell.sums:
            low, high = statistics.compound_poisson(value, cell["sum_squares"])
            return Estimate(value, low=low, high=high)
        counts = self.query.interval == "count"
        if not counts or value < 0:
            known = counts or self.shape.kind == "member"
            return Estimate(value, units=value if known else None)
        low, high = statistics.poisson(value)
        return Estimate(value, low=low, high=high, units=value)

    def swinging(
        self, total: Estimate, days: Mapping[Any, Cell], period: Period | None
    ) -> Estimate:
        """Return a count with its interval as wide as its days swing.

        Visits and orders differ more from day to day than chance alone: by as much as
        days of the same weekday do, the variance is larger.
        """
        counted = self.shape.kind == "value" and self.query.interval == "count"
        ends = (total.low, total.high)
        if not counted or period is None or None in (total.value, *ends) or self.sums:
            return total
        weekdays: dict[int, list[float]] = {}
        for day in period.dates:
            weekdays.setdefault(day.weekday(), []).append(days.get(day, Cell())["value"])
        wider = statistics.dispersion(weekdays.values()) ** 0.5
        value, low, high = (float(x or 0.0) for x in (total.value, *ends))
        return replace(
            total, low=max(0.0, value - wider * (value - low)),
            high=value + wider * (high - value),
        )  # fmt: skip

    @property
    def sums(self) -> bool:
        """Whether a total is one of amounts, whose rows tell how much they differ."""
        return "sum_squares" in self.shape.has

    def ratio(self, cell: Cell) -> Estimate:
        """Return numerator over denominator with the interval the header names.

        No figure from fewer than FEWEST units, whatever is divided by whatever.
        """
        top, bottom, units = cell["numerator"], cell["denominator"], cell.units
        odd = self.query.interval == "proportion" and not 0 <= top <= bottom
        if bottom <= 0 or units < FEWEST or odd:
            return Estimate(None, "too_few", top, bottom, units=units)
        low, high = self.bounds(cell)
        return Estimate(top / bottom, "ready", top, bottom, low, high, units)

    def bounds(self, cell: Cell) -> tuple[float | None, float | None]:
        top, units = cell["numerator"], cell["denominator"]
        if self.query.interval == "proportion" or self.shape.kind == "member":
            return statistics.wilson(top, units)
        if self.query.interval == "count" and top >= 0:
            low, high = statistics.poisson(top)
            return low / units, high / units
        if self.query.interval == "mean" and "sum_squares" in cell.sums and units > 1:
            return statistics.mean(top, cell["sum_squares"], units)
        if "sum_nn" in cell.sums:
            names = ("sum_nn", "sum_dd", "sum_nd")
            return statistics.ratio_of_sums(top, units, *(cell[name] for name in names))
        return None, None

    def median(self, cell: Cell, share: float = 0.5) -> Estimate:
        """Return the time by which `share` had it happen, open ones counted as open."""
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
            sides=(treated.value, baseline.value),
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
        units = min(now_cell["denominator"], before_cell["denominator"])
        if self.query.interval == "mean" and "sum_squares" in now_cell.sums and units > 1:
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


def _without_arm(shape: Shape) -> Shape:
    return Shape(shape.kind, shape.has - {"arm"}, shape.splits)


def measure(
    found: Cells, measurer: Measurer, period: Period, compared: Period | None
) -> Measure:
    """Return every figure of one card."""
    now = found.total.get("now", Cell())
    before = found.total.get("before", Cell())
    estimates = (
        measurer.swinging(measurer.estimate(now), found.days["now"], period),
        measurer.swinging(measurer.estimate(before), found.days["before"], compared),
    )
    trend, trend_before = _trends(found, measurer, period, compared)
    return Measure(
        now=estimates[0],
        before=estimates[1] if compared else None,
        change=measurer.change(*estimates, now, before) if compared else None,
        trend=trend,
        trend_before=trend_before,
        parts={
            column: _parts(found, column, measurer, compared is not None)
            for column in found.splits
        },
        steps={
            step: measurer.estimate(cell)
            for step, cell in sorted(found.steps["now"].items())
        },
        p90=_p90(now, measurer),
    )


def _p90(cell: Cell, measurer: Measurer) -> Estimate | None:
    if measurer.shape.kind != "observation" or cell.arms:
        return None
    return measurer.median(cell, 0.9)


def _trends(
    found: Cells, measurer: Measurer, period: Period, compared: Period | None
) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    """Return both lines by day; by ISO week where days are too thin or too many and only
    parts can be folded: the median of a week is not worked out from those of its days."""
    sides = (("now", period), ("before", compared))
    lines = [_trend(found.days[side], measurer, days) for side, days in sides]
    if not measurer.folds and any(_is_thin(line) or len(line) >= DENSE for line in lines):
        lines = [_weeks(found.days[side], measurer, days) for side, days in sides]
    return lines[0], lines[1]


def _is_thin(points: Sequence[Point]) -> bool:
    few = sum(point.estimate.state == "too_few" for point in points)
    return few > THIN * len(points)


def _weeks(
    days: Mapping[Any, Cell], measurer: Measurer, period: Period | None
) -> tuple[Point, ...]:
    """Return one point a week, on its Monday, of the days inside the period."""
    weeks: dict[dt.date, Cell] = {}
    for day in period.dates if period else ():
        monday = day - dt.timedelta(day.weekday())
        weeks[monday] = weeks.get(monday, Cell()) + days.get(day, Cell())
    return tuple(Point(week, measurer.estimate(cell)) for week, cell in weeks.items())


def _trend(
    days: Mapping[Any, Cell], measurer: Measurer, period: Period | None
) -> tuple[Point, ...]:
    if period is None:
        return ()
    return tuple(Point(day, measurer.estimate(days.get(day))) for day in period.dates)


def _parts(
    found: Cells, column: str, measurer: Measurer, compared: bool
) -> tuple[Part, ...]:
    now, before = found.splits[column]["now"], found.splits[column]["before"]
    labels = sorted({*now, *before}, key=_largest_first(now, before))[:PARTS]
    whole: Mapping[str, Cell] = found.total
    if column in found.overlapping or any(cell.arms for cell in whole.values()):
        whole = {}
    # of whom nothing is known may be of any value, and so belongs to no side
    unknown = {side: found.splits[column][side].get(NOT_SET, Cell()) for side in whole}
    known = {side: whole[side] - unknown[side] for side in whole}
    return tuple(
        _part(
            label, now.get(label, Cell()), before.get(label, Cell()) if compared else None,
            whole if label == NOT_SET else known, measurer,
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
    label: str,
    now: Cell,
    before: Cell | None,
    whole: Mapping[str, Cell],
    measurer: Measurer,
) -> Part:
    """Return one value beside itself before and beside all others of `whole`."""
    here = measurer.estimate(now)
    then = measurer.estimate(before) if before is not None else None
    change = (
        measurer.change(here, then, now, before)
        if before is not None and then is not None
        else None
    )
    rest = others = others_before = None
    if "now" in whole:
        left = whole["now"] - now
        others = measurer.estimate(left)
        if not measurer.is_count:
            rest = measurer.change(here, others, now, left)
    if before is not None and "before" in whole:
        others_before = measurer.estimate(whole["before"] - before)
    return Part(label, here, then, change, rest, others, others_before)
