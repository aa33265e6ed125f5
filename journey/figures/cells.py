"""The groups of one run of a measure, and what contradicts its header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.problem import Problem
from journey.query.file import Query
from journey.query.parts import Shape

SUMS = (
    "numerator", "denominator", "sum_squares", "sum_nn", "sum_dd", "sum_nd", "units",
    "value",
)  # fmt: skip


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
        """How many units it rests on: told, else what the denominator counts."""
        if self.happened or self.still_open:
            return sum(self.happened.values()) + sum(self.still_open.values())
        if self.arms:
            return min(cell.units for cell in self.arms.values())
        if "units" in self.sums:
            return self["units"]
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
    totalled = "" if shape.kind == "member" else "day"
    found: dict[tuple[str, str, Any], Cell] = {}
    steps: dict[str, dict[int, Cell]] = {"now": {}, "before": {}}
    for row in rows:
        column = _grouped_by(columns, every - row["journey_set"])
        cell = _cell(row, shape)
        if "step" in shape.has:
            if column == totalled:
                _add(steps[row["period"]], row["step"], cell)
            if row["step"] != step:
                continue
        _add(found, (row["period"], column, row[column] if column else None), cell)
        if column == totalled == "day":
            _add(found, (row["period"], "", None), cell)
    return _sorted_in(found, steps, shape)


def _add(cells: dict[Any, Cell], key: Any, cell: Cell) -> None:
    cells[key] = cells[key] + cell if key in cells else cell


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


def _counts(observations: Sequence[float] | None) -> dict[float, float]:
    """Return {value: how many}."""
    return {value: float(many) for value, many in Counter(observations or ()).items()}


@dataclass(frozen=True)
class Violations:
    """What contradicts `interval = "proportion"`."""

    problem: Problem | None = None
    notes: tuple[str, ...] = ()


def violations(found: Cells, query: Query, narrowed: bool, fewest: int) -> Violations:
    """Return where the numerator is not between zero and the denominator.

    A problem in the total, and wherever a rate would be drawn; in smaller groups a
    note, because one order without its checkout event must not take a card down.
    narrowed: the reader has chosen segments, so that the total may be small as well.
    fewest: units from which on a rate is drawn.
    """
    if query.interval != "proportion":
        return Violations()
    odd = [(place, cell) for place, cell in _places(found) if _is_odd(cell)]
    grave = [
        (place, cell)
        for place, cell in odd
        if _is_grave(cell, fewest) or (place == "in total" and not narrowed)
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


def _is_grave(cell: Cell, fewest: int) -> bool:
    sides = cell.arms.values() if cell.arms else (cell,)
    return any(
        side["numerator"] < 0 or max(side["numerator"], side["denominator"]) >= fewest
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
