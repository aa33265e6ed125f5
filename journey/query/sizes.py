"""Values of any size: what a listed function may not be asked for.

The memory of one value is not counted by DuckDB's limit, and making it cannot be
interrupted, so that it must not begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from journey.query.functions import names

LONGEST = 999_999
"""Items of a list that range() may make of its constants."""

MOST = 10_000
"""How many times longer all replacements of a text together may make a value."""

WIDEST = 999
"""Items of an array type: every row takes room for all of them, empty ones too."""

WIDE = re.compile(r"\d{4}|\{[^}]*\{")
"""A width of four digits, or one taken from another argument."""

SHORT = re.compile(r"second|minute|\d[smh]?$|\d:\d", re.IGNORECASE)
"""An interval of less than a day, or of an unknown length, in a text."""

CALLS = ("FUNCTION", "WINDOW")

COUNTED = names(
    "+ - / // % abs ceil coalesce count count_star date_diff date_part date_trunc"
    " datediff datepart datetrunc floor greatest if ifnull least len length"
    " list_value max min month nullif quarter range generate_series round to_days"
    " to_months to_quarters to_weeks to_years trunc week year"
)
"""What range() may be given beside columns and constants: nothing that multiplies."""


EACH = names(
    "apply array_apply array_reduce array_transform list_apply list_reduce"
    " list_transform reduce"
)
RANGES = names("range generate_series")
"""What makes a list of lists inside a lambda."""

DOUBLING = names("|| concat list_concat list_cat array_concat array_cat")
"""What may double a value at every step of list_reduce."""


def asks_for_size(name: str, arguments: Any) -> bool:
    """Whether a listed function makes a huge value.

    format() takes its text as a constant only: a width may hide in any other.
    """
    if name == "format":
        first = arguments[0]["expression"] if arguments else {}
        texts = [text for _, text in _literals(first)]
        return first.get("class") != "CONSTANT" or bool(WIDE.search(texts[0]))
    if name in EACH:
        inside = _named(list(_of_class(arguments, ("LAMBDA",))))
        return bool(inside & (RANGES | DOUBLING if "reduce" in name else RANGES))
    if name not in RANGES:
        return False
    others = _named(arguments)
    return bool(others - COUNTED) or any(_is_huge(*each) for each in _literals(arguments))


def is_wide(node: Mapping[str, Any]) -> bool:
    """Whether an array type has too many items."""
    return any(t.isdigit() and int(t) > WIDEST for _, t in _literals(node["children"]))


def growth(name: str, arguments: Any) -> int:
    """Return how many times longer a function may make a text, told from constants."""
    given = [argument["expression"] for argument in arguments or ()]
    if name == "format" and given:
        return max(1, sum(text.count("{") for _, text in _literals(given[0])))
    if name not in ("replace", "regexp_replace") or len(given) < 3:
        return 1
    searched, put = (sum(len(t) for _, t in _literals(g)) for g in given[1:3])
    return max(1, put if name == "regexp_replace" else put // max(1, searched))


def _is_huge(kind: str, text: str) -> bool:
    if kind == "STRING" and SHORT.search(text) and not re.match(r"\d{4}-", text):
        return True
    try:
        return abs(float(text)) > LONGEST
    except ValueError:
        return False


def _named(value: Any) -> set[str]:
    return {str(n.get("function_name")).lower() for n in _of_class(value, CALLS)}


def _of_class(value: Any, classes: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    """Yield every expression of these classes in a subtree, also in its subqueries."""
    if isinstance(value, list):
        for item in value:
            yield from _of_class(item, classes)
    elif isinstance(value, dict):
        if value.get("class") in classes:
            yield value
        for item in value.values():
            yield from _of_class(item, classes)


def _literals(value: Any) -> list[tuple[str, str]]:
    """Return kind and text of every literal of a subtree, in order."""
    if isinstance(value, list):
        return [found for item in value for found in _literals(item)]
    if not isinstance(value, dict):
        return []
    literal = value.get("literal")
    own = [(literal["kind"], str(literal.get("text", "")))] if literal else []
    return own + [found for item in value.values() for found in _literals(item)]
