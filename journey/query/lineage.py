"""What the columns of a result are made of, told from the parse tree.

Two things follow a column through steps, aliases and expressions: whether it leads to
one person, and whether it counts people. What cannot be told is taken for the worse.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journey.query import traits as known
from journey.query.functions import AGGREGATES, plain_name
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
    return Lineage(rows.columns, tuple(dict.fromkeys(walk.probes)))


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
        rows = known.united([self.query(part, steps, outer) for part in parts])
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
                if not _aggregates(item)
            ]
        if any(PROBE in traits for traits in groups):
            self.probes.append(_place(node["from_table"]))
        self.told_apart(node, Rows(tuple(columns)), sight, steps)
        by_person = any(PERSON in traits for traits in groups)
        gathers = bool(node["group_expressions"]) or every
        gathers = gathers or any(_aggregates(item) for item in node["select_list"])
        people = by_person if gathers else sight.people or _is_distinct(node, columns)
        return known.limited(node, Rows(tuple(columns), people))

    def told_apart(
        self, node: Mapping[str, Any], rows: Rows, sight: Sight, steps: Mapping[str, Rows]
    ) -> None:
        """Note rows that are sorted, cut or made distinct by what may single out one
        person, also by the place of a column."""
        modifiers = node.get("modifiers") or ()
        if modifiers and PROBE in self.of(modifiers, sight, steps) | rows.all():
            self.probes.append(_place(node.get("from_table") or {}))

    def outputs(
        self, item: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Iterator[tuple[str, Traits]]:
        """Yield the columns that one item of a SELECT becomes."""
        if item["class"] == "STAR" and not item.get("columns"):
            yield from self.star(item, sight, steps)
            return
        if _stars(item):
            told = self.of(item, sight, steps) | sight.all()
            for name in dict.fromkeys(n for _, r in sight.sources for n, _ in r.columns):
                own = [t for _, rows in sight.sources for t in rows.named(name)]
                bare = frozenset().union(*own) if item["class"] == "STAR" else told
                yield plain_name(item.get("alias") or name), bare
            return
        yield plain_name(item.get("alias") or _said(item)), self.of(item, sight, steps)

    def star(
        self, item: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Iterator[tuple[str, Traits]]:
        of = plain_name(item.get("relation_name") or "")
        left_out = {plain_name(_column(name)) for name in item.get("exclude_list") or ()}
        put = {
            plain_name(_column(entry["key"])): self.of(entry["value"], sight, steps)
            for entry in item.get("replace_list") or ()
        }
        named = {
            plain_name(_column(entry["key"])): plain_name(entry["value"])
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
            rows = Rows(((name, traits),))
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
            if PROBE in known.compared([side.get(name, NONE) for side in named]):
                self.probes.append(_place(ref))

    # --------------------------------------------------------- expressions

    def condition(self, node: Any, sight: Sight, steps: Mapping[str, Rows]) -> None:
        """Note a condition that may single out one person."""
        if isinstance(node, dict) and {ID, PROBE} & self.of(node, sight, steps):
            self.probes.append(_place(node))

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
        parts = [v for k, v in node.items() if k != "literal"]
        if kind == "COMPARISON":
            return known.compared([self.of(part, sight, steps) for part in parts])
        traits = self.of(parts, sight, steps) - {PLAIN}
        if kind == "BETWEEN" or node.get("type") in ("COMPARE_IN", "COMPARE_NOT_IN"):
            return known.compared([traits, NONE])
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
        return known.compared([self.of(node.get("child"), sight, steps), rows.all()])

    def function(
        self, node: Mapping[str, Any], sight: Sight, steps: Mapping[str, Rows]
    ) -> Traits:
        name = str(node["function_name"]).lower()
        self.condition(node.get("filter") or node.get("filter_expr"), sight, steps)
        given = [
            self.of(a.get("expression", a), sight, steps)
            for a in node.get("arguments") or ()
        ]
        rest = [part for key, part in node.items() if key not in WALKED]
        if PROBE in self.of(rest, sight, steps):  # sorted or parted by it
            self.probes.append(_place(node))
        traits = frozenset().union(*given)
        if node["class"] == "WINDOW":  # a rank among numbers is as good as a number
            traits |= self.of(node.get("orders"), sight, steps) & {ID, PROBE}
        if name in COUNTS:
            counts = sight.people or PERSON in traits or PEOPLE in traits
            return (traits & {PROBE}) | ({PEOPLE} if counts else NONE)
        if name in COMPARING:
            return known.compared(given)
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


def _place(node: Mapping[str, Any]) -> int | None:
    at = node.get("query_location")
    return at if isinstance(at, int) else None


def _is_distinct(node: Mapping[str, Any], columns: Sequence[tuple[str, Traits]]) -> bool:
    """Whether every row is another person, because DISTINCT makes them differ."""
    kinds = {modifier.get("type") for modifier in node.get("modifiers") or ()}
    persons = any(PERSON in traits for _, traits in columns)
    return "DISTINCT_MODIFIER" in kinds and persons


def _column(key: Any) -> str:
    """Return the name of a column in a list of EXCLUDE, REPLACE or RENAME."""
    return str(key.get("column")) if isinstance(key, dict) else str(key)


def _said(item: Mapping[str, Any]) -> str:
    """Return the name that a column has without an alias."""
    if item["class"] == "COLUMN_REF":
        return str(item["column_names"][-1])
    if item["class"] == "CAST":
        return _said(item["child"])
    return str(item.get("function_name") or item.get("type") or "")


def _inside(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every expression of a subtree that is not inside a subquery."""
    if isinstance(value, list):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, dict):
        if "class" in value:
            yield value
        if value.get("class") != "SUBQUERY":
            for item in value.values():
                yield from _inside(item)


def _stars(item: Any) -> bool:
    return any(node["class"] == "STAR" for node in _inside(item))


def _aggregates(item: Any) -> bool:
    return any(
        node["class"] == "FUNCTION"
        and str(node["function_name"]).lower() in AGGREGATES | {"count_star"}
        for node in _inside(item)
    )
