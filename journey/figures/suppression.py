"""Small numbers of people are withheld here, on the way to every exit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import polars as pl

from journey.answer import Answer, Estimate, Measure, Part, Point
from journey.figures import measures
from journey.query.file import Query
from journey.query.traits import FEWEST_PEOPLE as FEWEST
from journey.scope import NOT_SET

T = TypeVar("T")


def protect(answer: Answer, query: Query, counts_people: bool) -> Answer:
    """Return the answer without numbers of fewer than FEWEST people.

    Where the small parts of a split are one, or fewer than FEWEST people together, the
    next smallest are withheld as well: the total would tell them. counts_people: the
    measure's unit is a person; of a table, columns of format "people" say so
    themselves.
    """
    if answer.frame is not None:
        return _protect_frame(answer, _without_thin(answer.frame, query), query)
    if answer.measure is None or not counts_people:
        return answer
    measure, hidden = _protect_measure(answer.measure)
    return replace(answer, measure=measure, hidden=hidden, of_people=True)


def is_small(units: float | None) -> bool:
    return units is not None and 0 < units < FEWEST


def tells_the_rest(whole: Answer, *parts: Answer) -> bool:
    """Whether all less the parts, which were asked one by one, are too few people."""
    if not whole.of_people:
        return False
    for side in ("now", "before"):
        found = [getattr(one.measure, side, None) for one in (whole, *parts)]
        total, *others = [one.units if one else None for one in found]
        known = [count for count in others if count is not None]
        if total is not None and len(known) == len(others) and is_small(total - sum(known)):
            return True
    return False


def _protect_measure(measure: Measure) -> tuple[Measure, int]:
    if is_small(measure.now.units):
        return Measure(now=_withheld(measure.now)), 1
    hidden = 0
    before, change = measure.before, measure.change
    if before is not None and is_small(before.units):
        before, change, hidden = _withheld(before), None, 1
    parts: dict[str, tuple[Part, ...]] = {}
    for column, values in measure.parts.items():
        small = _small(values, _sides)
        # of whom nothing is known belongs to nobody's others, so it hides none of them
        known = [n for n, part in enumerate(values) if part.label != NOT_SET]
        small |= _small(values, _sides, known, small)
        parts[column] = tuple(
            Part(p.label, _withheld(p.now), p.before and _withheld(p.before))
            if number in small else p
            for number, p in enumerate(values)
        )  # fmt: skip
        hidden += len(small)
    trend, in_trend = _protect_days(measure.trend)
    earlier, in_earlier = _protect_days(measure.trend_before)
    steps = {
        step: _withheld(estimate) if is_small(estimate.units) else estimate
        for step, estimate in measure.steps.items()
    }
    shown = replace(
        measure, before=before, change=change, trend=trend, trend_before=earlier,
        parts=parts, steps=steps,
    )  # fmt: skip
    return shown, hidden + in_trend + in_earlier


def _sides(part: Part) -> tuple[float, ...]:
    """Return the numbers that a part shows, of now and of before."""
    return tuple(e.units or 0.0 for e in (part.now, part.before) if e is not None)


def _protect_days(points: Sequence[Point]) -> tuple[tuple[Point, ...], int]:
    small = _small(points, lambda point: (point.estimate.units or 0.0,))
    shown = tuple(
        Point(p.day, _withheld(p.estimate)) if number in small else p
        for number, p in enumerate(points)
    )
    return shown, len(small)


def _small(
    cells: Sequence[T],
    units: Callable[[T], Sequence[float]],
    among: Sequence[int] | None = None,
    withheld: Collection[int] = (),
) -> set[int]:
    """Return which cells to withhold: those with a small number on one side, and the next
    smallest until on every side at least two are, of at least FEWEST people together.
    The total less all that is shown tells no more than that.

    `among`: the cells that a total is of, where not of all; `withheld`: those of them
    that are not shown anyway.
    """
    counted = [tuple(units(cell)) for cell in cells]
    places = range(len(counted)) if among is None else among
    small = {n for n in places if n in withheld or any(map(is_small, counted[n]))}
    for side in range(len(counted[0]) if counted else 0):
        others = [n for n in places if counted[n][side] > 0 and n not in small]
        others.sort(key=lambda number: -counted[number][side])
        while others and not _is_enough([counted[n][side] for n in small]):
            small.add(others.pop())
    return small


def _is_enough(withheld: Sequence[float]) -> bool:
    """Whether nothing is withheld on a side, or several of enough people together."""
    people = [count for count in withheld if count > 0]
    return not people or (len(people) > 1 and sum(people) >= FEWEST)


def _withheld(estimate: Estimate) -> Estimate:
    return Estimate(None, "suppressed")


def _without_thin(rows: pl.DataFrame, query: Query) -> pl.DataFrame:
    """Return a table without the rates that rest on too few units, as `of` says."""
    thin = {
        name: column.of for name, column in query.columns.items()
        if name in rows.columns and column.of in rows.columns and column.format != "people"
    }  # fmt: skip
    return rows.with_columns(
        pl.when(pl.col(of) >= measures.FEWEST).then(pl.col(name)).alias(name)
        for name, of in thin.items()
    )


def _protect_frame(answer: Answer, rows: pl.DataFrame, query: Query) -> Answer:
    """Empty every number of a row that counts too few people."""
    named: Mapping[str, str | None] = {n: c.format for n, c in query.columns.items()}
    people = [c for c in rows.columns if named.get(c) == "people"]
    if not people or rows.is_empty():
        return replace(answer, frame=rows)
    rows, hidden = _without_remainders(rows, query, people)
    small: set[int] = set()
    for column in people:
        values = [float(v or 0) for v in rows[column].to_list()]
        small |= _small(values, lambda value: (value,))
    if not small:
        return replace(answer, frame=rows, hidden=hidden)
    kept = pl.Series([number not in small for number in range(rows.height)])
    numbers = [c for c, kind in rows.schema.items() if kind.is_numeric()]
    shown = rows.with_columns(
        pl.when(kept).then(pl.col(column)).otherwise(None).alias(column)
        for column in numbers
    )
    return replace(answer, frame=shown, hidden=hidden + len(small))


def _without_remainders(
    rows: pl.DataFrame, query: Query, people: Sequence[str]
) -> tuple[pl.DataFrame, int]:
    """Return the rows without numbers of people that leave too few others of those they
    are `of`, and how many went: 40 customers, 38 of them with consent."""
    hidden = 0
    for name in people:
        whole = query.columns[name].of
        if whole is not None and whole in people:
            left = pl.col(whole) - pl.col(name)
            few = (left > 0) & (left < FEWEST)
            hidden += int(rows.select(few.sum()).item() or 0)
            shown = pl.when(few).then(None).otherwise(pl.col(name))
            rows = rows.with_columns(shown.alias(name))
    return rows, hidden
