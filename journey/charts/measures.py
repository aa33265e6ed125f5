"""Charts of one measure: its segments, its steps since entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from journey.answer import Estimate, Part
from journey.charts.look import ROW, Look, Spec, tooltip
from journey.charts.trend import ENOUGH, line
from journey.formats import Formats

SMALL = {"type": "text", "align": "left", "dx": 10, "dy": 8, "fontSize": 10}
NARROW = "width < 300"
"""A plot on a phone: what a figure rests on is in the table there, not beside it."""
TEXT, TEXTS = 62, 92
"""Pixels of the value beside a dot, and of the value with what it rests on."""
SEGMENTS = 12
"""Rows a chart of segments has at most; the table has them all."""


TIPS = {
    "label": "Segment", "text": "Now", "interval": "95% interval",
    "was_text": "Before", "change": "Change", "units": "Counted",
}  # fmt: skip


def segments(
    parts: Sequence[Part], unit: str | None, look: Look, *, before: bool = True
) -> Spec | None:
    """Return one row a segment value: dot now with its interval, grey dot before."""
    rows = [row for part in parts[:SEGMENTS] if (row := _segment(part, unit, look))]
    if not rows:
        return None
    palette = look.palette
    names = [row["label"] for row in rows]
    numbers = [row[key] for row in rows for key in ("value", "low", "high", "was")]
    known = [number for number in numbers if number is not None]
    y = {"field": "label", "type": "nominal", "sort": names, "axis": look.words()}
    axis = look.value_axis(unit, max(known), min(known), grid=True)

    end = {"expr": f"width - ({NARROW} ? {TEXT} : {TEXTS})"}

    def x(field: str) -> Spec:
        scale = {"zero": False, "nice": True, "padding": 10, "range": [0, end]}
        return {"field": field, "type": "quantitative", "scale": scale, "axis": axis}

    colour = {"field": "colour", "type": "nominal", "scale": None}
    tips = tooltip(**TIPS)
    whisker = {"type": "rule", "strokeWidth": 2.5, "opacity": 0.38, "strokeCap": "round"}
    dot = {"type": "circle", "opacity": 1}
    spread = [row for row in rows if row["low"] is not None]
    past = [row for row in rows if before and row["was"] is not None]
    layers = [
        look.layer(spread, whisker, x=x("low"), x2={"field": "high"}, y=y, color=colour),
        look.layer(
            past,
            {**dot, "size": 60, "color": palette.before},
            x=x("was"),
            y=y,
            tooltip=tips,
        ),
        look.layer(
            rows, {**dot, "size": 110}, x=x("value"), y=y, color=colour, tooltip=tips
        ),
        look.layer(
            rows,
            {"type": "text", "align": "left", "dx": 10, "dy": -5, "fontWeight": 600},
            x=x("end"),
            y=y,
            text={"field": "label_text"},
            color=colour,
        ),
        look.layer(
            rows,
            {**SMALL, "color": palette.muted, "opacity": {"expr": f"{NARROW} ? 0 : 1"}},
            x=x("end"),
            y=y,
            text={"field": "units"},
        ),
    ]
    drawn = [layer for layer in layers if layer["data"]["values"]]
    padding = {"left": 2, "right": 4, "top": 4, "bottom": 2}
    height = ROW * len(rows) + 26
    return look.finish(drawn, height, "Value by segment, now and before", padding)


def not_drawn(parts: Sequence[Part]) -> str:
    """Return the sentence that says which parts `segments` leaves out; empty for none."""
    few = sum(part.now.state == "too_few" and bool(part.now.units) for part in parts)
    rest = sum(part.now.value is not None for part in parts[SEGMENTS:])
    told = []
    if few:
        groups = "1 group" if few == 1 else f"{few} groups"
        told.append(f"{groups} with fewer than {ENOUGH} not shown.")
    if rest:
        told.append(f"{rest} smaller ones are in the download.")
    return " ".join(told)


def since_entry(steps: Mapping[int, Estimate], unit: str | None, look: Look) -> Spec | None:
    """Return the share reached so many days after entry; only whole cohorts."""
    rows = [
        {
            "days": days,
            "value": estimate.value,
            "name": look.formats.days(days),
            "text": look.formats.value(estimate.value, unit),
        }
        for days, estimate in sorted(steps.items())
        if estimate.value is not None and estimate.state == "ready"
    ]
    if not rows:
        return None
    last = rows[-1]
    largest = max(e.value for e in steps.values() if e.value is not None)
    x = {
        "field": "days",
        "type": "quantitative",
        "axis": {"labelExpr": "datum.value + ' d'", "tickCount": 6},
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "axis": look.value_axis(unit, largest, grid=True),
    }
    palette = look.palette
    area = {"type": "area", "color": palette.primary, "opacity": 0.1,
            "interpolate": "monotone"}  # fmt: skip
    tips = tooltip(name="After", text="Reached")
    end = {"type": "text", "align": "left", "dx": 6, "fontWeight": 600}
    layers = [
        look.layer(rows, area, x=x, y=y),
        look.layer(rows, line(palette.primary, 2.25), x=x, y=y),
        look.layer([last], end, x=x, y=y, text={"field": "text"}),
        look.layer(
            rows,
            {
                "type": "circle",
                "size": 60,
                "color": palette.primary,
                "opacity": 0.0 if len(rows) > 1 else 1.0,
            },
            x=x,
            y=y,
            tooltip=tips,
        ),
    ]
    padding = {"left": 2, "right": 48, "top": 8, "bottom": 2}
    return look.finish(layers, 190, "Value by days since entry", padding)


def _segment(part: Part, unit: str | None, look: Look) -> dict[str, Any] | None:
    now, formats = part.now, look.formats
    if now.value is None:
        return None
    change = part.change
    moved = change is not None and change.moved
    colour, arrow = look.palette.muted, ""
    if change is not None and moved:
        arrow = "▲ " if change.absolute > 0 else "▼ "
        tones = {True: look.palette.good, False: look.palette.bad}
        colour = tones.get(change.good, look.palette.primary)  # type: ignore[arg-type]
    was = part.before.value if part.before else None
    text = formats.value(now.value, unit)
    return {
        "label": part.label,
        "value": now.value,
        "low": now.low,
        "high": now.high,
        "was": was,
        "end": max(v for v in (now.value, now.high, was) if v is not None),
        "text": text,
        "label_text": arrow + text,
        "colour": colour,
        "interval": formats.range(now.low, now.high, unit),
        "was_text": formats.value(was, unit),
        "change": formats.difference(change.absolute, change.relative, unit)
        if change
        else "",
        "units": _counted(now, unit, formats),
    }


def _counted(now: Estimate, unit: str | None, formats: Formats) -> str:
    """Return "54 of 125" of a share, else "from 37": how many the figure rests on."""
    if unit == "percent" and now.numerator is not None and now.denominator is not None:
        return f"{formats.number(now.numerator)} of {formats.number(now.denominator)}"
    if unit == "count":
        return ""
    units = now.denominator if now.denominator is not None else now.units
    return f"from {formats.number(units)}" if units is not None else ""
