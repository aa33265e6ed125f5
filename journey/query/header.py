"""What may stand in the header of a query file, key by key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from journey.query.chart import TYPES

KINDS = ("measure", "chart", "table", "period", "mart", "segment")

UNITS = (
    "percent", "percent_points", "per_100", "count", "number", "money", "ratio",
    "score", "points", "seconds", "minutes", "hours", "days",
)  # fmt: skip
"""How a value is written; `percent` and `per_100` show a ratio times 100,
`percent_points` a difference of two shares."""

INTERVALS = ("proportion", "mean", "count", "none")
BETTER = ("higher", "lower", "neither")
CHARTS = tuple(TYPES)
FORMATS = (*UNITS, "people", "text", "date", "time", "flag")
"""Of a table's column; `people` is a number of people, withheld where too small."""


@dataclass(frozen=True)
class Key:
    """One key of the header: what fits, said in words, and where it applies."""

    expected: str
    fits: Callable[[Any], bool]
    kinds: tuple[str, ...] = KINDS
    required: tuple[str, ...] = ()
    """Kinds that cannot do without it."""


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole(low: int, high: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(*words: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in words


def _number(value: Any) -> bool:
    return type(value) in (int, float)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))


def _needs(value: Any) -> bool:
    """Whether all are names of tables, or of a mart and a column or kind of it."""
    named = re.compile(r"[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?")
    return _texts(value) and all(named.fullmatch(text) for text in value)


def _table(value: Any) -> bool:
    return isinstance(value, dict)


def _text_or_texts(value: Any) -> bool:
    return _text(value) or _texts(value)


def _words(*words: str) -> str:
    return "one of " + ", ".join(f'"{word}"' for word in words)


SHOWN = ("measure", "chart", "table", "period")

KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "title": Key("a text", _text, required=KINDS),
        "question": Key("a text", _text, required=SHOWN),
        "kind": Key(_words(*KINDS), _one_of(*KINDS), required=KINDS),
        "unit": Key(
            _words(*UNITS), _one_of(*UNITS), ("measure", "chart", "period"),
            required=("measure", "period"),
        ),
        "interval": Key(_words(*INTERVALS), _one_of(*INTERVALS), ("measure",)),
        "better": Key(_words(*BETTER), _one_of(*BETTER), ("measure", "period")),
        "headline": Key("a whole number from 1 to 4", _whole(1, 4), ("measure", "period")),
        "grain": Key("a text", _text, required=("measure", "mart")),
        "key": Key("a column, or a list of columns", _text_or_texts, required=("mart",)),
        "owner": Key("a text", _text, required=SHOWN),
        "description": Key("a text", _text),
        "window_days": Key("a whole number of days", _whole(0, 3650), ("measure",)),
        "benchmark": Key("a number, or a text", lambda v: _number(v) or _text(v), SHOWN),
        "benchmark_source": Key("a text", _text, SHOWN),
        "caveat": Key("a text", _text, SHOWN),
        "position": Key("a whole number", _whole(0, 10_000)),
        "group": Key("a text", _text, ("measure", "period")),
        "tags": Key("a list of texts", _texts),
        "needs": Key('a list like ["ticket", "orders.discount"]', _needs),
        "optional": Key(
            'a list like ["traffic", "costs.ads"]', _needs, ("chart", "table")
        ),
        "across_rows": Key("a text with the reason", _text, ("measure",)),
        "columns": Key("a table [columns]", _table),
        "chart": Key("a table [chart]", _table, ("chart",), required=("chart",)),
    }
)  # fmt: skip
"""Every key of a header; the documentation has an entry for each."""

COLUMN_KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "label": Key("a text", _text),
        "format": Key(_words(*FORMATS), _one_of(*FORMATS)),
        "of": Key("a column of the result that counts units", _text),
        "needs": Key('a list like ["order_line", "product_days.by_web"]', _needs),
        "description": Key("a text", _text),
    }
)
"""Keys of one column in [columns]; a plain text is its label (of a mart's column,
its description)."""

CHART_KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "type": Key(_words(*CHARTS), _text, required=("chart",)),
        **{
            key: Key("a column of the result", _text)
            for roles in TYPES.values()
            for key in roles
        },
        "step": Key("a number above 0", lambda v: _number(v) and v > 0),
    }
)
"""Keys of [chart]; which of them a type has is told in journey.query.chart."""
