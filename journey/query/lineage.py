"""What the columns of a result are made of, told from the parse tree.

Two things follow a column through steps, aliases and expressions: whether it leads to
one person, and whether it counts people. What cannot be told is taken for the worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journey.query import traits as known
from journey.query.expressions import (
    aggregates,
    column_of,
    name_of,
    parts_of,
    place_of,
    stars,
)
from journey.query.functions import plain_name
from journey.query.gate import parsed
from journey.query.traits import (
    COMPARING,
    COUNTS,
    ID,
    KEPT,
    NONE,
    PEOPLE,
    PERSON,
    PLAIN,
    PROBE,
    SCALED,
    SHARES,
    SUMS,
    Rows,
    Sight,
    Traits,
)
from journey.query.tree import meant

if TYPE_CHECKING:
    from journey.query.catalog import Catalog


@dataclass(frozen=True)
class Lineage:
    """What a result shows of people."""

    columns: tuple[tuple[str, Traits], ...]
    """The columns of the result in their order, as far as the tree names them."""
    probes: tuple[int | None, ...]
    """Where a condition singles out one person: places in the text, in bytes."""
    guesses: tuple[int | None, ...] = ()
    """Where small numbers of people would be told apart without showing them."""

    def of(self, *traits: str, among: Sequence[str]) -> list[str]:
        """Return which of the result's columns, `among`, have one of these traits."""
        wanted = frozenset(traits)
        if len(among) == len(self.columns):
            told = zip(among, (found for _, found in self.columns), strict=True)
            return [name for name, found in told if wanted & found]
        named = {name for name, found in self.columns if wanted & found}
        other = {name for name, _ in self.columns} - named
        return [n for n in among if named and plain_name(n) not in other]


def trace(tree: Mapping[str, Any], marts: Mapping[str, Mapping[str, Any]]) -> Lineage:
    """Return what the result of a statement shows of people.

    tree: the statement as `gate.parsed` returns it, after the gate has let it through.
    marts: mart -> its columns.
    """
    walk = _Walk(marts)
    rows = walk.query(tree["node"], {}, None)
    return Lineage(
        rows.columns, tuple(dict.fromkeys(walk.probes)), tuple(dict.fromkeys(walk.guesses))
    )


def numbers(sql: str, known: Catalog, among: Sequence[str]) -> list[str]:
    """Return which columns of a result lead to one person; `among` are all of them.

    The text has passed the gate; what is found is remembered for the published file.
    """
    if sql not in known.lineages:
        known.lineages[sql] = trace(parsed(sql, "the query"), known.marts)
    return known.lineages[sql].of(ID, PROBE, among=among)


WALKED = frozenset({"arguments", "filter", "filter_expr"})
"""Parts of a function that are looked at by themselves."""


