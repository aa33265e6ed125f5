"""Gaps between two segments that another column makes: Simpson's paradox, told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from journey.answer import Estimate, Measure, Part
from journey.figures.measures import FEWEST
from journey.findings import leaks, movement
from journey.findings.contrast import GROUP, Both, Pair, Row, of_groups
from journey.findings.movement import REST, Split
from journey.query import Query
from journey.scope import NOT_SET

HALF = 0.5
"""Share of a gap that must remain when the mix is held constant."""
SHARED = 0.8
"""Share of either side that must lie in values of which both sides have enough: what
only one side has can be held constant by nothing."""
NOTHING = 1e-9
"""A column whose every value has one rate on both sides is the rate, and no reason."""
Counts = tuple[float, float]
"""Numerator and denominator."""


@dataclass(frozen=True)
class Held:
    """A gap that shrinks by more than half, or turns, with the mix held constant."""

    query: Query
    column: str
    """The column whose mix explains it."""
    gap: float
    own: float
    """What stays of the gap with the same mix on both sides (Kitagawa 1955)."""
    value: str
    """The value of the column in which the sides differ most to that effect."""
    shares: tuple[float, float]
    """Its share of the segment, and of those it is compared with."""

    @property
    def turns(self) -> bool:
        return self.gap * self.own < 0


def explained(figures: Both, pair: Pair, rows: Iterable[Row]) -> list[Held]:
    """Return what the mix explains of the rows whose gap is beyond chance, in their
    order; for each the column that explains most."""
    sure = [row for row in rows if row.is_sure and _is_ratio(row)]
    if pair.by == GROUP:
        sides = {row.query.name: _of_groups(figures, pair, row.query) for row in sure}
    else:
        sides = _of_values(figures, pair, [row.query for row in sure])
    found = (held(row.query, sides.get(row.query.name, {})) for row in sure)
    return [one for one in found if one is not None]


def held(query: Query, columns: Mapping[str, Sequence[Part]]) -> Held | None:
    """Return the column that explains most of a gap, if one explains half of it.

    `columns`: for each column its values, the segment as `now` and the others as
    `before`, with numerator and denominator.
    """
    found = [one for c, parts in columns.items() if (one := _held(query, c, parts))]
    return min(found, key=lambda one: one.own / one.gap, default=None)


def _held(query: Query, column: str, parts: Sequence[Part]) -> Held | None:
    here, there = ([_counts(e) for e in side] for side in _sides(parts))
    whole = _sum(here), _sum(there)
    if not _is_shared(here, there, whole):
        return None
    measure = Measure(_ratio(*whole[0]), _ratio(*whole[1]), parts={column: tuple(parts)})
    one = movement.split(measure, column, query.unit)
    if one is None or not one.change or one.rate / one.change >= HALF:
        return None
    if all(abs(effect.rate) < NOTHING for effect in one.effects):
        return None
    value = _main(one)
    if value is None:
        return None
    place = [part.label for part in parts].index(value)
    shares = here[place][1] / whole[0][1], there[place][1] / whole[1][1]
    return Held(query, column, one.change, one.rate, value, shares)


def _main(one: Split) -> str | None:
    """Return the value whose share does most of what the mix does; None where that is
    those of whom nothing is known."""
    main = max(one.effects, key=lambda e: e.mix * one.mix)
    return main.label if main.label not in (REST, NOT_SET) else None


def _is_shared(
    here: Sequence[Counts], there: Sequence[Counts], whole: tuple[Counts, Counts]
) -> bool:
    both = [(a, b) for a, b in zip(here, there, strict=True) if min(a[1], b[1]) >= FEWEST]
    if len(both) < 2 or min(whole[0][1], whole[1][1]) < FEWEST:
        return False
    parts = _sum([a for a, _ in both]), _sum([b for _, b in both])
    return all(part[1] >= SHARED * of[1] for part, of in zip(parts, whole, strict=True))


def _is_ratio(row: Row) -> bool:
    sides = [side.now for side in (row.here, row.there) if side is not None]
    return all(e.numerator is not None and e.denominator is not None for e in sides)


def _sides(parts: Sequence[Part]) -> tuple[list[Estimate | None], list[Estimate | None]]:
    return [part.now for part in parts], [part.before for part in parts]


def _counts(estimate: Estimate | None) -> Counts:
    if estimate is None:
        return 0.0, 0.0
    return estimate.numerator or 0.0, estimate.denominator or 0.0


def _sum(counts: Sequence[Counts]) -> Counts:
    return sum(k for k, _ in counts), sum(n for _, n in counts)


def _ratio(numerator: float, denominator: float) -> Estimate:
    return Estimate(numerator / denominator if denominator else None, "ready",
                    numerator, denominator, units=denominator)  # fmt: skip


# ------------------------------------------------------------------ both sides


def _of_values(
    figures: Both, pair: Pair, queries: Sequence[Query]
) -> dict[str, dict[str, list[Part]]]:
    """Return by measure and column the parts of both sides, from one run a measure."""
    wanted = {q.name: _columns(figures, pair, q.name) for q in queries}
    cuts = figures.cuts({n: (pair.by, *by) for n, by in wanted.items() if by})
    return {
        name: {column: _parts(frame, pair, column) for column in wanted[name]}
        for name, frame in cuts.items()
        if {"numerator", "denominator"} <= set(frame.columns)
        and not {"step", "arm"} & set(frame.columns)
    }


def _columns(figures: Both, pair: Pair, name: str) -> list[str]:
    able = figures.splits(name)
    fixed = {column for column, values in figures.scope.where if len(values) == 1}
    if pair.by not in able:
        return []
    return [c for c in leaks.SCANNED if c in able and c not in fixed | {pair.by}]


def _parts(frame: pl.DataFrame, pair: Pair, column: str) -> list[Part]:
    is_here = pl.col(pair.by) == pair.value
    beside = ~is_here if pair.other is None else pl.col(pair.by) == pair.other
    rows = (
        frame.filter(pl.col("period") == "now", is_here | beside)
        .group_by(column, is_here.alias("is_here"))
        .agg(pl.col("numerator", "denominator").sum())
    )
    sides: dict[str, dict[bool, Counts]] = {}
    for value, which, numerator, denominator in rows.iter_rows():
        sides.setdefault(value, {})[which] = (numerator or 0.0, denominator or 0.0)
    nothing = (0.0, 0.0)
    return [
        Part(value, _ratio(*both.get(True, nothing)), _ratio(*both.get(False, nothing)))
        for value, both in sorted(sides.items())
    ]


def _of_groups(figures: Both, pair: Pair, query: Query) -> dict[str, list[Part]]:
    """Return the parts of a group and of those it is compared with, as answered."""
    here, there = (
        answer.measure for answer in of_groups(figures, pair, query.name, split=True)
    )
    if here is None or there is None:
        return {}
    able = [c for c in leaks.SCANNED if c in here.parts and c in there.parts]
    return {column: _beside(here.parts[column], there.parts[column]) for column in able}


def _beside(here: Sequence[Part], there: Sequence[Part]) -> list[Part]:
    """Return the values of both, those of the segment first; withheld ones hold none."""
    sides = [{part.label: part.now for part in side} for side in (here, there)]
    labels = dict.fromkeys([*sides[0], *sides[1]])
    counts = [[_ratio(*_counts(side.get(label))) for side in sides] for label in labels]
    return [
        Part(label, both[0], both[1]) for label, both in zip(labels, counts, strict=True)
    ]
