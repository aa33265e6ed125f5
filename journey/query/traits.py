"""What is known of the values of a query: traits that follow them from step to step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from journey.query.functions import AGGREGATES, PERSONS, plain_name

NUMBERS = PERSONS | {
    "order_key", "order_id", "order_name", "first_order_key", "line_key", "refund_key",
    "ticket_key", "ticket_id", "feedback_key", "checkout_key", "attempt_key",
    "session_id", "ref", "order_keys", "return_key", "event_key", "issue_key",
    "transaction_id",
}  # fmt: skip
"""Columns that lead to one person; only a role that may see who is shown them."""

ALSO = {"order_numbers": frozenset({"number"})}
"""Mart -> further columns that lead to one person, by names that others have too."""

PEOPLE_MARTS = frozenset(
    {"customers", "feedback", "loyalty", "stage_entries", "tiers", "mailed_people"}
)
"""Marts whose rows are people, or what one person said or did."""

ID, PERSON, PROBE = "id", "person", "probe"
PEOPLE, SCALED, PLAIN = "people", "scaled", "plain"
Traits = frozenset[str]
"""What is known of a value. id: it leads to one person; person: it stands for one;
probe: it was made of such a value, so that it may single one out; people: it counts
people; scaled: something was calculated with that count; plain: a mart's own column."""

FEWEST_PEOPLE = 5
"""A number of fewer people is withheld, and a named segment of fewer shows nothing."""

NONE: Traits = frozenset()
COUNTS = frozenset(
    {"count", "count_star", "count_if", "countif", "approx_count_distinct", "regr_count"}
)
SUMS = frozenset({"sum", "fsum", "kahan_sum", "sumkahan"})
KEPT = AGGREGATES | {
    "round", "round_even", "roundbankers", "floor", "ceil", "ceiling", "trunc",
    "coalesce", "ifnull", "if", "greatest", "least", "lag", "lead", "first_value",
    "last_value", "nth_value", "fill", "unnest", "list_value", "row", "struct_pack",
}  # fmt: skip
"""Functions that leave a number of people what it is."""
SHARES = frozenset({"/", "//", "divide"})
COMPARING = frozenset({"=", "!=", "<", "<=", ">", ">="})


@dataclass(frozen=True)
class Rows:
    """What is known of a table, a step or a subquery."""

    columns: tuple[tuple[str, Traits], ...] = ()
    people: bool = False
    """Whether one row is one person, or what one said or did."""

    def named(self, name: str) -> list[Traits]:
        return [traits for known, traits in self.columns if known == name]

    def all(self) -> Traits:
        return frozenset().union(*(traits for _, traits in self.columns))


@dataclass
class Sight:
    """What the expressions of one SELECT can see."""

    sources: list[tuple[str, Rows]] = field(default_factory=list)
    made: dict[str, Traits] = field(default_factory=dict)
    """Names given in the same SELECT."""
    outer: Sight | None = None

    @property
    def people(self) -> bool:
        return any(rows.people for _, rows in self.sources)

    def all(self) -> Traits:
        return frozenset().union(*(rows.all() for _, rows in self.sources))


def mart(name: str, columns: Any) -> Rows:
    """Return a mart's columns with what they tell of a person."""
    also = ALSO.get(name, frozenset())

    def traits(column: str) -> Traits:
        if column in PERSONS:
            return frozenset({ID, PERSON})
        return frozenset({ID}) if column in NUMBERS | also else frozenset({PLAIN})

    return Rows(tuple((c, traits(c)) for c in columns), name in PEOPLE_MARTS)


def found(names: Sequence[str], sight: Sight) -> Traits:
    """Return what a name may mean, in this SELECT or around it: a column, a part of one,
    a whole row, or a name given here."""
    found: list[Traits] = []
    at: Sight | None = sight
    while at is not None:
        for alias, rows in at.sources:
            found += [traits for name in names for traits in rows.named(name)]
            if names == [alias]:
                found.append(used(rows.all()))
        if names[0] in at.made and not _is_of_table(names, at):
            found.append(at.made[names[0]])
        at = at.outer
    if found:
        return frozenset().union(*found)
    return frozenset({ID, PROBE}) if names[-1] in NUMBERS else NONE


