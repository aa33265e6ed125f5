"""Rows of a chart query and the roles its header gives to columns."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from journey.charts.look import Look, Spec

if TYPE_CHECKING:
    import polars

MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])")
"""A month as SQL names it, in the order of time: 2026-10."""
SERIES = 6
"""Lines a chart has at most; the download has them all."""


@dataclass(frozen=True)
class Table:
    """Rows of a chart query with the roles its header gives to columns."""

    rows: Sequence[Mapping[str, Any]]
    roles: Mapping[str, str]
    """Key of [chart] -> column: x, y, colour, source, target, value, row, size."""
    unit: str | None = None
    before: Sequence[Mapping[str, Any]] = ()
    """The same query over the period compared with."""
    columns: Mapping[str, Any] = field(default_factory=dict)
    """Labels and formats of the header, by column: `label`, `format`."""
    top: float | None = None
    """The value of the darkest cell of a grid; None: the largest it has."""
    step: float | None = None
    """Width of a bar of a histogram; None: a round one that fits."""
    shift: int | None = None
    """Days from the first one compared with to the first one now."""

    @property
    def x(self) -> str:
        return self.roles.get("x", "")

    @property
    def y(self) -> str:
        return self.roles.get("y", "")

    @property
    def colour(self) -> str | None:
        return self.roles.get("colour")

    def titled(self, column: str) -> str:
        """Return what a column is called on screen."""
        about = self.columns.get(column)
        return (about.label if about else None) or column.replace("_", " ").capitalize()

    @property
    def adds_up(self) -> bool:
        """Whether the sum of two values means something; that of two rates does not."""
        return self.unit in ("count", "money")


def plain(frame: polars.DataFrame) -> list[dict[str, Any]]:
    return [
        {k: float(v) if isinstance(v, Decimal) else v for k, v in row.items()}
        for row in frame.to_dicts()
    ]


def has_values(table: Table) -> bool:
    """Whether some row has a value in every column that is named."""
    named = [column for key, column in table.roles.items() if key != "colour"]
    return any(all(row[column] is not None for column in named) for row in table.rows)


def prepared(table: Table, look: Look) -> list[dict[str, Any]]:
    return [
        {
            "x": iso(row[table.x]),
            "y": row[table.y],
            "name": label(row[table.x], look),
            "series": str(row[table.colour]) if table.colour else "",
            "text": look.formats.value(row[table.y], table.unit),
        }
        for row in table.rows
        if row[table.x] is not None
        and (row[table.y] is None or isinstance(row[table.y], (int, float)))
    ]


def largest(names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    totals = dict.fromkeys(names, 0.0)
    for row in rows:
        totals[row["series"]] += abs(row["y"])
    return sorted(totals, key=lambda name: -totals[name])[:SERIES]


def words_and_numbers(table: Table) -> tuple[str, str]:
    """Return the column that names and the one that counts, whichever way round."""
    sample = next((r[table.x] for r in table.rows if r[table.x] is not None), None)
    swapped = isinstance(sample, (int, float)) and not isinstance(sample, bool)
    return (table.y, table.x) if swapped else (table.x, table.y)


def iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def label(value: Any, look: Look) -> str:
    if isinstance(value, dt.datetime):
        return look.formats.moment(value)
    if isinstance(value, dt.date):
        return look.formats.short_date(value)
    if value is None:
        return "(not set)"
    text = str(value)
    if MONTH.fullmatch(text):
        return look.formats.month(dt.date(int(text[:4]), int(text[5:]), 1))
    return text


def twice(rows: Sequence[Mapping[str, Any]], names: str, colour: str | None) -> str | None:
    """Return the first name with several rows that no colour tells apart, else None."""
    seen = set()
    for row in rows:
        key = (row[names], row[colour] if colour else None)
        if key in seen:
            return str(row[names])
        seen.add(key)
    return None


def added_up(table: Table, names: str, amount: str, colour: str | None) -> Table:
    """Return the table with one row a name and colour, now and before."""
    columns = [column for column in (names, colour) if column]

    def summed(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        sums: dict[tuple[Any, ...], Any] = {}
        for row in rows:
            key = tuple(row[column] for column in columns)
            known = sums.get(key)
            value = row[amount]
            sums[key] = value if known is None else known + (value or 0)
        return [{**dict(zip(columns, k, strict=True)), amount: v} for k, v in sums.items()]

    return replace(table, rows=summed(table.rows), before=summed(table.before))


def refused(name: str, look: Look) -> Spec:
    """Return words in place of bars that would hide each other."""
    short = name if len(name) <= 24 else name[:23] + "\u2026"
    text = [
        f"Not drawn: \u201c{short}\u201d stands in several rows.",
        "Name the column that tells them apart as colour in [chart],",
        'or group them in the query; with unit = "count" they are added up.',
    ]
    rows = [{"text": line, "line": number} for number, line in enumerate(text)]
    mark = {"type": "text", "align": "left", "x": 2, "color": look.palette.muted}
    place = {"field": "line", "type": "ordinal", "axis": None}
    return look.finish(
        [look.layer(rows, mark, y=place, text={"field": "text"})], 66, text[0]
    )


def said_below(spec: Spec, left_out: int, of: int, look: Look) -> Spec:
    """Return the chart with a line below it that says how many rows it leaves out."""
    if not left_out:
        return spec
    formats = look.formats
    rows, are = formats.counted(of, "row"), "is" if left_out == 1 else "are"
    text = f"{formats.number(left_out)} of {rows} {are} not drawn."
    below = {"text": text, "orient": "bottom", "anchor": "start", "fontSize": 11,
             "fontWeight": "normal", "color": look.palette.muted, "offset": 8}  # fmt: skip
    return {**spec, "title": below}
