"""Charts of query files of kind "chart": a frame and what its header asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from journey.charts.bars import bars
from journey.charts.flow import flow
from journey.charts.lines import areas, lines, points
from journey.charts.look import Look, Spec, contrast, luminance, tooltip
from journey.charts.rows import (
    Table,
    added_up,
    has_values,
    label,
    plain,
    words_and_numbers,
)

if TYPE_CHECKING:
    import polars


NARROW_CELL = 38
"""Pixels a column of a grid needs for a share with its digit."""
NARROW_RANGE = 42
"""Pixels that the name of a range of hours needs."""


COLUMNS = ("x", "y", "colour", "source", "target", "value", "row", "size")
"""Keys of [chart] that name a column."""


def draw(
    kind: str,
    frame: polars.DataFrame,
    roles: Mapping[str, Any],
    look: Look,
    before: polars.DataFrame | None = None,
) -> Spec | None:
    """Return the chart a `[chart]` block asks for; None where nothing can be drawn.

    Roles are the block's keys: x, y, colour, unit. An unknown kind is drawn as bars.
    `top`: the value of the darkest cell, for grids that stand beside each other.
    """
    table = Table(
        plain(frame),
        {key: column for key in COLUMNS if (column := roles.get(key))},
        roles.get("unit"),
        plain(before) if before is not None else (),
        roles.get("columns") or {},
        roles.get("top"),
        roles.get("step"),
        roles.get("shift"),
    )
    if not set(table.roles.values()) <= set(frame.columns) or not has_values(table):
        return None
    return KINDS.get(kind, bars)(table, look)


def steps(table: Table, look: Look) -> Spec | None:
    """Return the steps in their own order: bar and share of the first, tick before.

    The share before is of the first step before, so ticks compare rates, not counts.
    """
    names, amount = words_and_numbers(table)
    table = added_up(table, names, amount, None)
    first = next((row[amount] for row in table.rows if row[amount]), None)
    if not first:
        return None
    past = {str(row[names]): row[amount] for row in table.before}
    base = next((value for value in past.values() if value), None)
    formats = look.formats
    rows, previous = [], None
    for row in table.rows:
        name, count = str(row[names]), row[amount] or 0
        was = past[name] / base if base and past.get(name) is not None else None
        rows.append(
            {
                "label": name,
                "value": count / first,
                "was": was,
                "text": formats.number(count),
                "share": formats.percent(count / first),
                "was_text": formats.percent(was),
                "goes_on": formats.percent(count / previous) if previous else "",
            }
        )
        previous = count
    return _stepped(rows, look)


def heat(table: Table, look: Look) -> Spec | None:
    """Return a grid of cells (cohort by month): colour by value, value written in.

    An empty cell is written as a dash: its window is not over, which is not zero.
    """
    if not table.colour:
        return None
    unit = table.unit or "percent"
    known = [value for row in table.rows if (value := row[table.colour]) is not None]
    if not known:
        return None
    ends = known if table.top is None else (0.0, table.top)
    rows = [
        {
            "x": label(row[table.x], look),
            "y": label(row[table.y], look),
            "value": row[table.colour],
            "text": look.formats.value(row[table.colour], unit),
            "short": _short(row[table.colour], unit, look),
            "tiny": _tiny(row[table.colour], unit, look),
            "ink": _ink(row[table.colour], ends, look),
            **_told(row, table, look),
        }
        for row in table.rows
    ]
    order = {axis: _order([row[axis] for row in rows]) for axis in ("x", "y")}
    x = _across(order["x"], table, look)
    y = {"field": "y", "type": "ordinal", "sort": order["y"], "axis": look.words()}
    scale: Spec = {"range": list(look.palette.sequence)}
    if table.top is not None:
        scale["domain"] = [0, table.top]
    colour = {"field": "value", "type": "quantitative", "scale": scale}
    tips = tooltip(y=table.titled(table.y), x=table.titled(table.x),
                   text=table.titled(table.colour), **_others(table))  # fmt: skip
    full = [row for row in rows if row["value"] is not None]
    cell = {"type": "rect", "cornerRadius": 3, "stroke": look.palette.card,
            "strokeWidth": 2}  # fmt: skip
    # a phone has room for two figures a cell; the width is known in the browser only
    narrow = f"width < {NARROW_CELL * len(order['x'])}"
    size = {"expr": f"{narrow} ? 9 : 11"}
    text = {"expr": f"{narrow} ? datum.tiny : datum.short"}
    ink = {"expr": "datum.ink"}
    layers = [
        look.layer(full, cell, x=x, y=y, color=colour, tooltip=tips),
        look.layer(
            rows,
            {"type": "text", "fontSize": size, "text": text, "color": ink},
            x=x,
            y=y,
        ),
    ]
    return look.finish(layers, 27 * len(order["y"]) + 30, "Value by cohort and time")


def _across(names: Sequence[str], table: Table, look: Look) -> Spec:
    """Return the axis over the columns of a grid, with its name where they are numbers."""
    x: Spec = {
        "field": "x",
        "type": "ordinal",
        "sort": names,
        "axis": {"orient": "top", "labelAngle": 0, "labelOverlap": True},
    }
    if all(name.isdigit() for name in names):
        about = {"title": table.titled(table.x), "titleFontWeight": "normal",
                 "titleColor": look.palette.muted}  # fmt: skip
        x["axis"] |= about
    if all("–" in name for name in names):  # on a phone a range is named by its start
        start = f"width < {NARROW_RANGE * len(names)} ? split(datum.label, '–')[0]"
        x["axis"]["labelExpr"] = f"{start} : datum.label"
    return x


def _order(names: Sequence[str]) -> list[str]:
    """Return each name once, as the rows have them; hours and counts by their size."""
    once = list(dict.fromkeys(names))
    ranked = [re.match(r"\d+", name) for name in once]
    if not all(ranked):
        return once
    return sorted(once, key=lambda name: int(re.split(r"\D", name)[0]))


def _others(table: Table) -> dict[str, str]:
    """Return the columns with a label that a cell tells besides its own value."""
    return {
        f"also_{name}": about.label or name
        for name, about in table.columns.items()
        if name not in (table.x, table.y, table.colour) and name in table.rows[0]
    }


def _told(row: Mapping[str, Any], table: Table, look: Look) -> dict[str, str]:
    names = (key.removeprefix("also_") for key in _others(table))
    return {
        f"also_{name}": look.formats.value(
            row[name], table.columns[name].format or "number"
        )
        for name in names
    }


def _short(value: float | None, unit: str, look: Look) -> str:
    """Return a value as a cell has room for it: money without cents and symbol."""
    if unit == "money" and value is not None and abs(value) >= 10:
        return look.formats.number(value)
    return look.formats.value(value, unit)


def _tiny(value: float | None, unit: str, look: Look) -> str:
    """Return the value as a cell on a phone has room for it: a share without its mark."""
    if value is None:
        return look.formats.value(value, unit)
    if unit == "percent":
        return look.formats.number(100 * value)
    whole = unit == "count" or abs(value) >= 10
    return look.formats.number(value, 0 if whole else 1)


def _ink(value: float | None, known: Sequence[float], look: Look) -> str:
    """Return the colour a cell is written in: the one that stands out most from it."""
    palette, low, high = look.palette, min(known), max(known)
    if value is None:
        return palette.muted
    share = (value - low) / (high - low) if high > low else 0.0
    place = share * (len(palette.sequence) - 1)
    ground = luminance(palette.sequence[round(place)])
    inks = (palette.text, palette.card)
    return max(inks, key=lambda ink: contrast(luminance(ink), ground))


def bands(table: Table, look: Look) -> Spec | None:
    """Return a flow from source to target, the band as wide as its value."""
    source, target, value = (table.roles[key] for key in ("source", "target", "value"))
    links = [
        (str(row[source]), str(row[target]), float(row[value]))
        for row in table.rows
        if row[value]
    ]
    return flow(links, look)


KINDS: Mapping[str, Callable[[Table, Look], Spec | None]] = {
    "bar": bars,
    "line": lines,
    "area": areas,
    "point": points,
    "funnel": steps,
    "heat_map": heat,
    "cohort": heat,
    "sankey": bands,
}


def _stepped(rows: Sequence[Spec], look: Look) -> Spec:
    palette = look.palette
    y = {
        "field": "label",
        "type": "nominal",
        "sort": [row["label"] for row in rows],
        "axis": look.words(),
    }

    def x(field: str) -> Spec:
        scale = {"domain": [0, 1], "nice": False}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    tips = tooltip(
        label="Step",
        text="Reached it",
        share="Of the first step",
        goes_on="Of the step before",
        was_text="Share before",
    )
    bar = {
        "type": "bar",
        "cornerRadiusEnd": 5,
        "height": {"band": 0.62},
        "color": palette.primary,
        "opacity": 0.85,
    }
    tick = {"type": "tick", "thickness": 2, "size": 28, "color": palette.text}
    first = {"type": "text", "align": "left", "dx": 9, "dy": -7, "fontWeight": 600}
    second = {
        "type": "text",
        "align": "left",
        "dx": 9,
        "dy": 8,
        "fontSize": 11,
        "color": palette.muted,
    }
    ends = [{**row, "end": max(row["value"], row["was"] or 0)} for row in rows]
    past = [row for row in rows if row["was"] is not None]
    layers = [look.layer(rows, bar, x=x("value"), y=y, tooltip=tips)]
    if past:
        layers.append(look.layer(past, tick, x=x("was"), y=y, tooltip=tips))
    layers += [
        look.layer(ends, first, x=x("end"), y=y, text={"field": "text"}),
        look.layer(ends, second, x=x("end"), y=y, text={"field": "share"}),
    ]
    padding = {"left": 2, "right": 64, "top": 2, "bottom": 2}
    return look.finish(layers, 40 * len(rows) + 8, "Steps now and before", padding)
