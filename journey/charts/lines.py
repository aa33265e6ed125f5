"""Lines, areas and dots of chart queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from journey.charts.columns import Places, before, name_of, places, told
from journey.charts.look import Look, Spec, ticks, tooltip
from journey.charts.rows import (
    OTHERS,
    SERIES,
    Table,
    added_up,
    apart,
    cut,
    day_of,
    label,
    refused,
    said_below,
    totalled,
    twice,
)

FEW = 12
"""Dots that have room for their names."""
MOST = 5000
"""Points of all lines together, and dots."""
HEIGHT = 220
LINE = 14
"""Pixels from one name at the right end to the next."""

Row = dict[str, Any]


def areas(table: Table, look: Look) -> Spec | None:
    """Return the lines with a tint below them."""
    return lines(table, look, tint=True)


def lines(table: Table, look: Look, tint: bool = False) -> Spec | None:
    """Return a line a series over days, numbers or words, named at its right end.

    A day without a row breaks the line: missing is not zero. Lines beyond the largest
    are added up to a grey one where the unit allows it, else counted below. A line
    alone has the days compared with in grey behind it.
    """
    if name := twice(table.rows, table.x, table.colour):
        if not table.adds_up:
            return refused(name, look)
        table = added_up(table, table.x, table.y, table.colour)
    known = [r for r in table.rows if r[table.y] is not None and r[table.x] is not None]
    if not known:
        return None
    table, left = _largest(table.with_rows(known[:MOST]), look)
    at = _along(table, look)
    rows = _filled(table, at, look)
    past = [] if table.colour else _past(table, at, look)
    spec = _drawn(rows, past, at, tint, table, look)
    return said_below(spec, left, left + SERIES, look, "line")


def _largest(table: Table, look: Look) -> tuple[Table, int]:
    """Return the rows of the largest lines and those of the others as one line; how many
    lines are left out where they cannot be one."""
    if not table.colour:
        return table, 0
    totals = totalled(table.rows, table.colour, table.y)
    order = sorted(totals, key=lambda name: -totals[name])
    if len(order) <= SERIES:
        return table, 0
    kept = set(order[: SERIES - 1] if table.adds_up else order[:SERIES])
    shown = [row for row in table.rows if row[table.colour] in kept]
    if not table.adds_up:
        return table.with_rows(shown), len(order) - SERIES
    sums: dict[Any, float] = {}
    for row in table.rows:
        if row[table.colour] not in kept:
            sums[row[table.x]] = sums.get(row[table.x], 0) + row[table.y]
    name = f"{look.formats.number(len(order) - len(kept))} {OTHERS}"
    rest = [{table.x: x, table.y: y, table.colour: name, OTHERS: True}
            for x, y in sums.items()]  # fmt: skip
    return table.with_rows([*shown, *rest]), 0


def _along(table: Table, look: Look) -> Places:
    """Return what the lines run along: days with those that are missing, or the rest."""
    values = [row[table.x] for row in table.rows]
    if day_of(values[0]) or isinstance(values[0], (int, float)):
        return places(values, look)
    return Places(list(dict.fromkeys(values)), {"labelAngle": 0, "labelOverlap": True})


def _filled(table: Table, at: Places, look: Look) -> list[Row]:
    """Return a row a series and place, without a value where there is none."""
    series: dict[Any, dict[Any, Mapping[str, Any]]] = {}
    for row in table.rows:
        of = series.setdefault(row[table.colour] if table.colour else None, {})
        of[day_of(row[table.x]) or row[table.x]] = row
    rows = []
    for name, found in series.items():
        keys = list(found) if len(at.keys) * len(series) > MOST else at.keys
        values = [found[key][table.y] if key in found else None for key in keys]
        for number, key in enumerate(keys):
            near = values[max(0, number - 1) : number + 2]
            rows.append({
                "x": name_of(key) if day_of(key) else key,
                "y": values[number],
                "name": told(key, look),
                "series": label(name, look) if table.colour else "",
                "rest": any(OTHERS in row for row in found.values()),
                "text": look.formats.value(values[number], table.unit),
                "alone": sum(value is not None for value in near) == 1,
            })  # fmt: skip
    return rows


def _past(table: Table, at: Places, look: Look) -> list[Row]:
    """Return the line compared with, on the places of now, broken where it has gaps."""
    known = {row["x"]: row for row in before(table, at, look)}
    nothing = {"value": None, "text": "", "name": ""}
    return [
        {"x": name_of(key) if day_of(key) else key, "y": row["value"], "text": row["text"]}
        for key in at.keys
        if (row := known.get(name_of(key), nothing))
    ] if known else []  # fmt: skip


def _drawn(
    rows: list[Row], past: list[Row], at: Places, tint: bool, table: Table, look: Look
) -> Spec:
    names = list(dict.fromkeys(row["series"] for row in rows if not row["rest"]))
    rest = list(dict.fromkeys(row["series"] for row in rows if row["rest"]))
    tones = [*look.palette.categories[: len(names)], look.palette.before]
    scale = {"domain": names + rest, "range": tones[: len(names + rest)]}
    colour = {"field": "series", "type": "nominal", "scale": scale}
    known = [row for row in rows if row["y"] is not None]
    values = [row["y"] for row in [*known, *past] if row["y"] is not None]
    x, (y, span) = _across(at, look), _up(values, tint, table, look)
    shape: Spec = {"strokeJoin": "round", "invalid": "break-paths-show-domains"}
    layers = []
    if any(row["y"] is not None for row in past):
        grey = {"type": "line", "color": look.palette.before, "strokeWidth": 1.75, **shape}
        layers.append(look.layer(past, grey, x=x, y=y))
        was = {row["x"]: row["text"] for row in past}
        for row in known:
            row["was"] = was.get(row["x"], "")
    if tint:
        area = {"type": "area", "opacity": 0.16, **shape}
        layers.append(look.layer(rows, area, x=x, y={**y, "stack": None}, color=colour))
    line = {"type": "line", "strokeWidth": 2.25, **shape}
    layers.append(look.layer(rows, line, x=x, y=y, color=colour))
    if alone := [row for row in known if row["alone"]]:
        dot = {"type": "circle", "size": 46, "opacity": 1}
        layers.append(look.layer(alone, dot, x=x, y=y, color=colour))
    layers.append(_pointer(known, bool(past), x, y, colour, table, look))
    labels = _ends(known, names + rest, span) if table.colour else []
    layers += _two(known, past, span, y, look)
    if labels:
        text = {"type": "text", "align": "left", "fontWeight": 600,
                "x": {"expr": "width + 8"}}  # fmt: skip
        layers.append(look.layer(labels, text, y={**y, "field": "at"}, color=colour,
                                 text={"field": "short"}))  # fmt: skip
    room = {"left": 2, "right": 8, "top": 8, "bottom": 2}
    return look.finish(layers, HEIGHT, f"{table.y} by {table.x}", room)


def _across(at: Places, look: Look) -> Spec:
    if not day_of(at.keys[0]):
        kind = "ordinal" if isinstance(at.keys[0], (str, bool)) else "quantitative"
        x: Spec = {"field": "x", "type": kind, "axis": {"labelAngle": 0, "tickCount": 6,
                   "labelOverlap": True}}  # fmt: skip
        sorted_ = {"sort": None} if kind == "ordinal" else {"scale": {"zero": False}}
        return x | sorted_
    style = "%b %Y" if len(at.keys) > 1 and all(d.day == 1 for d in at.keys) else None
    axis = {"format": style or look.formats.vega_day, "values": ticks(at.keys),
            "labelFlush": True, "labelOverlap": True}  # fmt: skip
    return {"field": "x", "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def _up(
    values: Sequence[float], tint: bool, table: Table, look: Look
) -> tuple[Spec, float]:
    """Return the scale of values, from zero unless lines would lie flat at the top, and
    how much of it a pixel is."""
    low, high = min(values), max(values)
    if tint or low <= 0 or low < 0.6 * high:
        low = min(0, low)
    room = 0.06 * (high - low) or abs(high) or 1.0
    domain = [low if low == 0 else low - room, high + room if high else 0.0]
    if domain[0] == domain[1]:
        domain[1] += 1.0
    axis = look.value_axis(table.unit, high, low, grid=True)
    y = {"field": "y", "type": "quantitative", "axis": axis,
         "scale": {"domain": domain, "nice": False, "zero": False}}  # fmt: skip
    return y, (domain[1] - domain[0]) / HEIGHT


def _pointer(
    known: Sequence[Row], has_past: bool, x: Spec, y: Spec, colour: Spec, table: Table,
    look: Look,
) -> Spec:  # fmt: skip
    """Return dots that appear under the pointer, with what they say."""
    more = {"was": "Before"} if has_past else {}
    titles = {"name": "", "series": "", "text": table.titled(table.y), **more}
    if not table.colour:
        del titles["series"]
    near = {"condition": {"param": "near", "empty": False, "value": 1}, "value": 0}
    mark = {"type": "circle", "size": 70}
    layer = look.layer(known, mark, x=x, y=y, color=colour, opacity=near,
                       tooltip=tooltip(**titles))  # fmt: skip
    select = {"type": "point", "nearest": True, "on": "pointerover", "clear": "pointerout",
              "fields": ["x", "series"]}  # fmt: skip
    return {**layer, "params": [{"name": "near", "select": select}]}


def _ends(known: Sequence[Row], names: Sequence[str], pixel: float) -> list[Row]:
    """Return the name of every line at the height where it ends, none upon another."""
    last = {row["series"]: row["y"] for row in known}
    at = apart([last[name] for name in names], LINE * pixel)
    return [{"series": name, "short": cut(name, 16), "at": place}
            for name, place in zip(names, at, strict=True)]  # fmt: skip


def _two(
    known: Sequence[Row], past: Sequence[Row], pixel: float, y: Spec, look: Look
) -> list[Spec]:
    """Return "now" and "before" beside the ends of two lines, kept apart."""
    old = [row["y"] for row in past if row["y"] is not None]
    if not old:
        return []
    at = apart([known[-1]["y"], old[-1]], LINE * pixel)
    palette = look.palette
    return [
        look.layer(
            [{"at": place, "short": text}],
            {"type": "text", "align": "left", "fontWeight": weight, "color": colour,
             "x": {"expr": "width + 8"}},
            y={**y, "field": "at"}, text={"field": "short"},
        )
        for place, text, weight, colour in (
            (at[0], "now", 600, palette.primary), (at[1], "before", 500, palette.muted),
        )
    ]  # fmt: skip


def points(table: Table, look: Look) -> Spec | None:
    """Return a dot a row, one number against another, named where there are few."""
    known = [r for r in table.rows if r[table.y] is not None and r[table.x] is not None]
    if not known or not isinstance(known[0][table.x], (int, float)):
        return lines(table, look)
    rows = [_dot(row, table, look) for row in known[:MOST]]
    x_unit = table.columns[table.x].format if table.x in table.columns else None

    def axis(field: str, unit: str | None, title: str) -> Spec:
        values = [row[field] for row in rows]
        drawn = look.value_axis(unit, max(values), min(values), grid=True, title=title)
        return {"field": field, "type": "quantitative", "scale": {"padding": 12},
                "axis": drawn | look.quiet_title}  # fmt: skip

    x = axis("x", x_unit, table.titled(table.x))
    y = axis("y", table.unit, table.titled(table.y))
    dot = {"type": "circle", "size": 90, "opacity": 0.75, "color": look.palette.primary}
    titles = {"across": table.titled(table.x), "text": table.titled(table.y)}
    if table.colour:
        titles = {"series": ""} | titles
    layers = [look.layer(rows, dot, x=x, y=y, tooltip=tooltip(**titles))]
    if table.colour and len(rows) <= FEW:
        text = {"type": "text", "align": "left", "dx": 8}
        layers.append(look.layer(_free(rows), text, x=x, y=y, text={"field": "short"}))
    padding = {"left": 2, "right": 8, "top": 8, "bottom": 2}
    spec = look.finish(layers, 260, f"{table.y} against {table.x}", padding)
    return said_below(spec, len(known) - len(rows), len(known), look)


def _free(rows: Sequence[Row]) -> list[Row]:
    """Return the dots whose names lie on no other's; the tooltip names the rest."""
    spans = {axis: max(r[axis] for r in rows) - min(r[axis] for r in rows) or 1.0
             for axis in ("x", "y")}  # fmt: skip
    free: list[Row] = []
    for row in rows:
        clear = (
            abs(row["x"] - one["x"]) > 0.3 * spans["x"]
            or abs(row["y"] - one["y"]) > 0.07 * spans["y"]
            for one in free
        )
        if all(clear):
            free.append(row)
    return free


def _dot(row: Mapping[str, Any], table: Table, look: Look) -> Row:
    name = label(row[table.colour], look) if table.colour else ""
    about = table.columns.get(table.x)
    return {
        "x": row[table.x], "y": row[table.y], "series": name, "short": cut(name, 16),
        "across": look.formats.value(row[table.x], about.format if about else None),
        "text": look.formats.value(row[table.y], table.unit),
    }  # fmt: skip
