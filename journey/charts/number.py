"""One big number, with what it was before and a line of its days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from journey.charts.columns import before, name_of, places
from journey.charts.look import Look, Spec, ticks, tooltip
from journey.charts.rows import Table, day_of, label

TEXT, LINE = 62, 74
"""Pixels that the words take, and the line of days below them."""


def number(table: Table, look: Look) -> Spec | None:
    """Return the number, what it was, and with days a line below it.

    With days it is their sum where the unit adds up, else that of the last day.
    """
    now = told(table.rows, table)
    if now is None:
        return None
    was, formats = told(table.before, table), look.formats
    shown = {"text": formats.value(now, table.unit)}
    palette = look.palette
    big = {"type": "text", "align": "left", "baseline": "top", "x": 0, "y": 2,
           "fontSize": 34, "fontWeight": 600}  # fmt: skip
    small = {**big, "y": 44, "fontSize": 12, "fontWeight": "normal",
             "color": palette.muted}  # fmt: skip
    layers = [look.layer([shown], big, text={"field": "text"})]
    if beside := _beside(now, was, table, look):
        layers.append(look.layer([{"text": beside}], small, text={"field": "text"}))
    line = _line(table, look) if "x" in table.roles else []
    height = TEXT + (LINE if line else 0)
    padding = {"left": 2, "right": 8, "top": 2, "bottom": 2}
    return look.finish([*layers, *line], height, shown["text"], padding)


def told(rows: Sequence[Mapping[str, Any]], table: Table) -> float | None:
    """Return the number of some rows: their sum, or that of the last day."""
    column = table.roles["value"]
    known = [row for row in rows if row[column] is not None]
    if not known:
        return None
    if "x" not in table.roles:
        return float(known[0][column])
    if table.adds_up:
        return float(sum(row[column] for row in known))
    return float(max(known, key=lambda row: str(row[table.x]))[column])


def _beside(now: float, was: float | None, table: Table, look: Look) -> str:
    """Return "was 1,240 · +4.2%", and of which day a number is that is no sum."""
    parts = []
    if "x" in table.roles and not table.adds_up:
        days = [row[table.x] for row in table.rows if row[table.roles["value"]] is not None]
        parts.append(label(max(days), look))
    if was is not None:
        change = look.formats.difference(now - was, (now - was) / abs(was) if was else None,
                                         table.unit)  # fmt: skip
        parts += [f"was {look.formats.value(was, table.unit)}", change]
    return " · ".join(parts)


def _line(table: Table, look: Look) -> list[Spec]:
    """Return the days of the number over those before in grey; none for a single day."""
    value = table.roles["value"]
    table = replace(table, roles={"x": table.x, "y": value})
    known = {day_of(row[table.x]): row[value] for row in table.rows}
    at = places(list(known), look)
    if len(at.keys) < 2:
        return []
    past = {row["x"]: row["value"] for row in before(table, at, look)}
    formats, unit = look.formats, table.unit
    rows = [
        {"x": name_of(day), "now": known.get(day), "was": past.get(name_of(day)),
         "name": formats.weekday(day), "text": formats.value(known.get(day), unit),
         "was_text": formats.value(past.get(name_of(day)), unit)}
        for day in at.keys
    ]  # fmt: skip
    x = {"field": "x", "type": "temporal", "scale": {"type": "utc"},
         "axis": {"format": formats.vega_day, "values": ticks(at.keys), "labelFlush": True,
                  "labelOverlap": True}}  # fmt: skip
    scale = {"range": [{"expr": "height"}, TEXT + 8], "nice": False, "zero": False}
    shape = {"type": "line", "strokeJoin": "round", "invalid": "break-paths-show-domains"}

    def y(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    palette = look.palette
    grey = {**shape, "color": palette.before, "strokeWidth": 1.5}
    line = {**shape, "color": palette.primary, "strokeWidth": 2}
    dot = {"type": "circle", "size": 60, "color": palette.primary}
    near = {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0}
    hits = look.layer([r for r in rows if r["now"] is not None], dot, x=x, y=y("now"),
                      opacity=near,
                      tooltip=tooltip(name="", text="Now", was_text="Before"))  # fmt: skip
    select = {"type": "point", "nearest": True, "on": "pointerover", "clear": "pointerout",
              "fields": ["x"]}  # fmt: skip
    hits["params"] = [{"name": "near", "select": select}]
    drawn = [look.layer(rows, grey, x=x, y=y("was"))] if past else []
    return [*drawn, look.layer(rows, line, x=x, y=y("now")), hits]