class _Walk:
    def __init__(self, marts: Mapping[str, Mapping[str, Any]]) -> None:
        self.marts = marts
        self.probes: list[int | None] = []
        self.guesses: list[int | None] = []

    # ------------------------------------------------------------- queries

    def query(
        self, node: Mapping[str, Any], ctes: Mapping[str, Rows], outer: Sight | None
    ) -> Rows:
        steps = dict(ctes)
        for entry in node["cte_map"]["map"]:
            self.step(entry, steps, outer)
        if node["type"] == "SELECT_NODE":
            return self.select(node, steps, outer)
        if node["type"] == "RECURSIVE_CTE_NODE":
            return self.recursive(node, steps, outer)
        halves = [node[key] for key in ("left", "right") if isinstance(node.get(key), dict)]
        parts = [*halves, *(node.get("children") or ())]
        found = [self.query(part, steps, outer) for part in parts]
        if known.disguised(found):
            self.guesses.append(place_of(node))
        rows = known.united(found)
        self.told_apart(node, rows, Sight([("", rows)], outer=outer), steps)
        return known.limited(node, rows)

    def step(
        self, entry: Mapping[str, Any], steps: dict[str, Rows], outer: Sight | None
    ) -> None:
        value = entry["value"]
        rows = self.query(value["query_node"], steps, outer)
        steps[plain_name(entry["key"])] = known.renamed(rows, value.get("aliases") or ())

    def recursive(
        self, node: Mapping[str, Any], steps: dict[str, Rows], outer: Sight | None
    ) -> Rows:
        """The second half sees the first; what it adds comes round to itself."""
        name, aliases = plain_name(node["cte_name"]), node.get("aliases") or ()
        rows = self.query(node["left"], steps, outer)
        for _ in range(len(rows.columns) + 1):
            seen = known.renamed(rows, aliases)
            more = self.query(node["right"], steps | {name: seen}, outer)
            rows = known.united([rows, more])
        return rows

    def select(
        self, node: Mapping[str, Any], steps: Mapping[str, Rows], outer: Sight | None
    ) -> Rows:
        sight = Sight(outer=outer)
        self.table(node["from_table"], steps, sight)
        columns: list[tuple[str, Traits]] = []
        for item in node["select_list"]:
            made = list(self.outputs(item, sight, steps))
            columns += made
            sight.made |= {name: traits for name, traits in made if item.get("alias")}
        for key in ("where_clause", "having", "qualify"):
            self.condition(node.get(key), sight, steps)
        items = node["select_list"]
        groups = [
            self.of(meant(group, items), sight, steps)
            for group in node["group_expressions"]
        ]
        every = node.get("aggregate_handling") == "FORCE_AGGREGATES"
        if every and not groups:
            groups = [
                self.of(item, sight, steps)
                for item in node["select_list"]
                if not aggregates(item)
            ]
        if any(PROBE in traits for traits in groups):
            self.probes.append(place_of(node["from_table"]))
        self.told_apart(node, Rows(tuple(columns)), sight, steps)
        by_person = any(PERSON in traits for traits in groups)
        gathers = bool(node["group_expressions"]) or every
        gathers = gathers or any(aggregates(item) for item in node["select_list"])
        people = by_person if gathers else sight.people or known.is_distinct(node, columns)
        return known.limited(node, Rows(tuple(columns), people))

    def told_apart(
        self, node: Mapping[str, Any], rows: Rows, sight: Sight, steps: Mapping[str, Rows]
    ) -> None:
        """Note rows that are sorted, cut or made distinct by what may single out one
        person, also by the place of a column."""
        modifiers = node.get("modifiers") or ()
        limits = [m for m in modifiers if "LIMIT" in str(m.get("type"))]
        if known.counts(self.of(limits, sight, steps)):
            self.guesses.append(place_of(node.get("from_table") or {}))
        if modifiers and PROBE in self.of(modifiers, sight, steps) | rows.all():
            self.probes.append(place_of(node.get("from_table") or {}))

    def outputs(
        self, item: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Iterator[tuple[str, Traits]]:
        """Yield the columns that one item of a SELECT becomes."""
        if item["class"] == "STAR" and not item.get("columns"):
            yield from self.star(item, sight, steps)
            return
        if stars(item):
            told = self.of(item, sight, steps) | sight.all()
            for name in dict.fromkeys(n for _, r in sight.sources for n, _ in r.columns):
                own = [t for _, rows in sight.sources for t in rows.named(name)]
                bare = frozenset().union(*own) if item["class"] == "STAR" else told
                yield plain_name(item.get("alias") or name), bare
            return
        yield plain_name(item.get("alias") or name_of(item)), self.of(item, sight, steps)

    def star(
        self, item: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Iterator[tuple[str, Traits]]:
        of = plain_name(item.get("relation_name") or "")
        left_out = {plain_name(column_of(name)) for name in item.get("exclude_list") or ()}
        put = {
            plain_name(column_of(entry["key"])): self.of(entry["value"], sight, steps)
            for entry in item.get("replace_list") or ()
        }
        named = {
            plain_name(column_of(entry["key"])): plain_name(entry["value"])
            for entry in item.get("rename_list") or ()
        }
        for alias, rows in sight.sources:
            for name, traits in rows.columns:
                if of in ("", alias) and name not in left_out:
                    yield named.get(name, name), put.get(name, traits)

    # -------------------------------------------------------------- tables

    def table(
        self, ref: Mapping[str, Any], steps: Mapping[str, Rows], sight: Sight
    ) -> None:
        """Add what a table reference gives to the sight."""
        kind = ref["type"]
        if kind == "JOIN":
            first = len(sight.sources)
            self.table(ref["left"], steps, sight)
            second = len(sight.sources)
            self.table(ref["right"], steps, sight)
            self.shared(ref, sight.sources[first:second], sight.sources[second:])
            self.condition(ref.get("condition"), sight, steps)
            self.condition(ref.get("ranking_expression"), sight, steps)
            return
        name = ""
        if kind == "BASE_TABLE":
            name = plain_name(ref["qualified_name"]["path"][-1])
            rows = (
                steps[name] if name in steps else known.mart(name, self.marts.get(name, ()))
            )
        elif kind == "SUBQUERY":
            rows = self.query(ref["subquery"]["node"], steps, sight)
        elif kind == "TABLE_FUNCTION":
            traits = self.of(ref["function"], sight, steps)
            name = str(ref["function"]["function_name"]).lower()
            rows = Rows(((name, traits),), known.counts(traits))
        elif kind == "EXPRESSION_LIST":
            columns = zip(*ref["values"], strict=False)
            rows = Rows(
                tuple(
                    (f"col{number}", known.mixed(self.of(v, sight, steps) for v in values))
                    for number, values in enumerate(columns)
                )
            )
        else:
            return
        rows = known.renamed(rows, ref.get("column_name_alias") or ())
        sight.sources.append((plain_name(ref.get("alias") or name), rows))

    def shared(self, ref: Mapping[str, Any], *sides: Sequence[tuple[str, Rows]]) -> None:
        """Note a join by a column that both sides share, where one side looks for
        somebody in it: USING and NATURAL."""
        named = [
            {name: traits for _, rows in side for name, traits in rows.columns}
            for side in sides
        ]
        using = [plain_name(name) for name in ref.get("using_columns") or ()]
        if ref.get("ref_type") == "NATURAL":
            using = list(named[0].keys() & named[1].keys())
        for name in using:
            both = [side.get(name, NONE) for side in named]
            if PROBE in known.compared(both):
                self.probes.append(place_of(ref))
            if any(map(known.counts, both)):
                self.guesses.append(place_of(ref))

    # --------------------------------------------------------- expressions

    def condition(self, node: Any, sight: Sight, steps: Mapping[str, Rows]) -> None:
        """Note a condition that may single out one person, or is a number of people."""
        traits = self.of(node, sight, steps)
        if {ID, PROBE} & traits:
            self.probes.append(place_of(node))
        if known.counts(traits):
            self.guesses.append(place_of(node))

    def compared(
        self, node: Mapping[str, Any], sides: Sequence[Any], given: Sequence[Traits]
    ) -> Traits:
        """Return what comparing sides tells, of which `given` is known."""
        if known.tells_few(list(zip(sides, given, strict=True))):
            self.guesses.append(place_of(node))
        return known.compared(given)

    def of(self, node: Any, sight: Sight, steps: Mapping[str, Rows]) -> Traits:
        """Return the traits of an expression, or of all in a list or modifier."""
        if isinstance(node, (list, tuple)):
            return frozenset().union(*(self.of(item, sight, steps) for item in node))
        if not isinstance(node, dict):
            return NONE
        kind = node.get("class")
        if kind is None:
            return self.of(list(node.values()), sight, steps)
        if kind == "COLUMN_REF":
            return known.found([plain_name(n) for n in node["column_names"]], sight)
        if kind in ("STAR", "POSITIONAL_REFERENCE"):
            return sight.all() - {PLAIN}
        if kind in ("FUNCTION", "WINDOW"):
            return self.function(node, sight, steps)
        if kind == "SUBQUERY":
            return self.subquery(node, sight, steps)
        parts = parts_of(node)
        given = [self.of(part, sight, steps) for part in parts]
        if kind == "COMPARISON":
            return self.compared(node, parts, given)
        traits = frozenset().union(*given) - {PLAIN}
        if kind == "BETWEEN" or node.get("type") in ("COMPARE_IN", "COMPARE_NOT_IN"):
            self.compared(node, parts, given)
            return known.compared([traits, NONE])
        if kind == "CASE":
            for check in node["case_checks"]:
                self.condition(check["when_expr"], sight, steps)
        if str(node.get("type")).startswith("ARRAY_") and any(map(known.counts, given[1:])):
            traits |= {SCALED}  # a place in a list
        if node.get("type") in ("OPERATOR_IS_NULL", "OPERATOR_IS_NOT_NULL"):
            return traits & {PROBE}
        return traits if kind in ("CAST", "COLLATE") else known.used(traits)

    def subquery(
        self, node: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Traits:
        rows = self.query(node["subquery"]["node"], steps, sight)
        kind = node.get("subquery_type")
        if kind in ("EXISTS", "NOT_EXISTS"):
            return NONE
        if kind == "SCALAR":
            return known.used(rows.all())
        given = [self.of(node.get("child"), sight, steps), rows.all()]
        return self.compared(node, [node.get("child") or {}, {}], given)

    def function(
        self, node: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Traits:
        name = str(node["function_name"]).lower()
        self.condition(node.get("filter") or node.get("filter_expr"), sight, steps)
        sides = [a.get("expression", a) for a in node.get("arguments") or ()]
        given = [self.of(side, sight, steps) for side in sides]
        rest = [part for key, part in node.items() if key not in WALKED]
        if PROBE in self.of(rest, sight, steps):  # sorted or parted by it
            self.probes.append(place_of(node))
        traits = frozenset().union(*given)
        if node["class"] == "WINDOW":  # a rank among numbers is as good as a number
            traits |= self.of(node.get("orders"), sight, steps) & {ID, PROBE}
        if name in COUNTS:
            counts = sight.people or PERSON in traits or PEOPLE in traits
            return (traits & {PROBE}) | ({PEOPLE} if counts else NONE)
        if name in COMPARING:
            return self.compared(node, sides, given)
        if name == "if" and given and known.counts(given[0]):
            self.guesses.append(place_of(node))
        used = known.used(traits)
        if name in SUMS:
            counts = sight.people and PLAIN not in traits
            return used | ({PEOPLE} if counts else NONE)
        if PEOPLE not in traits:
            return used
        if name in SHARES and PEOPLE in given[-1]:
            return used - {PEOPLE, SCALED}
        adds = name in ("+", "-") and len(given) > 1 and all(PEOPLE in t for t in given)
        if name in KEPT or adds:
            return used
        return used | {SCALED}
