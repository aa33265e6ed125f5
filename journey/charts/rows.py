"""Rows of a chart query and the roles its header gives to columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from journey.charts.look import Look

if TYPE_CHECKING:
    import polars

SERIES = 6
"""Lines a chart has at most; the download has them all."""


@dataclass(frozen=True)
class Table:
    """Rows of a chart query with the roles its header gives to columns."""

    rows: Sequence[Mapping[str, Any]]
    x: str
    y: str
    colour: str | None = None
    unit: str | None = None
    before: Sequence[Mapping[str, Any]] = ()
    """The same query over the period compared with."""


def plain(frame: polars.DataFrame) -> list[dict[str, Any]]:
    return [
        {k: float(v) if isinstance(v, Decimal) else v for k, v in row.items()}
        for row in frame.to_dicts()
    ]


def has_values(table: Table) -> bool:
    return any(row[table.y] is not None and row[table.x] is not None for row in table.rows)


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
    return str(value)
