"""Grids of cells: two words against each other, and cohorts by time since they began."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from journey.charts.look import Look, Spec, contrast, luminance, tooltip
from journey.charts.rows import (
    Table,
    label,
    names as named,
    said_below,
    top,
    totalled,
)

NARROW_CELL = 38
"""Pixels a column of a grid needs for a share with its digit."""
NARROW_RANGE = 42
"""Pixels that the name of a range of hours needs."""
TINY_CELL = 20
"""Pixels below which a cell has room for its colour only."""
ROWS, COLUMNS = 40, 31
"""Rows and columns that a grid has at most; the download has them all."""
CELL = 27


def heat(table: Table, look: Look) -> Spec | None:
    """Return a grid of cells: colour by value, value written in.

    An empty cell is written as a dash: its window is not over, which is not zero.
    """
    if not table.colour:
        return None
    known = [row for row in table.rows if row[table.colour] is not None]
    if not known:
        return None
    table, left = _cut(table)
    rows = _cells(table, look)
    x = _across(_order([row["x"] for row in rows]), table, look)
    order = _order([row["y"] for row in rows])
    y = {"field": "y", "type": "ordinal", "sort": order, "axis": look.words()}
    spec = _drawn(rows, x, y, table, look)
    return said_below(spec, left, len({row[table.y] for row in table.rows}) + left, look)


def _cut(table: Table) -> tuple[Table, int]:
    """Return the table with its largest rows and columns; how many rows are not in it."""
    colour = str(table.colour)
    left = 0
    for axis, most in ((table.y, ROWS), (table.x, COLUMNS)):
        totals = totalled(table.rows, axis, colour)
        if len(totals) <= most:
            continue
        kept = set(top(totals, most) if isinstance(next(iter(totals)), str)
                   else list(totals)[:most])  # fmt: skip
        left += len(totals) - most
        table = table.with_rows([row for row in table.rows if row[axis] in kept])
    return table, left


def _cells(table: Table, look: Look) -> list[dict[str, Any]]:
    colour, unit = str(table.colour), table.unit or "percent"
    values = [row[colour] for row in table.rows if row[colour] is not None]
    ends, tones = _tones(values, table.top, look)
    size = table.roles.get("size")
    downs = list(dict.fromkeys((row[table.y], row[size] if size else None)
                               for row in table.rows))  # fmt: skip
    called = dict(zip(downs, named([_down(y, n, look) for y, n in downs], look),
                      strict=True))  # fmt: skip
    return [
        {
            "x": _month(row[table.x], look),
            "y": called[row[table.y], row[size] if size else None],
            "value": row[colour],
            "text": look.formats.value(row[colour], unit),
            "short": _short(row[colour], unit, look),
            "tiny": _tiny(row[colour], unit, look),
            "ink": _ink(row[colour], ends, tones, look),
            **_told(row, table, look),
        }
        for row in table.rows
    ]


def _down(value: Any, size: float | None, look: Look) -> str:
    """Return a row's name, with how many it has."""
    name = _month(value, look)
    return name if size is None else f"{name} · {look.formats.number(size)}"


def _month(value: Any, look: Look) -> str:
    """Return a first of a month as a month, everything else as usual."""
    if isinstance(value, dt.date) and value.day == 1:
        return look.formats.month(value)
    return label(value, look)


def _tones(
    values: Sequence[float], most: float | None, look: Look
) -> tuple[tuple[float, float], tuple[str, ...]]:
    """Return the values of the ends of the colours, and the colours: towards another one
    below zero."""
    palette = look.palette
    if most is not None:
        return (0.0, most), palette.sequence
    low, high = min(values), max(values)
    if low < 0 < high:
        far = max(-low, high)
        return (-far, far), (palette.below, palette.sequence[0], palette.sequence[-1])
    if high <= 0 and low < 0:
        return (low, 0.0), (palette.below, palette.sequence[0])
    return (low, high), palette.sequence


