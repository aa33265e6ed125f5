"""Bars that stand, one a day, month or number; missing ones stay empty places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.charts.look import Look, Spec, tooltip
from journey.charts.rows import (
    SERIES,
    Table,
    added_up,
    day_of,
    label,
    refused,
    spaced,
    twice,
)

MOST = 400
"""Places along the axis; more would be thinner than a pixel on a phone."""
HEIGHT = 200


@dataclass(frozen=True)
class Places:
    """What stands along the axis, in its order, and how it is written there."""

    keys: list[Any]
    axis: Spec

    @property
    def ids(self) -> list[str]:
        return [name_of(key) for key in self.keys]

    @property
    def x(self) -> Spec:
        scale = {"domain": self.ids, "paddingInner": 0.12, "paddingOuter": 0.06}
        return {"field": "x", "type": "ordinal", "scale": scale, "axis": self.axis}


def name_of(key: Any) -> str:
    day = day_of(key)
    return day.isoformat() if day else str(key)


def places(values: Sequence[Any], look: Look) -> Places:
    """Return days with the missing ones between them, or numbers in their order."""
    days = [day for value in values if (day := day_of(value))]
    quiet = {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 10}
    if days:
        keys = spaced(days)[-MOST:]
        style = "%b %Y" if _by_month(keys) else look.formats.vega_day
        text = f"utcFormat(toDate(datum.value + 'T00:00:00Z'), '{style}')"
        return Places(keys, {**quiet, "labelExpr": text})
    numbers = sorted({value for value in values if value is not None})
    return Places(numbers[:MOST], quiet)


def _by_month(days: Sequence[dt.date]) -> bool:
    return len(days) > 1 and all(day.day == 1 for day in days)


def columns(table: Table, look: Look) -> Spec | None:
    """Return a bar a place, those before in grey behind; with a colour side by side."""
    colour = table.colour
    if name := twice(table.rows, table.x, colour):
        if not table.adds_up:
            return refused(name, look)
        table = added_up(table, table.x, table.y, colour)
    known = [row for row in table.rows if row[table.y] is not None]
    if not known:
        return None
    at = places([row[table.x] for row in known], look)
    names = _series(known, table)
    rows = _rows(known, table, at, names, look)
    past = [] if colour else before(table, at, look)
    if not rows:
        return None
    values = [row["value"] for row in rows + past]
    axis = look.value_axis(table.unit, max(0, *values), min(0, *values), grid=True)
    y = {"field": "value", "type": "quantitative", "scale": {"nice": True}, "axis": axis}
    return look.finish(
        _layers(rows, past, at, names, y, table, look), HEIGHT, "Value by place",
        {"left": 2, "right": 8, "top": 18, "bottom": 2},
    )  # fmt: skip


def _series(known: Sequence[Mapping[str, Any]], table: Table) -> list[Any]:
    if not table.colour:
        return []
    found: dict[Any, float] = {}
    for row in known:
        found[row[table.colour]] = found.get(row[table.colour], 0) + abs(row[table.y])
    return sorted(found, key=lambda name: -found[name])[:SERIES]


def _rows(
    known: Sequence[Mapping[str, Any]], table: Table, at: Places, names: Sequence[Any],
    look: Look,
) -> list[dict[str, Any]]:  # fmt: skip
    places_ = set(at.ids)
    return [
        {
            "x": name_of(row[table.x]),
            "name": told(row[table.x], look),
            "value": row[table.y],
            "text": look.formats.value(row[table.y], table.unit),
            "series": label(row[table.colour], look) if table.colour else "",
        }
        for row in known
        if name_of(row[table.x]) in places_
        and (not names or row[str(table.colour)] in names)
    ]


def before(table: Table, at: Places, look: Look) -> list[dict[str, Any]]:
    """Return the rows compared with, laid onto the places of now."""
    past = [row for row in table.before if row[table.y] is not None]
    days = sorted(day for row in past if (day := day_of(row[table.x])))
    if not at.keys or not days or len(days) < len(past):
        same = set(at.ids)
        moved = {name_of(row[table.x]): row for row in past}
        moved = {key: row for key, row in moved.items() if key in same}
    else:
        moved = _shifted(past, days, table, at)
    return [
        {"x": key, "name": told(row[table.x], look), "value": row[table.y],
         "text": look.formats.value(row[table.y], table.unit)}
        for key, row in moved.items()
    ]  # fmt: skip


def _shifted(
    past: Sequence[Mapping[str, Any]], days: Sequence[dt.date], table: Table, at: Places
) -> dict[str, Mapping[str, Any]]:
    """Return rows by the day they are laid on: so many days later, or by their rank where
    a place is a week or a month."""
    by_day = len(at.keys) < 2 or (at.keys[1] - at.keys[0]).days == 1
    if by_day and table.shift is not None:
        step, known = dt.timedelta(table.shift), set(at.ids)
        found = {name_of(day_of(row[table.x]) + step): row for row in past}  # type: ignore[operator]
        return {key: row for key, row in found.items() if key in known}
    rank = {day: number for number, day in enumerate(spaced(days))}
    return {
        at.ids[number]: row
        for row in past
        if (number := rank[day_of(row[table.x])]) < len(at.keys)  # type: ignore[index]
    }


def told(value: Any, look: Look) -> str:
    """Return a place as a tooltip names it."""
    day = day_of(value)
    if day is None:
        return label(value, look)
    return look.formats.month(day) if day.day == 1 else look.formats.weekday(day)


def _layers(
    rows: list[dict[str, Any]], past: list[dict[str, Any]], at: Places,
    names: Sequence[Any], y: Spec, table: Table, look: Look,
) -> list[Spec]:  # fmt: skip
    palette, x = look.palette, at.x
    if names:
        return _side_by_side(rows, names, x, y, table, look)
    was = {row["x"]: row["text"] for row in past}
    for row in rows:
        row["was"] = was.get(row["x"], "")
    tips = tooltip(name="", text="Now", was="Before")
    behind = {"type": "bar", "color": palette.before, "opacity": 0.45,
              "width": {"band": 1.0}, "cornerRadiusEnd": 2}  # fmt: skip
    bar = {"type": "bar", "color": palette.primary, "opacity": 0.9,
           "width": {"band": 0.62 if past else 1.0}, "cornerRadiusEnd": 2}  # fmt: skip
    layers = [look.layer(past, behind, x=x, y=y)] if past else []
    layers.append(look.layer(rows, bar, x=x, y=y, tooltip=tips))
    room = 7 * max(len(row["text"]) for row in rows)
    text = {"type": "text", "dy": -8, "fontSize": 11, "fontWeight": 600}
    high = max(rows, key=lambda row: row["value"])
    each = {**text, "opacity": {"expr": f"width / {len(at.keys)} > {room} ? 1 : 0"}}
    peak = {**text, "opacity": {"expr": f"width / {len(at.keys)} > {room} ? 0 : 1"}}
    for these, mark in ((rows, each), ([high], peak)):
        shown = [{**row, "end": max(0, row["value"])} for row in these]
        end = {**y, "field": "end"}
        layers.append(look.layer(shown, mark, x=x, y=end, text={"field": "text"}))
    return layers


def _side_by_side(
    rows: list[dict[str, Any]], names: Sequence[Any], x: Spec, y: Spec, table: Table,
    look: Look,
) -> list[Spec]:  # fmt: skip
    series = [label(name, look) for name in names]
    scale = {"domain": series, "range": list(look.palette.categories)}
    colour = {"field": "series", "type": "nominal", "legend": look.names(series),
              "scale": scale}  # fmt: skip
    offset = {"field": "series", "sort": series, "scale": {"domain": series}}
    tips = tooltip(name="", series=table.titled(str(table.colour)), text="Now")
    bar = {"type": "bar", "cornerRadiusEnd": 2, "opacity": 0.9}
    return [look.layer(rows, bar, x=x, xOffset=offset, y=y, color=colour, tooltip=tips)]
