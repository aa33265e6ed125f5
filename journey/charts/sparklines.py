"""A table of lines: a row a name with its number, its days and its change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from journey.charts import number
from journey.charts.columns import before, name_of, places, told
from journey.charts.look import Look, Spec, tooltip
from journey.charts.rows import (
    Table,
    added_up,
    cut,
    day_of,
    label,
    refused,
    said_below,
    twice,
)

MOST = 15
"""Rows that are drawn, the largest; the download has them all."""
ROW, HEAD = 34, 22
FILL = 0.66
"""Part of a row's height that its line takes."""
NARROW = "width < 420"
NAMES = 28
"""Letters of a name; on a phone it takes half as many."""
LEFT, RIGHT = 0.36, 0.68
"""Where the lines begin and end, in parts of the width."""

Row = dict[str, Any]


def sparklines(table: Table, look: Look) -> Spec | None:
    """Return a row a name, largest first: number, line over the one before, change.

    The number is the sum of the days where the unit adds up, else that of the last day.
    Every line has its own height: it shows a course, the number its size.
    """
    row, (x, y) = table.roles["row"], (table.x, table.y)
    if name := twice(table.rows, x, row):
        if not table.adds_up:
            return refused(name, look)
        table = added_up(table, x, y, row)
    groups: dict[Any, list[Mapping[str, Any]]] = {}
    for one in table.rows:
        if one[x] is not None:
            groups.setdefault(one[row], []).append(one)
    at = places([one[x] for rows in groups.values() for one in rows], look)
    lines = [_line(name, rows, table, row, at.keys, look) for name, rows in groups.items()]
    known = [line for line in lines if line["value"] is not None]
    known.sort(key=lambda line: -line["value"])
    if not known:
        return None
    shown = known[:MOST]
    spec = _drawn(shown, at.keys, table, row, look)
    return said_below(spec, len(known) - len(shown), len(known), look)


def _line(
    name: Any, rows: Sequence[Mapping[str, Any]], table: Table, row: str,
    keys: Sequence[Any], look: Look,
) -> Row:  # fmt: skip
    roles = {"x": table.x, "y": table.y, "value": table.y}
    past = [one for one in table.before if one[row] == name]
    own = replace(table, rows=rows, before=past, roles=roles)
    now, was = number.told(rows, own), number.told(past, own)
    change = ""
    if now is not None and was is not None:
        relative = (now - was) / abs(was) if was else None
        change = look.formats.difference(now - was, relative, table.unit)
    laid = {one["x"]: one["value"] for one in before(own, places(keys, look), look)}
    return {
        "label": label(name, look), "value": now, "change": change,
        "text": look.formats.value(now, table.unit),
        "now": {day_of(one[table.x]) or one[table.x]: one[table.y] for one in rows},
        "was": laid,
    }  # fmt: skip


def _points(line: Row, number_: int, keys: Sequence[Any], table: Table, look: Look
            ) -> list[Row]:  # fmt: skip
    """Return the places of a line in its row, between its own lowest and highest."""
    values = [v for v in (*line["now"].values(), *line["was"].values()) if v is not None]
    low, high = min(values), max(values)
    width = max(1, len(keys) - 1)

    def up(value: float | None) -> float | None:
        if value is None:
            return None
        share = (value - low) / (high - low) if high > low else 0.5
        return number_ + 0.5 + FILL * (0.5 - share)

    return [
        {
            "line": line["label"], "at": at / width, "now": up(line["now"].get(key)),
            "was": up(line["was"].get(name_of(key))), "name": told(key, look),
            "text": look.formats.value(line["now"].get(key), table.unit),
        }
        for at, key in enumerate(keys)
    ]  # fmt: skip


