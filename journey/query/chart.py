"""The table [chart] of a query file: its types, and which columns each of them needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from journey.problem import near

WORD, NUMBER, DAY = "a word", "a number", "a day"
ANY = (WORD, NUMBER, DAY)


@dataclass(frozen=True)
class Role:
    """What one key of [chart] must name."""

    kinds: tuple[str, ...]
    meaning: str
    required: bool = True


def _maybe(role: Role) -> Role:
    return Role(role.kinds, role.meaning, required=False)


_VALUE = Role((NUMBER,), "the value")
_SERIES = Role((WORD,), "what tells one part from another")
_NAMES = {"x": Role(ANY, "what each bar stands for"), "y": _VALUE}
_LINE = {"x": Role(ANY, "the days, or what the line runs along"), "y": _VALUE,
         "colour": _maybe(_SERIES)}  # fmt: skip

TYPES: Mapping[str, Mapping[str, Role]] = MappingProxyType(
    {
        "bar": {**_NAMES, "colour": _maybe(_SERIES)},
        "stacked_bar": {**_NAMES, "colour": _SERIES},
        "line": _LINE,
        "area": _LINE,
        "point": {
            "x": Role((NUMBER,), "the number across"), "y": _VALUE,
            "colour": _maybe(Role((WORD,), "the name of the dot")),
        },
        "heat_map": {
            "x": Role(ANY, "the columns of the grid"),
            "y": Role(ANY, "the rows of the grid"),
            "colour": Role((NUMBER,), "the number of the cell"),
        },
        "cohort": {
            "x": Role((NUMBER, WORD), "the time since they began"),
            "y": Role(ANY, "the cohort, mostly a month"),
            "colour": Role((NUMBER,), "the number of the cell"),
            "size": _maybe(Role((NUMBER,), "how many the cohort has")),
        },
        "histogram": {
            "x": Role((NUMBER,), "the number that is spread"),
            "y": _maybe(Role((NUMBER,), "how often each number comes")),
        },
        "funnel": {"x": Role((WORD, NUMBER), "the steps, in their order"), "y": _VALUE},
        "sankey": {
            "source": Role((WORD,), "where it comes from"),
            "target": Role((WORD,), "where it goes"),
            "value": Role((NUMBER,), "how much goes there"),
        },
        "big_number": {
            "value": Role((NUMBER,), "the number"),
            "x": _maybe(Role((DAY,), "the days, for a line below the number")),
        },
        "sparklines": {
            "row": Role((WORD,), "the name of each row"),
            "x": Role((DAY, NUMBER), "the days that a line runs along"), "y": _VALUE,
        },
    }
)  # fmt: skip
"""Type -> the keys it has; each names a column of the result."""

EITHER_WAY = ("bar", "stacked_bar", "funnel")
"""Types whose x and y may change places: the number is the value."""

ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "column": "bar", "pie": "bar", "donut": "bar", "stacked": "stacked_bar",
        "heat": "heat_map", "scatter": "point", "dots": "point", "retention": "cohort",
        "distribution": "histogram", "steps": "funnel", "flow": "sankey",
        "number": "big_number", "kpi": "big_number", "metric": "big_number",
        "table": "sparklines",
    }
)  # fmt: skip
"""What a type is called in other tools -> its name here."""

STEPPED = "histogram"
"""The type that also takes `step`, the width of a bar."""


@dataclass(frozen=True)
class Chart:
    """How the result of a chart query is drawn; columns are those of the result."""

    type: str
    x: str | None = None
    y: str | None = None
    colour: str | None = None
    source: str | None = None
    target: str | None = None
    value: str | None = None
    row: str | None = None
    size: str | None = None
    step: float | None = None
    """Width of a bar of a histogram; None: a round one that fits."""

    @property
    def columns(self) -> dict[str, str]:
        """Return the columns it names, by key."""
        roles = TYPES.get(self.type, {})
        named = {key: getattr(self, key) for key in roles}
        return {key: column for key, column in named.items() if column is not None}

    @property
    def amount(self) -> str | None:
        """Return the column that `unit` writes."""
        named = self.columns
        if self.type in ("heat_map", "cohort"):
            return named.get("colour")
        if self.type == STEPPED:
            return named.get("x")
        return named.get("value") or named.get("y")


Told = tuple[str, str, str, str]
"""Key, what was found, what was expected, what to do."""


def misplaced(raw: Mapping[str, Any], fitting: Mapping[str, Any]) -> Iterator[Told]:
    """Yield an unknown type, keys that a type does without, those it needs and lacks.

    raw: all keys of [chart]; fitting: those whose values can be read.
    """
    kind = str(fitting.get("type"))
    if kind not in TYPES:
        if "type" in fitting:
            meant = near(ELSEWHERE.get(kind.casefold(), kind), TYPES)
            yield "chart.type", f'type = "{kind}"', meant, "correct type"
        return
    roles = TYPES[kind]
    known = ", ".join((*roles, "step") if kind == STEPPED else roles)
    for key in fitting:
        if key not in roles and key != "type" and not (key == "step" and kind == STEPPED):
            yield (f"chart.{key}", f'{key} in a chart of type "{kind}"', known,
                   "take the line out, or change type")  # fmt: skip
    for key, role in roles.items():
        if role.required and key not in raw:
            yield ("chart", f'no {key} in a chart of type "{kind}"',
                   f"a column of the result: {role.meaning}",
                   f"add {key} to [chart]")  # fmt: skip


def unfit(chart: Chart, columns: Mapping[str, str]) -> Iterator[Told]:
    """Yield columns that do not fit their key; `columns`: name -> DuckDB type."""
    named = chart.columns
    lies = chart.type in EITHER_WAY and kind_of(columns.get(named.get("y", ""))) == WORD
    turned = {"x": "y", "y": "x"} if lies else {}
    for key, column in named.items():
        role = TYPES[chart.type][turned.get(key, key)]
        found = kind_of(columns.get(column))
        if found is None or found in role.kinds:
            continue
        fitting = [name for name, type_ in columns.items() if kind_of(type_) in role.kinds]
        what = " or ".join(role.kinds)
        yield (
            f"chart.{key}",
            f'"{column}" is {columns[column]}, {found}; {chart.type} needs {what} there',
            f"{role.meaning}: {' or '.join(fitting) or f'{what}, which no column is'}",
            f"name a column that is {what}, or cast it in the query",
        )


def kind_of(type_: str | None) -> str | None:
    """Return whether a DuckDB type is a word, a number, a day or "something else"; None
    where nobody can tell."""
    if type_ is None or type_ == '"NULL"':
        return None
    name = type_.upper()
    if re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|U?BIGINT|DOUBLE|FLOAT|REAL"
                    r"|DECIMAL\(.*\)", name):  # fmt: skip
        return NUMBER
    if re.fullmatch(r"DATE|TIMESTAMP.*", name):
        return DAY
    if re.fullmatch(r"VARCHAR|BOOLEAN|UUID|ENUM\(.*\)", name):
        return WORD
    return "something else"