def _is_of_table(names: Sequence[str], sight: Sight) -> bool:
    """Whether a name is a column with its table before it, which goes before any other
    meaning."""
    return len(names) > 1 and any(
        alias == names[0] and rows.named(names[1]) for alias, rows in sight.sources
    )


def used(traits: Traits) -> Traits:
    """Return what something made of a value tells: no longer just whose it is."""
    made = traits - {PLAIN}
    return made | {PROBE} if ID in made else made


def compared(sides: Sequence[Traits]) -> Traits:
    """Return what a comparison tells: a number against a number is a join, against
    anything else it looks for somebody."""
    told = [side for side in sides if side]
    every = frozenset().union(*sides)
    ids = [side for side in sides if ID in side]
    if PROBE in every or (ids and (len(ids) < 2 or len(ids) < len(told))):
        return frozenset({PROBE})
    return NONE


def tells_few(sides: Sequence[tuple[Mapping[str, Any], Traits]]) -> bool:
    """Return whether a comparison tells small numbers of people apart. Only that of a
    number as it is with 0, or with FEWEST_PEOPLE and more, treats them all alike."""
    counting = [traits for _, traits in sides if counts(traits)]
    others = [node for node, traits in sides if not counts(traits)]
    return len(counting) > 1 or any(
        SCALED in traits or not all(map(_is_far, others)) for traits in counting
    )


def counts(traits: Traits) -> bool:
    return bool(traits & {PEOPLE, SCALED})


def _is_far(node: Mapping[str, Any]) -> bool:
    """Whether a node is a whole number that is no small number of people."""
    literal = node.get("literal") or {}
    if literal.get("kind") != "INTEGER":
        return False
    return not 0 < int(literal["text"]) < FEWEST_PEOPLE


def disguised(parts: Sequence[Rows]) -> bool:
    """Return whether UNION and the like put a number of people beside others: their
    order, or whether they are the same, would tell it."""
    return any(
        len({counts(t) for t in column}) > 1
        for column in zip(*([t for _, t in p.columns] for p in parts), strict=False)
    )


def mixed(parts: Iterable[Traits]) -> Traits:
    """Return what values of several origins in one column tell: numbers among others may
    be put there to look for somebody."""
    found = list(parts)
    every = frozenset().union(*found)
    return every if all(ID in part for part in found) else used(every) | (every & {PLAIN})


def united(parts: Sequence[Rows]) -> Rows:
    """Return the rows of UNION and the like; by name or position, whatever fits."""
    people = any(part.people or PERSON in part.all() for part in parts)
    sizes = {len(part.columns) for part in parts}
    names = [name for name, _ in parts[0].columns]
    if len(sizes) > 1 or any(set(names) != {n for n, _ in p.columns} for p in parts):
        every = frozenset().union(*(part.all() for part in parts))
        known = dict.fromkeys(n for part in parts for n, _ in part.columns)
        if len(sizes) > 1:
            return Rows(tuple((name, every) for name in known), people)
    columns = []
    for place, name in enumerate(names):
        traits = mixed(part.columns[place][1] for part in parts)
        traits |= frozenset().union(*(t for part in parts for t in part.named(name)))
        columns.append((name, traits))
    return Rows(tuple(columns), people)


def limited(node: Mapping[str, Any], rows: Rows) -> Rows:
    """Return rows that a LIMIT may have cut to a single person."""
    kinds = {modifier.get("type") for modifier in node.get("modifiers") or ()}
    if not any("LIMIT" in str(kind) for kind in kinds):
        return rows
    return Rows(tuple((n, used(t) | (t & {PLAIN})) for n, t in rows.columns), rows.people)


def is_distinct(node: Mapping[str, Any], columns: Sequence[tuple[str, Traits]]) -> bool:
    """Whether every row is another person, because DISTINCT makes them differ."""
    kinds = {modifier.get("type") for modifier in node.get("modifiers") or ()}
    persons = any(PERSON in traits for _, traits in columns)
    return "DISTINCT_MODIFIER" in kinds and persons


def renamed(rows: Rows, names: Sequence[str]) -> Rows:
    """Return the rows with the first columns under other names."""
    columns = list(rows.columns)
    for place, name in enumerate(names[: len(columns)]):
        columns[place] = (plain_name(name), columns[place][1])
    return Rows(tuple(columns), rows.people)
