"""Lines, areas and dots of chart queries."""

from __future__ import annotations

import datetime as dt

from journey.charts.look import Look, Spec, tooltip
from journey.charts.rows import (
    Table,
    added_up,
    largest,
    prepared,
    refused,
    said_below,
    twice,
)

FEW = 12
"""Dots that have room for their names."""
MOST = 5000
"""Points of all lines together."""


def areas(table: Table, look: Look) -> Spec | None:
    """Return the lines with a tint below them."""
    return lines(table, look, {"type": "area", "line": True, "opacity": 0.18})


def lines(table: Table, look: Look, mark: Spec | None = None) -> Spec | None:
    """Return a line a series over days or numbers, named at its end."""
    if name := twice(table.rows, table.x, table.colour):
        if not table.adds_up:
            return refused(name, look)
        table = added_up(table, table.x, table.y, table.colour)
    known = [row for row in prepared(table, look) if row["y"] is not None]
    names = largest([row["series"] for row in known], known)
    rows = [row for row in known if row["series"] in names][:MOST]
    if not rows:
        return None
    days = isinstance(table.rows[0][table.x], dt.date)
    x: Spec = {"field": "x", "type": "temporal" if days else "ordinal"}
    if days:
        x |= {
            "scale": {"type": "utc"},
            "axis": {"format": look.formats.vega_day, "tickCount": 5, "labelOverlap": True},
        }
    y: Spec = {
        "field": "y",
        "type": "quantitative",
        "axis": look.value_axis(table.unit, max(r["y"] for r in rows), grid=True),
    }
    if mark and mark["type"] == "area":
        y["stack"] = None
    colour = {
        "field": "series",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": list(look.palette.categories)},
    }
    ends = [
        max((r for r in rows if r["series"] == name), key=lambda r: r["x"])
        for name in names
    ]
    mark = mark or {
        "type": "line",
        "strokeWidth": 2,
        "strokeJoin": "round",
        "point": len(rows) <= len(names) * 3,
    }
    label = {"type": "text", "align": "left", "dx": 7, "fontWeight": 600}
    tips = tooltip(name="", series="", text=table.y.replace("_", " "))
    hits = {"type": "point", "size": 120, "opacity": 0, "filled": True}
    layers = [
        look.layer(rows, mark, x=x, y=y, color=colour),
        look.layer(rows, hits, x=x, y=y, color=colour, tooltip=tips),
    ]
    if table.colour:
        layers.append(
            look.layer(ends, label, x=x, y=y, color=colour, text={"field": "series"})
        )
    padding = {"left": 2, "right": 90 if table.colour else 8, "top": 8, "bottom": 2}
    spec = look.finish(layers, 220, f"{table.y} by {table.x}", padding)
    return said_below(spec, len(known) - len(rows), len(known), look)


def points(table: Table, look: Look) -> Spec | None:
    """Return a dot a row, one number against another, named where there are few."""
    rows = [row for row in prepared(table, look) if row["y"] is not None]
    if not rows or not isinstance(rows[0]["x"], (int, float)):
        return lines(table, look)
    x = {"field": "x", "type": "quantitative", "axis": {"grid": True, "tickCount": 5}}
    y = {
        "field": "y",
        "type": "quantitative",
        "axis": look.value_axis(table.unit, max(r["y"] for r in rows), grid=True),
    }
    dot = {"type": "circle", "size": 90, "opacity": 0.8, "color": look.palette.primary}
    tips = tooltip(
        series="", name=table.x.replace("_", " "), text=table.y.replace("_", " ")
    )
    layers = [look.layer(rows, dot, x=x, y=y, tooltip=tips)]
    if table.colour and len(rows) <= FEW:
        label = {"type": "text", "align": "left", "dx": 8}
        layers.append(look.layer(rows, label, x=x, y=y, text={"field": "series"}))
    padding = {"left": 2, "right": 70 if table.colour else 8, "top": 8, "bottom": 2}
    return look.finish(layers, 260, f"{table.y} against {table.x}", padding)