def _drawn(
    lines: Sequence[Row], keys: Sequence[Any], table: Table, row: str, look: Look
) -> Spec:
    points = [p for n, one in enumerate(lines) for p in _points(one, n, keys, table, look)]
    palette, height = look.palette, ROW * len(lines)
    ends = [{"expr": f"width * ({NARROW} ? 0.3 : {LEFT})"},
            {"expr": f"width * ({NARROW} ? 0.58 : {RIGHT})"}]  # fmt: skip
    x = {"field": "at", "type": "quantitative", "axis": None,
         "scale": {"domain": [0, 1], "range": ends, "nice": False}}  # fmt: skip

    def y(field: str) -> Spec:
        scale = {"domain": [0, len(lines)], "range": [0, {"expr": "height"}],
                 "nice": False, "zero": False}  # fmt: skip
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    shape = {"type": "line", "strokeJoin": "round", "invalid": "break-paths-show-domains"}
    detail = {"field": "line", "type": "nominal"}
    layers = []
    if any(point["was"] is not None for point in points):
        grey = {**shape, "color": palette.before, "strokeWidth": 1.25}
        layers.append(look.layer(points, grey, x=x, y=y("was"), detail=detail))
    line = {**shape, "color": palette.primary, "strokeWidth": 1.75}
    layers.append(look.layer(points, line, x=x, y=y("now"), detail=detail))
    layers.append(_hits(points, x, y("now"), table, look))
    layers += _texts(lines, y, table, row, look)
    padding = {"left": 2, "right": 6, "top": HEAD, "bottom": 2}
    return look.finish(layers, height, "A line a row", padding)


def _hits(points: Sequence[Row], x: Spec, y: Spec, table: Table, look: Look) -> Spec:
    """Return the dots under the pointer; one without a neighbour shows at once."""
    lines: dict[str, int] = {}
    for point in points:
        lines[point["line"]] = lines.get(point["line"], 0) + (point["now"] is not None)
    near = {"condition": {"param": "near", "empty": False, "value": 1},
            "value": 1 if max(lines.values()) == 1 else 0}  # fmt: skip
    dot = {"type": "circle", "size": 44, "color": look.palette.primary}
    known = [point for point in points if point["now"] is not None]
    tips = tooltip(line="", name="Day", text=table.titled(table.y))
    layer = look.layer(known, dot, x=x, y=y, opacity=near, tooltip=tips)
    select = {"type": "point", "on": "pointerover", "clear": "pointerout",
              "fields": ["line", "at"]}  # fmt: skip
    return {**layer, "params": [{"name": "near", "select": select}]}


def _texts(lines: Sequence[Row], y: Any, table: Table, row: str, look: Look) -> list[Spec]:
    """Return names, numbers and changes in their columns, with a quiet heading."""
    palette = look.palette
    rows = [
        {"middle": n + 0.5, "top": float(n), "name": cut(one["label"], NAMES),
         "short": cut(one["label"], NAMES // 2), "text": one["text"],
         "change": one["change"]}
        for n, one in enumerate(lines)
    ]  # fmt: skip
    places_ = (
        ("name", "left", "0", 500, palette.text, f"{NARROW} ? datum.short : datum.name"),
        ("text", "right", f"width * ({NARROW} ? 0.8 : 0.84)", 600, palette.text, None),
        ("change", "right", "width", 400, palette.muted, None),
    )
    layers = []
    for field, align, at, weight, colour, text in places_:
        mark: Spec = {"type": "text", "align": align, "x": {"expr": at}, "color": colour,
                      "fontWeight": weight}  # fmt: skip
        if text:
            layers.append(look.layer(rows, {**mark, "text": {"expr": text}}, y=y("middle")))
        else:
            layers.append(look.layer(rows, mark, y=y("middle"), text={"field": field}))
    layers.append(look.layer(rows, {"type": "rule", "color": palette.line}, y=y("top")))
    value = "Sum" if table.adds_up else "Latest"
    heads = (table.titled(row), f"{value}: {table.titled(table.y).lower()}", "Change")
    for (_, align, at, *_), head in zip(places_, heads, strict=True):
        if head == "Change" and not any(one["change"] for one in lines):
            continue
        mark = {"type": "text", "align": align, "x": {"expr": at}, "y": -11,
                "color": palette.muted, "fontSize": 11}  # fmt: skip
        layers.append(look.layer([{"text": head}], mark, text={"field": "text"}))
    return layers
