"""The additive parts of a measure: one statement for every figure of a card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from journey.answer import Period
from journey.problem import JourneyError, Problem, near
from journey.query.file import Query
from journey.scope import NOT_SET, SEGMENTS

Kind = Literal["ratio", "value", "observation", "member"]

NEEDED: Mapping[Kind, tuple[str, ...]] = {
    "ratio": ("numerator", "denominator"),
    "value": ("value",),
    "observation": ("observation",),
    "member": ("member",),
}
"""The four shapes, told by the columns that only they have."""

EXTRAS: Mapping[Kind, tuple[str, ...]] = {
    "ratio": ("sum_squares", "sum_nn", "sum_dd", "sum_nd", "units"),
    "value": ("sum_squares",),
    "observation": ("observed",),
    "member": ("entered", "hit"),
}

RESERVED = frozenset(
    {"day", "step", "arm"}
    | {c for columns in (*NEEDED.values(), *EXTRAS.values()) for c in columns}
)
"""Columns that mean something to the app; every other one splits the measure."""

TAKEN = frozenset({"period", "happened", "still_open"})
"""Names of columns that the app's own statement has."""

ARMS = ("treated", "baseline")


@dataclass(frozen=True)
class Shape:
    """What the columns of a measure say about how to fold it."""

    kind: Kind
    has: frozenset[str]
    """The reserved columns that the result has."""
    splits: tuple[str, ...]
    """Columns to break down by, segments in their order first."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that are part of every group: step and arm where there are any."""
        return tuple(key for key in ("step", "arm") if key in self.has)


def shape_of(query: Query, columns: Mapping[str, str]) -> Shape:
    """Return the shape that the result's columns make. Raises JourneyError with all
    that is wrong with them."""
    problems: list[Problem] = []
    kinds = [kind for kind, names in NEEDED.items() if set(names) & set(columns)]
    if len(kinds) != 1:
        problems.append(_not_one_shape(query, kinds))
    for kind in kinds:
        problems += _missing(query, kind, columns)
    others = RESERVED - {"day", "step", "arm"}
    for kind in kinds:
        others -= {*NEEDED[kind], *EXTRAS[kind]}
    if len(kinds) == 1:
        problems += [_misplaced(query, c, kinds[0]) for c in columns if c in others]
    if columns.get("day") != "DATE":
        problems.append(_day(query, columns))
    problems += _undeclared(query, columns)
    if problems:
        raise JourneyError(*problems)
    splits = [c for c in SEGMENTS if c in columns]
    splits += [c for c in columns if c not in RESERVED and c not in SEGMENTS]
    return Shape(kinds[0], frozenset(RESERVED & set(columns)), tuple(splits))


@dataclass(frozen=True)
class Days:
    """The days that a statement covers."""

    now: Period
    before: Period | None
    through: dt.date
    """Last complete day: what is younger than its step is left out."""

    @property
    def periods(self) -> tuple[tuple[str, Period], ...]:
        before = (("before", self.before),) if self.before else ()
        return ("now", self.now), *before

    @property
    def overlap(self) -> bool:
        """Whether a day is in both periods, as a year and a half against last year."""
        before = self.before
        return bool(
            before and before.last >= self.now.first and self.now.last >= before.first
        )


def statement(sql: str, shape: Shape, days: Days) -> str:
    """Return the one statement that gives days and splits of both periods.

    `sql` stands on the first line, so that DuckDB's line numbers are the file's own.
    A step counts the latest equally long period that has been watched for that long.
    Totals are the sum of the days, except of people, who may come on several.
    """
    groups: list[tuple[str, ...]] = [("day",), *((split,) for split in shape.splits)]
    if shape.kind == "member":
        groups.append(())
    keys = ("period", *shape.keys)
    sets = ", ".join(f"({', '.join(map(_quoted, (*keys, *g)))})" for g in groups)
    told = ", ".join(map(_quoted, ("day", *shape.splits)))
    return (
        f"with journey_result as (select * from ({sql}\n)),\n"
        f"journey_row as (\n{_rows(shape, days)}\n)\n"
        f"select {', '.join(map(_quoted, keys))}, {told},\n"
        f"grouping_id({told})::bigint as journey_set,\n"
        f"{', '.join(aggregates(shape))}\n"
        f"from journey_row group by grouping sets ({sets})"
    )


def grouped(sql: str, shape: Shape, by: Sequence[str], daily: bool, days: Days) -> str:
    """Return the statement that gives the parts by several columns at once."""
    keys = ("period", *shape.keys, *(("day",) if daily else ()), *by)
    names = ", ".join(map(_quoted, keys))
    needed = replace(shape, splits=tuple(by))
    return (
        f"with journey_result as (select * from ({sql}\n)),\n"
        f"journey_row as (\n{_rows(needed, days)}\n)\n"
        f"select {names}, {', '.join(aggregates(shape))}\n"
        f"from journey_row group by {names} order by {names}"
    )


