"""How a segment differs from everybody else, or from another one, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from journey.answer import Answer, Change, Estimate, Measure, Part
from journey.figures import measures, statistics
from journey.figures.answers import Versus
from journey.figures.scoped import Figures
from journey.figures.suppression import tells_the_rest
from journey.findings import concentration
from journey.query import Query
from journey.scope import NOT_SET, Scope

GROUP = "group"
"""In place of a segment column: a named group of people."""
CHANCE = 0.05
"""Share of false alarms among all that is called a difference."""
COUNTED = (
    "awareness/visits", "conversion/orders", "conversion/buyers", "support/contacts",
)  # fmt: skip
"""What tells how large a segment is."""
Order = Literal["money", "journey"]


@dataclass(frozen=True)
class Pair:
    """A segment and whom it is compared with."""

    by: str
    """A segment column, or GROUP."""
    value: str
    """A value of the column, or the name of a group."""
    other: str | None = None
    """Another value or group; None: everybody else."""

    def scope(self, scope: Scope) -> Scope:
        """Return the scope to compare in: without a usual choice of the very column."""
        usual = dict(scope.usual)
        return scope.with_(self.by) if self.by in usual else scope


class Both(Figures, Protocol):
    """Figures that can also tell the people of the scope's group from all others."""

    def versus(self, name: str, scope: Scope, split: bool = False) -> Versus: ...


@dataclass(frozen=True)
class Side:
    """One side of a comparison, now and before."""

    now: Estimate
    before: Estimate | None = None


@dataclass(frozen=True)
class Row:
    """One measure of both sides; without sides, `why` says why it cannot be told."""

    query: Query
    here: Side | None = None
    there: Side | None = None
    gap: Change | None = None
    """Here minus there, with its 95% interval; None of a total."""
    p: float | None = None
    """Corrected for all that is compared on the page; None where nothing tells chance."""
    cost: tuple[float, float, float] | None = None
    """Net revenue that the gap costs the segment: middle, low, high; less than zero is
    what it brings. None where nobody knows what a unit is worth."""
    why: str = ""
    detail: str = ""
    """What belongs to this measure alone, beside `why`: "12 of 30"."""
    notes: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        return self.p is not None and self.p <= CHANCE

    @property
    def is_told(self) -> bool:
        return self.here is not None and self.there is not None

    @property
    def share(self) -> float | None:
        """Of a total: the part of both sides that is the segment's."""
        if self.gap is not None or self.here is None or self.there is None:
            return None
        here, there = self.here.now.value or 0.0, self.there.now.value or 0.0
        return here / (here + there) if here >= 0 <= there and here + there else None


@dataclass(frozen=True)
class Size:
    """How much of one thing is the segment's."""

    name: str
    count: float
    share: float | None


def rows(
    figures: Both, pair: Pair, names: Sequence[str], values: Sequence[str] = ()
) -> list[Row]:
    """Return one row a measure, in the order of `names`, p corrected over all of them.

    `values`: every value of the pair's column, for measures whose file does not split
    by it; those are asked twice, filtered.
    """
    queries = figures.library.queries
    found = [_row(figures, pair, queries[n], values) for n in names if n in queries]
    return corrected(found)


def corrected(found: Sequence[Row]) -> list[Row]:
    """Return the rows with p adjusted for how many were tested (Benjamini, Hochberg)."""
    tested = [row.p for row in found if row.p is not None]
    adjusted = iter(statistics.benjamini_hochberg(tested) if tested else ())
    return [row if row.p is None else replace(row, p=next(adjusted)) for row in found]


def priced(figures: Figures, found: Sequence[Row]) -> list[Row]:
    """Return the rows with what each gap beyond chance costs, where that is known."""
    known = concentration.worths(figures)
    return [
        replace(row, cost=cost(row, _worth(row.query, known))) if row.is_sure else row
        for row in found
    ]


def _worth(query: Query, known: Mapping[str, float | None]) -> float | None:
    return 1.0 if query.unit == "money" else known.get(query.name)


def cost(row: Row, each: float | None) -> tuple[float, float, float] | None:
    """Return what the segment lacks beside the others, in money: units x worth."""
    gap, units = row.gap, row.here.now.denominator if row.here else None
    if each is None or gap is None or units is None or row.query.better == "neither":
        return None
    sign = -1.0 if row.query.better == "higher" else 1.0
    ends = [end if end is not None else gap.absolute for end in (gap.low, gap.high)]
    low, high = sorted(sign * end * units * each for end in ends)
    return sign * gap.absolute * units * each, low, high