def _drawn(rows: list[dict[str, Any]], x: Spec, y: Spec, table: Table, look: Look) -> Spec:
    values = [row["value"] for row in rows if row["value"] is not None]
    ends, tones = _tones(values, table.top, look)
    scale: Spec = {"range": list(tones), "domain": list(ends), "interpolate": "rgb"}
    if len(tones) == 3:
        scale["domain"] = [ends[0], 0, ends[1]]
    colour = {"field": "value", "type": "quantitative", "scale": scale}
    tips = tooltip(y=table.titled(table.y), x=table.titled(table.x),
                   text=table.titled(str(table.colour)), **_others(table))  # fmt: skip
    full = [row for row in rows if row["value"] is not None]
    cell = {"type": "rect", "cornerRadius": 3, "stroke": look.palette.card,
            "strokeWidth": 2}  # fmt: skip
    # a phone has room for two figures a cell; the width is known in the browser only
    many = len({row["x"] for row in rows})
    narrow = f"width < {NARROW_CELL * many}"
    mark = {
        "type": "text", "fontSize": {"expr": f"{narrow} ? 9 : 11"},
        "text": {"expr": f"{narrow} ? datum.tiny : datum.short"},
        "color": {"expr": "datum.ink"},
        "opacity": {"expr": f"width < {TINY_CELL * many} ? 0 : 1"},
    }  # fmt: skip
    layers = [
        look.layer(full, cell, x=x, y=y, color=colour, tooltip=tips),
        look.layer(rows, mark, x=x, y=y),
    ]
    height = CELL * len({row["y"] for row in rows}) + 30
    return look.finish(layers, height, "Value by row and column")


def _across(names: Sequence[str], table: Table, look: Look) -> Spec:
    """Return the axis over the columns of a grid, with its name where they are numbers,
    and what the cells are in, which has no room in them."""
    x: Spec = {
        "field": "x",
        "type": "ordinal",
        "sort": names,
        "axis": {"orient": "top", "labelAngle": 0, "labelOverlap": True},
    }
    if all(name.isdigit() for name in names):
        unit = {"percent": "%", "money": look.formats.currency}.get(table.unit or "")
        told = f" · cells in {unit}" if unit else ""
        x["axis"] |= {"title": f"{table.titled(table.x)}{told}", **look.quiet_title}
    if all("–" in name for name in names):  # on a phone a range is named by its start
        start = f"width < {NARROW_RANGE * len(names)} ? split(datum.label, '–')[0]"
        x["axis"]["labelExpr"] = f"{start} : datum.label"
    return x


def _order(names: Sequence[str]) -> list[str]:
    """Return each name once, as the rows have them; hours and counts by their size."""
    once = list(dict.fromkeys(names))
    if not all(re.fullmatch(r"\d+(\D+\d+)?", name) for name in once):
        return once
    return sorted(once, key=lambda name: int(re.split(r"\D", name)[0]))


def _others(table: Table) -> dict[str, str]:
    """Return the columns with a label that a cell tells besides its own value."""
    drawn = set(table.roles.values())
    return {
        f"also_{name}": about.label or name
        for name, about in table.columns.items()
        if name not in drawn and name in table.rows[0]
    }


def _told(row: Mapping[str, Any], table: Table, look: Look) -> dict[str, str]:
    names = (key.removeprefix("also_") for key in _others(table))
    return {
        f"also_{name}": look.formats.value(
            row[name], table.columns[name].format or "number"
        )
        if isinstance(row[name], (int, float, type(None)))
        else label(row[name], look)
        for name in names
    }


def _short(value: float | None, unit: str, look: Look) -> str:
    """Return a value as a cell has room for it: money without cents and symbol."""
    if unit == "money" and value is not None and abs(value) >= 10:
        return (
            look.formats.number(value) if abs(value) < 1e5 else look.formats.compact(value)
        )
    if unit == "count" and value is not None and abs(value) >= 1e5:
        return look.formats.compact(value)
    return look.formats.value(value, unit)


def _tiny(value: float | None, unit: str, look: Look) -> str:
    """Return the value as a cell on a phone has room for it: a share without its mark."""
    if value is None:
        return look.formats.value(value, unit)
    if unit == "percent":
        return look.formats.number(100 * value)
    whole = unit == "count" or abs(value) >= 10
    return look.formats.number(value, 0 if whole else 1)


def _ink(
    value: float | None, ends: tuple[float, float], tones: Sequence[str], look: Look
) -> str:
    """Return the colour a cell is written in: the one that stands out most from it."""
    palette, (low, high) = look.palette, ends
    if value is None:
        return palette.muted
    share = (value - low) / (high - low) if high > low else 0.0
    place = min(max(share, 0.0), 1.0) * (len(tones) - 1)
    ground = luminance(tones[round(place)])
    inks = (palette.text, palette.card)
    return max(inks, key=lambda ink: contrast(luminance(ink), ground))
