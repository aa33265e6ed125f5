"""A walk over DuckDB's parse tree: what it reads and everything it may not do."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from journey.problem import Problem, near
from journey.query import lessons
from journey.query.expressions import inside
from journey.query.functions import (
    AGGREGATES,
    CLOCK,
    FUNCTIONS,
    PERSONS,
    TABLE_FUNCTIONS,
    TYPES,
    plain_name,
)
from journey.query.sizes import MOST, WIDEST, asks_for_size, growth, is_wide

NODES = frozenset({"SELECT_NODE", "SET_OPERATION_NODE", "RECURSIVE_CTE_NODE", "CTE_NODE"})
TABLES = frozenset(
    {"BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY"}
)
MODIFIERS = frozenset(
    {"ORDER_MODIFIER", "LIMIT_MODIFIER", "LIMIT_PERCENT_MODIFIER", "DISTINCT_MODIFIER"}
)
ORDERS = frozenset({"ORDER_DEFAULT", "ASCENDING", "DESCENDING"})
CLASSES = frozenset(
    {
        "BETWEEN", "CASE", "CAST", "COLLATE", "COLUMN_REF", "COMPARISON", "CONJUNCTION",
        "CONSTANT", "FUNCTION", "LAMBDA", "OPERATOR", "PARAMETER",
        "POSITIONAL_REFERENCE", "STAR", "SUBQUERY", "TYPE", "WINDOW",
    }
)  # fmt: skip
"""Classes of expressions."""


@dataclass(frozen=True)
class Reading:
    """What a text does: everything the gate found in it."""

    reads: tuple[str, ...]
    """Marts, in lower case and in order of their names; "landed.x" at build."""
    parameters: tuple[str, ...]
    """Names of $parameters."""
    functions: tuple[str, ...]
    across: tuple[tuple[str, int | None], ...]
    """What looks across rows (a window function, a self-join, grouping by person),
    with its line."""


class Walk:
    """One walk over the tree of one statement; gathers reads and problems.

    A walk over a query or table reference returns the marts it reads, so that a join
    of a mart with itself is seen through CTEs and subqueries.
    """

    def __init__(
        self,
        sql: str,
        where: str,
        marts: Collection[str],
        catalogs: Mapping[str, Collection[str]],
    ) -> None:
        self.sql = sql.encode()
        self.where = where
        self.marts = marts
        self.catalogs = {k.lower(): {t.lower() for t in v} for k, v in catalogs.items()}
        self.reads: set[str] = set()
        self.parameters: set[str] = set()
        self.functions: set[str] = set()
        self.across: list[tuple[str, int | None]] = []
        self.problems: list[Problem] = []
        self.growth = 1

    def line(self, node: Mapping[str, Any]) -> int | None:
        at = node.get("query_location")
        if not isinstance(at, int) or at > len(self.sql):
            return None
        return self.sql[:at].count(b"\n") + 1

    def refuse(self, node: Mapping[str, Any], found: str, expected: str, fix: str) -> None:
        self.problems.append(Problem(self.where, found, expected, fix, self.line(node)))

    def statement(self, statement: Mapping[str, Any]) -> None:
        try:
            self.query(statement["node"], {})
        except RecursionError:
            self.refuse({}, "a query nested too deeply", "fewer steps within steps",
                        "split it into named steps: with step as (...)")  # fmt: skip

    def query(self, node: Mapping[str, Any], ctes: Mapping[str, set[str]]) -> set[str]:
        """Walk one query node; `ctes` are the named steps in scope with their marts."""
        kind = node.get("type")
        if kind not in NODES:
            self.refuse(node, f"{_said(kind)} inside a query", "only SELECT",
                        "a query reads, it never writes")  # fmt: skip
            return set()
        scope = dict(ctes)
        for entry in node["cte_map"]["map"]:
            self.cte(entry["key"], entry["value"], scope)
        if kind == "SELECT_NODE":
            found = self.select(node, scope)
        else:
            found = self.combined(node, scope)
        known = {"type", "cte_map", "from_table"}
        return found | self.rest(node, known, scope)

    def combined(self, node: Mapping[str, Any], scope: dict[str, set[str]]) -> set[str]:
        """Walk UNION and the like, and the two halves of a recursive step.

        Only the second half of a recursive step sees the step's own name.
        """
        inside = scope
        if node["type"] == "RECURSIVE_CTE_NODE":
            inside = scope | {plain_name(node["cte_name"]): set()}
        found: set[str] = set()
        for half in ("left", "right", "query", "child"):
            if isinstance(node.get(half), dict):
                seen = inside if half == "right" else scope
                found |= self.query(node[half], seen)
        for child in node.get("children") or ():
            found |= self.query(child, scope)
        return found

    def cte(self, key: str, value: Mapping[str, Any], scope: dict[str, set[str]]) -> None:
        name = plain_name(key)
        if name in self.marts or name in self.catalogs:
            self.refuse(
                value["query_node"], f'a step named "{key}" like a mart',
                "a name of its own: a step that hides a mart hides what is read",
                f"rename it, to {key}_step for example",
            )  # fmt: skip
        if value.get("materialized") == "CTE_MATERIALIZE_NEVER":
            self.refuse(
                value["query_node"], f'a step "{key}" as not materialized',
                "a step that is worked out once", "take out: not materialized",
            )  # fmt: skip
        scope[name] = self.query(value["query_node"], scope)
        for other in ("key_targets", "payload_aggregates"):
            self.anything(value.get(other), scope)

    def select(self, node: Mapping[str, Any], scope: dict[str, set[str]]) -> set[str]:
        found = self.table(node["from_table"], scope)
        self.sampled(node)
        inner: set[str] = set()
        for key, value in node.items():
            if key not in ("type", "cte_map", "from_table", "sample"):
                inner |= self.anything(value, scope)
        if found & inner:
            self.across.append((_self_join(found & inner), self.line(node["from_table"])))
        self.grouping(node)
        return found | inner

    def rest(
        self, node: Mapping[str, Any], known: set[str], scope: dict[str, set[str]]
    ) -> set[str]:
        """Walk what is left of UNION and the like: ORDER BY, LIMIT."""
        if node["type"] == "SELECT_NODE":
            return set()
        skipped = known | {"left", "right", "query", "child", "children"}
        found: set[str] = set()
        for key, value in node.items():
            if key not in skipped:
                found |= self.anything(value, scope)
        return found

    def table(self, ref: Mapping[str, Any], scope: dict[str, set[str]]) -> set[str]:
        """Walk one table reference and return the marts it reads."""
        kind = ref.get("type")
        if kind not in TABLES:
            self.refuse(ref, f"{_said(kind)} where a table stands",
                        "a mart, a subquery, a join, unnest or range",
                        "write it as a plain SELECT")  # fmt: skip
            return set()
        if ref.get("at_clause"):
            self.refuse(ref, "AT on a table", "the mart as it is", "take AT out")
        self.sampled(ref)
        if kind == "BASE_TABLE":
            return self.base(ref, scope)
        if kind == "SUBQUERY":
            return self.query(ref["subquery"]["node"], scope)
        if kind == "JOIN":
            return self.join(ref, scope)
        if kind == "TABLE_FUNCTION":
            return self.table_function(ref, scope)
        return self.anything(ref.get("values"), scope)

    def sampled(self, node: Mapping[str, Any]) -> None:
        if node.get("sample"):
            self.refuse(
                node.get("from_table", node), "a random sample",
                "every row, so that figures repeat exactly", "take the sampling out",
            )  # fmt: skip

    def join(self, ref: Mapping[str, Any], scope: dict[str, set[str]]) -> set[str]:
        left = self.table(ref["left"], scope)
        right = self.table(ref["right"], scope)
        if left & right:
            self.across.append((_self_join(left & right), self.line(ref["right"])))
        found = left | right
        for key in ("condition", "ranking_expression"):
            found |= self.anything(ref.get(key), scope)
        return found

    def base(self, ref: Mapping[str, Any], scope: Mapping[str, set[str]]) -> set[str]:
        path = [plain_name(part) for part in ref["qualified_name"]["path"]]
        name = ".".join(path)
        if len(path) == 1 and name in scope:
            return scope[name]
        known = self.marts if len(path) == 1 else self.catalogs.get(path[0], ())
        if len(path) > 2 or path[-1] not in known:
            bare = [path[-1]] if path[-1] in self.marts else []
            self.refuse(
                ref, f'no table "{name}"',
                *((None if bare else lessons.of_table(name)) or (
                    f'"{bare[0]}" without anything before it' if bare
                    else near(name, {*self.marts, *scope}),
                    "read marts by their plain name; the data dictionary lists them",
                )),
            )  # fmt: skip
            return set()
        self.reads.add(name)
        return {name}

    def table_function(
        self, ref: Mapping[str, Any], scope: dict[str, set[str]]
    ) -> set[str]:
        function = ref.get("function") or {}
        if str(function.get("function_name")).lower() not in TABLE_FUNCTIONS:
            self.refuse(ref, f"the table function {function.get('function_name')}()",
                        f"only {', '.join(sorted(TABLE_FUNCTIONS))}",
                        "read a mart instead")  # fmt: skip
            return set()
        return self.anything(function, scope)

    def grouping(self, node: Mapping[str, Any]) -> None:
        """Tell grouping by person: it follows one human across rows."""
        groups = list(node["group_expressions"])
        if node["aggregate_handling"] == "FORCE_AGGREGATES" and not groups:
            groups = [item for item in node["select_list"] if not self.aggregates(item)]
        for number, group in enumerate(groups):
            item = meant(group, node["select_list"])
            if any(name in PERSONS for name in _columns(item)):
                self.across.append(("grouping by person", self.line(groups[number])))

    def aggregates(self, item: Any) -> bool:
        return any(
            str(n.get("function_name")).lower() in AGGREGATES and n["class"] == "FUNCTION"
            for n in inside(item)
        )

    def anything(self, value: Any, scope: dict[str, set[str]]) -> set[str]:
        """Walk any part of the tree: expressions, lists, modifiers."""
        if isinstance(value, list):
            return set().union(*(self.anything(item, scope) for item in value))
        if not isinstance(value, dict):
            return set()
        if "class" in value:
            return self.expression(value, scope)
        kind = value.get("type")
        if kind in NODES:
            return self.query(value, scope)
        if kind in TABLES and "query_location" in value:
            return self.table(value, scope)
        if isinstance(kind, str) and kind not in MODIFIERS | ORDERS:
            self.refuse(value, _said(kind), "a plain SELECT", "write it without")
            return set()
        return set().union(*(self.anything(item, scope) for item in value.values()))

    def expression(self, node: Mapping[str, Any], scope: dict[str, set[str]]) -> set[str]:
        kind = node["class"]
        if kind not in CLASSES:
            self.refuse(node, _said(kind), "a column, a value or a listed function",
                        "write it without")  # fmt: skip
            return set()
        if kind in ("FUNCTION", "WINDOW"):
            self.function(node, kind)
        elif kind == "TYPE":
            self.type(node)
        elif kind == "COLUMN_REF":
            self.column(node)
        elif kind == "PARAMETER":
            self.parameter(node)
        elif kind == "SUBQUERY":
            found = self.query(node["subquery"]["node"], scope)
            return found | self.children(node, {"subquery"}, scope)
        return self.children(node, set(), scope)

    def children(
        self, node: Mapping[str, Any], skipped: set[str], scope: dict[str, set[str]]
    ) -> set[str]:
        values = (v for k, v in node.items() if k not in skipped and k != "literal")
        return set().union(*(self.anything(value, scope) for value in values))

    def function(self, node: Mapping[str, Any], kind: str) -> None:
        path = node["qualified_name"]["path"]
        name = str(node["function_name"]).lower()
        self.functions.add(name)
        if len(path) != 1 or node.get("schema") or node.get("catalog"):
            self.refuse(node, f"the function {'.'.join(path)}()",
                        "a function by its plain name", f"write {name}(...)")  # fmt: skip
        elif name not in FUNCTIONS or node.get("export_state"):
            near_to = _function_near(name), "the list is in docs/writing-a-query.md"
            told = lessons.of_function(name) or near_to
            self.refuse(node, f"the function {name}()", *told)
        elif asks_for_size(name, node.get("arguments")):
            self.refuse(node, f"{name}() of a huge value",
                        "at most 999,999 items, by columns, dates and plain numbers",
                        "make it smaller, or count with from range(...)")  # fmt: skip
        self.growing(node, name)
        if kind == "WINDOW":
            self.across.append(("a window function", self.line(node)))

    def growing(self, node: Mapping[str, Any], name: str) -> None:
        """Refuse replacements that together make a text very much longer."""
        self.growth *= growth(name, node.get("arguments"))
        if self.growth > MOST:
            self.refuse(
                node, f"{name}() that makes texts very long",
                f"at most {MOST:,} times longer in all", "replace by less",
            )  # fmt: skip
            self.growth = 1

    def type(self, node: Mapping[str, Any]) -> None:
        path = node["qualified_name"]["path"]
        name = str(node["type_name"]).lower()
        if len(path) != 1 or name not in TYPES:
            self.refuse(node, f"the type {'.'.join(path)}", "a built-in type",
                        "use varchar, double, decimal, date, timestamptz")  # fmt: skip
        elif name == "array" and is_wide(node):
            self.refuse(node, "an array type of many items", f"at most {WIDEST}",
                        "use a list: integer[]")  # fmt: skip

    def column(self, node: Mapping[str, Any]) -> None:
        names = node["column_names"]
        if len(names) == 1 and names[0].lower() in CLOCK:
            self.refuse(node, names[0], "figures that do not depend on the clock or on"
                        " who asks", lessons.CLOCK_FIX)  # fmt: skip

    def parameter(self, node: Mapping[str, Any]) -> None:
        name = str(node["identifier"])
        if not re.fullmatch(r"[A-Za-z_]\w*", name):
            self.refuse(node, f"the parameter ${name}", "a named one, like $start",
                        "give it a name")  # fmt: skip
        self.parameters.add(name)


def _columns(item: Any) -> list[str]:
    return [
        str(node["column_names"][-1]).lower()
        for node in inside(item)
        if node["class"] == "COLUMN_REF"
    ]


def meant(group: Mapping[str, Any], items: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the selected item that `group by 1` or `group by alias` means."""
    literal = group.get("literal") or {}
    text = str(literal.get("text", ""))
    if group.get("class") == "CONSTANT" and text.isdigit() and 0 < int(text) <= len(items):
        return items[int(text) - 1]
    if group.get("class") == "COLUMN_REF" and len(group["column_names"]) == 1:
        name = group["column_names"][0].lower()
        for item in items:
            if item.get("alias", "").lower() == name:
                return item
    return group


def _self_join(marts: Collection[str]) -> str:
    return f"a join of {', '.join(sorted(marts))} with itself"


def _function_near(name: str) -> str:
    close = difflib.get_close_matches(name, FUNCTIONS, n=1, cutoff=0.8)
    return f'did you mean "{close[0]}"?' if close else "a function of the list"


def _said(kind: Any) -> str:
    return str(kind).replace("_", " ").lower()
