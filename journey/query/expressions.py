"""Expressions of the parse tree: where they stand, what they are named, what is in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from journey.query.functions import AGGREGATES


def place_of(node: Mapping[str, Any]) -> int | None:
    """Return where an expression or table begins in the text, in bytes."""
    at = node.get("query_location")
    return at if isinstance(at, int) else None


def parts_of(node: Mapping[str, Any]) -> list[Any]:
    """Return the operands of an expression, each by itself."""
    parts = [v for k, v in node.items() if k != "literal" and isinstance(v, (dict, list))]
    if len(parts) == 1 and isinstance(parts[0], list):
        return list(parts[0])
    return parts


def column_of(key: Any) -> str:
    """Return the name of a column in a list of EXCLUDE, REPLACE or RENAME."""
    return str(key.get("column")) if isinstance(key, dict) else str(key)


def name_of(item: Mapping[str, Any]) -> str:
    """Return the name that a column has without an alias."""
    if item["class"] == "COLUMN_REF":
        return str(item["column_names"][-1])
    if item["class"] == "CAST":
        return name_of(item["child"])
    return str(item.get("function_name") or item.get("type") or "")


def inside(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every expression of a subtree that is not inside a subquery."""
    if isinstance(value, list):
        for item in value:
            yield from inside(item)
    elif isinstance(value, dict):
        if "class" in value:
            yield value
        if value.get("class") != "SUBQUERY":
            for item in value.values():
                yield from inside(item)


def stars(item: Any) -> bool:
    """Return whether a * or COLUMNS is in an expression."""
    return any(node["class"] == "STAR" for node in inside(item))


def aggregates(item: Any) -> bool:
    """Return whether an expression gathers rows."""
    return any(
        node["class"] == "FUNCTION"
        and str(node["function_name"]).lower() in AGGREGATES | {"count_star"}
        for node in inside(item)
    )