def ordered(found: Sequence[Row], order: Order) -> list[Row]:
    """Return the rows that can be told: dearest first, then by smallest p; totals, which
    have no p, last. Or in the order of the journey, which is how they came."""
    told = [row for row in found if row.is_told]
    return told if order == "journey" else sorted(told, key=_place)


def _place(row: Row) -> tuple[bool, bool, float, float]:
    amount = abs(row.cost[0]) if row.cost else 0.0
    p = 2.0 if row.p is None else row.p
    return row.gap is None, not amount, -amount, p


def untold(found: Sequence[Row]) -> dict[str, list[Row]]:
    """Return the rows that cannot be told by the reason, the most frequent one first."""
    by: dict[str, list[Row]] = {}
    for row in found:
        if not row.is_told:
            by.setdefault(row.why, []).append(row)
    return dict(sorted(by.items(), key=lambda item: -len(item[1])))


def sizes(figures: Both, pair: Pair) -> list[Size]:
    """Return how many visits, orders and buyers are the segment's, of all.

    None of a number that is withheld on either side, or that is not known.
    """
    found = []
    for row in rows(figures, pair, COUNTED):
        if not row.is_told or row.here is None or row.here.now.value is None:
            continue
        count, whole = row.here.now.value, _whole(figures, pair, row.query.name)
        found.append(Size(row.query.name, count, count / whole if whole else None))
    return found


def _whole(figures: Both, pair: Pair, name: str) -> float | None:
    scope = figures.scope
    measure = figures.glance(name, replace(scope, segment=None) if pair.by == GROUP
                             else scope).measure  # fmt: skip
    return measure.now.value if measure else None


def gaps(
    figures: Figures, names: Sequence[str], by: Sequence[str]
) -> dict[Pair, list[Row]]:
    """Return every value of the columns `by` beside everybody else, priced.

    Corrected over all of them: the largest of many is large by chance. Only measures
    that split by a column are in it.
    """
    found: list[tuple[Pair, Row]] = []
    for name in names:
        measure, query = figures.answer(name).measure, figures.library.queries[name]
        for column in by if measure else ():
            for part in measure.parts.get(column, ()) if measure else ():
                found.append((Pair(column, part.label), _beside(query, part)))
    rows = priced(figures, corrected([row for _, row in found]))
    by_pair: dict[Pair, list[Row]] = {}
    for (pair, _), row in zip(found, rows, strict=True):
        by_pair.setdefault(pair, []).append(row)
    return by_pair


def dearest_row(found: Sequence[Row]) -> Row | None:
    """Return the row that costs its segment most; None where none costs it anything."""
    worst = max(found, key=lambda row: row.cost[0] if row.cost else 0.0, default=None)
    return worst if worst and worst.cost and worst.cost[0] > 0 else None


def dearest(figures: Figures, names: Sequence[str], by: Sequence[str]) -> Pair | None:
    """Return the value that loses most beside everybody else, in the money of one
    measure; None where no value of the columns `by` does beyond chance."""
    costs = {
        pair: worst.cost[0]
        for pair, rows in gaps(figures, names, by).items()
        if pair.value != NOT_SET and (worst := dearest_row(rows)) and worst.cost
    }
    return max(costs, key=lambda pair: costs[pair], default=None)


# ------------------------------------------------------------------ one measure


def _row(figures: Both, pair: Pair, query: Query, values: Sequence[str]) -> Row:
    if pair.by == GROUP:
        return _answered(query, *of_groups(figures, pair, query.name))
    answer = figures.answer(query.name)
    if answer.measure is None:
        return Row(query, why=_absent(answer))
    measure = answer.measure
    if measure.now.state in ("missing", "immature", "suppressed"):
        return Row(query, why=_state(measure.now))
    parts = {part.label: part for part in measure.parts.get(pair.by, ())}
    here = parts.get(pair.value)
    told = here is not None and (here.others is not None or here.now.state == "suppressed")
    if not parts or (pair.other is None and here is not None and not told):
        return _filtered(figures, pair, query, values)
    if here is None or (pair.other is not None and pair.other not in parts):
        return Row(query, why="no rows on one side in these days")
    if pair.other is None:
        return replace(_beside(query, here), notes=answer.notes)
    there = parts[pair.other]
    row = _compared(query, Side(here.now, here.before), Side(there.now, there.before),
                    _is_total(query, measure))  # fmt: skip
    return replace(row, notes=answer.notes)


def _beside(query: Query, part: Part) -> Row:
    """Return one value beside everybody else; the change is that of the cells."""
    here = Side(part.now, part.before)
    there = Side(part.others or Estimate(None, part.now.state), part.others_before)
    row = _compared(query, here, there, part.rest is None)
    if not row.is_told or part.rest is None:
        return row
    return replace(row, gap=part.rest, p=_p(query, part.now, there.now, part.rest))