def aggregates(shape: Shape) -> list[str]:
    """Return the additive parts of a shape as SQL, each ending in `as name`."""
    if shape.kind == "observation":
        known = "observation is not null"
        happened = "journey_observed" if "observed" in shape.has else "true"
        return [
            f"list(observation) filter ({known} and {happened}) as happened",
            f"list(observation) filter ({known} and not {happened}) as still_open",
            "count(observation)::double as units",
        ]
    if shape.kind == "member":
        return _members(shape)
    sums = [*NEEDED[shape.kind], *(c for c in EXTRAS[shape.kind] if c in shape.has)]
    return [f"sum({name})::double as {name}" for name in sums] + [
        "count(*)::double as journey_rows"
    ]


def _members(shape: Shape) -> list[str]:
    """Count people once; who hit is who entered and hit, by inclusion and exclusion."""
    if not {"entered", "hit"} <= shape.has:
        return ["count(distinct member)::double as value"]
    count = "count(distinct member) filter"
    return [
        f"({count} (entered) + {count} (hit)"
        f" - {count} (entered or hit))::double as numerator",
        f"{count} (entered)::double as denominator",
    ]


def _rows(shape: Shape, days: Days) -> str:
    """Return the rows of the periods, labelled, NULL segments named."""
    columns = ["r.day", *(f"r.{key}" for key in shape.keys)]
    for split in shape.splits:
        name = _quoted(split)
        columns.append(f"coalesce(r.{name}::varchar, '{NOT_SET}') as {name}")
    if shape.kind == "observation":
        columns.append("r.observation::double as observation")
        if "observed" in shape.has:
            columns.append("coalesce(r.observed, true) as journey_observed")
    else:
        columns += [
            f"r.{c}" for c in (*NEEDED[shape.kind], *EXTRAS[shape.kind]) if c in shape.has
        ]
    lower, moved = "", "r.day"
    if "step" in shape.has:
        late = (days.now.last - days.through).days
        moved = f"r.day + greatest(0, {late} + r.step)::integer"
    else:
        lower = f"r.day >= {_date(min(p.first for _, p in days.periods))} and "
    last = max(period.last for _, period in days.periods)
    return (
        f"select {_told(days, moved)}, {', '.join(columns)} from journey_result r\n"
        f"where {lower}r.day <= {_date(last)}"
        f" and ({' or '.join(_within(p, moved) for _, p in days.periods)})"
    )


def _told(days: Days, moved: str) -> str:
    """Return the period of a row as SQL; a day of both periods counts in both."""
    if days.overlap:
        told = ", ".join(
            f"case when {_within(period, moved)} then '{name}' end"
            for name, period in days.periods
        )
        return f"unnest(list_filter([{told}], lambda p: p is not null)) as period"
    cases = " ".join(
        f"when {_within(period, moved)} then '{name}'" for name, period in days.periods
    )
    return f"case {cases} end as period"


def _within(period: Period, moved: str) -> str:
    return f"{moved} between {_date(period.first)} and {_date(period.last)}"


def _date(day: dt.date) -> str:
    return f"date '{day.isoformat()}'"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _said(names: Iterable[str]) -> str:
    return " + ".join(names)


def _not_one_shape(query: Query, kinds: Sequence[Kind]) -> Problem:
    shapes = "; ".join(_said(names) for names in NEEDED.values())
    found = (
        "no column that makes a value" if not kinds
        else f"columns of {len(kinds)} shapes: {', '.join(_said(NEEDED[k]) for k in kinds)}"
    )  # fmt: skip
    return query.problem(found, f"exactly one of: {shapes}",
                         "name the columns of the result so")  # fmt: skip


def _missing(query: Query, kind: Kind, columns: Mapping[str, str]) -> list[Problem]:
    missing = [name for name in NEEDED[kind] if name not in columns]
    pairs: tuple[tuple[str, ...], ...] = (
        ("sum_nn", "sum_dd", "sum_nd"), ("entered", "hit"),
    )  # fmt: skip
    for together in pairs:
        if (had := set(together) & set(columns)) and had != set(together):
            missing += [name for name in together if name not in columns]
    return [
        query.problem(f'no column "{name}"', f"{name} beside the others of its shape",
                      f"return {name} as well")
        for name in missing
    ]  # fmt: skip


def _misplaced(query: Query, column: str, kind: Kind) -> Problem:
    return query.problem(
        f'a column "{column}" beside {_said(NEEDED[kind])}',
        f"{column} only with its own shape", "take it out or rename it",
    )  # fmt: skip


def _day(query: Query, columns: Mapping[str, str]) -> Problem:
    found = f"day is {columns['day']}" if "day" in columns else 'no column "day"'
    return query.problem(found, "day as DATE, the day of entry",
                         "select the mart's day, or cast with ::date")  # fmt: skip


def _undeclared(query: Query, columns: Mapping[str, str]) -> list[Problem]:
    known = {*RESERVED, *SEGMENTS, *query.columns}
    problems = [
        query.problem(f'a column "{name}"', "another name: the app uses this one itself",
                      "rename it")
        for name in columns
        if name in TAKEN or name.startswith("journey_")
    ]  # fmt: skip
    return problems + [
        query.problem(
            f'a column "{name}" that means nothing to a measure',
            near(name, (RESERVED | set(SEGMENTS)) - set(columns)),
            f'rename it, or name it in [columns] to split by it: {name} = "Label"',
        )
        for name in columns
        if name not in known
    ]  # fmt: skip