def _filtered(figures: Both, pair: Pair, query: Query, values: Sequence[str]) -> Row:
    """Return both sides of a measure that does not split so: asked twice, filtered."""
    scope = figures.scope
    chosen = dict(scope.where).get(pair.by, values)
    others = [value for value in chosen if value not in (pair.value, NOT_SET)]
    if pair.other is not None:
        others = [pair.other]
    if not others:
        return Row(query, why="there is nobody else in these filters")
    here = figures.glance(query.name, scope.with_(pair.by, pair.value))
    there = figures.glance(query.name, scope.with_(pair.by, *others))
    if tells_the_rest(figures.glance(query.name), here, there):
        return Row(query, why=_state(Estimate(None, "suppressed")))
    return _answered(query, here, there)


def of_groups(
    figures: Both, pair: Pair, name: str, split: bool = False
) -> tuple[Answer, Answer]:
    """Return a measure of a named group and of those it is compared with."""
    scope = replace(figures.scope, segment=pair.value)
    if pair.other is None:
        both = figures.versus(name, scope, split)
        return both.group, both.others
    ask = figures.answer if split else figures.glance
    return ask(name, scope), ask(name, replace(scope, segment=pair.other))


def _answered(query: Query, here: Answer, there: Answer) -> Row:
    sides = []
    for answer in (here, there):
        if answer.measure is None:
            return Row(query, why=_absent(answer))
        sides.append(Side(answer.measure.now, answer.measure.before))
    assert here.measure is not None
    row = _compared(query, sides[0], sides[1], _is_total(query, here.measure))
    return replace(row, notes=here.notes)


def _compared(query: Query, here: Side, there: Side, is_total: bool) -> Row:
    """Return the row of two sides; neither is shown where one of them is withheld."""
    for side in (here, there):
        if side.now.state == "suppressed":
            return Row(query, why=_state(side.now))
    for side in (here, there):
        if side.now.value is None:
            return Row(query, why=_state(side.now), detail=_few(side.now))
    if any(side.before and side.before.state == "suppressed" for side in (here, there)):
        here, there = replace(here, before=None), replace(there, before=None)
    if is_total:
        return Row(query, here, there)
    gap = _gap(query, here.now, there.now)
    return Row(query, here, there, gap, _p(query, here.now, there.now, gap))


def _gap(query: Query, here: Estimate, there: Estimate) -> Change | None:
    """Return here minus there; of two shares with Newcombe's interval, else with the
    one that both intervals give (Zou and Donner 2008)."""
    gap = measures.plain_change(here, there, query)
    ends = (here.low, here.high, there.low, there.high)
    if gap is None or None in ends:
        return gap
    a_low, a_high, b_low, b_high = (float(end or 0.0) for end in ends)
    low, high = statistics.mover(
        here.value or 0.0, (a_low, a_high), there.value or 0.0, (b_low, b_high)
    )
    return replace(gap, low=low, high=high, moved=not low <= 0 <= high)


def _p(query: Query, here: Estimate, there: Estimate, gap: Change | None) -> float | None:
    if gap is None or gap.low is None or gap.high is None:
        return None
    if any(e.numerator is not None and e.low == e.high for e in (here, there)):
        return None  # every unit is alike, so by definition: chance has no say in it
    if query.interval == "proportion" and {here.value, there.value} == {0.0, 1.0}:
        return None
    counts = (here.numerator, here.denominator, there.numerator, there.denominator)
    if query.interval == "proportion" and None not in counts:
        return statistics.proportions_p(*(float(count or 0.0) for count in counts))
    return statistics.interval_p(gap.absolute, gap.low, gap.high)


def _is_total(query: Query, measure: Measure) -> bool:
    """Whether a figure is how much there is, which differs by how many are counted."""
    return (
        query.unit in ("count", "money", "number")
        and measure.now.denominator is None
        and measure.p90 is None
    )


# ------------------------------------------------------------------ why not


def _absent(answer: Answer) -> str:
    if answer.problem is not None:
        return "the file of the measure needs a hand"
    return answer.absence or "no rows in these days"


def _state(estimate: Estimate) -> str:
    match estimate.state:
        case "suppressed":
            return "withheld: it would tell of fewer than 5 people"
        case "immature":
            return "its window is not over yet"
        case "too_few":
            few = bool(estimate.units)
            return "too few on one side" if few else "nothing to count on one side"
        case _:
            return "no rows in these days"


def _few(estimate: Estimate) -> str:
    """Return "12 of 30" where too few were counted for a rate."""
    few = estimate.state == "too_few" and estimate.units
    return f"{estimate.units:.0f} of {measures.FEWEST}" if few else ""
