"""Charts of one measure: its trend, its segments, its steps since entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from journey.answer import Estimate, Measure, Part, Point, State
from journey.charts.look import ROW, Look, Spec, tooltip
from journey.formats import Formats

WEEKLY_FROM = 100
"""Days from which a trend is drawn by week: more points than that are noise."""
THIN = 0.2
"""Share of days with too few units for a rate from which weeks are drawn instead."""
ENOUGH = 30
SMALL = {"type": "text", "align": "left", "dx": 10, "dy": 8, "fontSize": 10}
SEGMENTS = 12
"""Rows a chart of segments has at most; the table has them all."""


def trend(
    measure: Measure,
    unit: str | None,
    look: Look,
    *,
    target: float | None = None,
    height: int = 190,
) -> Spec | None:
    """Return the days now over those before in grey; None where there are no days."""
    now, before = paced(measure.trend, measure.trend_before)
    rows = _days(now, [p.day for p in now], unit, look)
    past = _days(before, [p.day for p in now], unit, look)
    if not any(row["value"] is not None for row in rows):
        return None
    values = [r["value"] for r in rows + past if r["value"] is not None]
    if target is not None:
        values.append(target)
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "format": look.formats.vega_day,
            "tickCount": 5,
            "labelFlush": True,
            "labelOverlap": True,
        },
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": _fair_scale(values),
        "axis": look.value_axis(unit, max(values), grid=True),
    }
    palette = look.palette
    tips = tooltip(name="Day", text="Now", interval="95% interval", was="Before")
    _beside(rows, past)
    rows, past = ([row for row in line if not row["thin"]] for line in (rows, past))
    layers = [
        *_target(target, unit, look, y),
        look.layer(past, _line(palette.before, 1.75), x=x, y=y),
        look.layer(
            [r for r in rows if r["settled"]], _line(palette.primary, 2.25), x=x, y=y
        ),
        look.layer(
            [r for r in rows if not r["settled"]],
            {**_line(palette.primary, 2), "strokeDash": [3, 3]},
            x=x,
            y=y,
        ),
        *_ends(rows, past, look, x, y),
        _pointer(rows, look, x, y, tips),
    ]
    drawn = [layer for layer in layers if layer["data"]["values"]]
    padding = {"left": 2, "right": 52, "top": 8, "bottom": 2}
    return look.finish(drawn, height, "Value by day, now and before", padding)


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
    axis = look.value_axis(unit, max(known), grid=True)

    def x(field: str) -> Spec:
        scale = {"zero": False, "nice": True, "padding": 14}
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
            {**SMALL, "color": palette.muted},
            x=x("end"),
            y=y,
            text={"field": "units"},
        ),
    ]
    drawn = [layer for layer in layers if layer["data"]["values"]]
    padding = {"left": 2, "right": 92, "top": 4, "bottom": 2}
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
        look.layer(rows, _line(palette.primary, 2.25), x=x, y=y),
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


def paced(*lines: Sequence[Point]) -> list[list[Point]]:
    """Return every line by day, or every line by ISO week where days are too thin."""
    if any(_is_dense(points) or _is_thin(points) for points in lines):
        return [_weekly(points) for points in lines]
    return [list(points) for points in lines]


def _is_dense(points: Sequence[Point]) -> bool:
    return len(points) >= WEEKLY_FROM


def _is_thin(points: Sequence[Point]) -> bool:
    few = sum(point.estimate.state == "too_few" for point in points)
    return few > THIN * len(points)


def _weekly(points: Sequence[Point]) -> list[Point]:
    weeks = groupby(points, key=lambda point: point.day - dt.timedelta(point.day.weekday()))
    return [Point(monday, _sum([p.estimate for p in days])) for monday, days in weeks]


def _sum(estimates: Sequence[Estimate]) -> Estimate:
    """Return the figure of several days together, from their parts where they have them."""
    if len(estimates) == 1:
        return estimates[0]
    counted = [
        e for e in estimates if e.numerator is not None and e.denominator is not None
    ]
    known = counted or [e for e in estimates if e.value is not None]
    if not known:
        return Estimate(None, "missing")
    state: State = "immature" if any(e.state == "immature" for e in known) else "ready"
    if not counted:
        return Estimate(sum(e.value or 0.0 for e in known), state)
    below = sum(e.denominator or 0.0 for e in counted)
    if below < ENOUGH and any(e.state == "too_few" for e in counted):
        return Estimate(None, "too_few")
    above = sum(e.numerator or 0.0 for e in counted)
    return Estimate(above / below if below else None, state)


def _days(
    points: Sequence[Point], days: Sequence[dt.date], unit: str | None, look: Look
) -> list[dict[str, Any]]:
    """Return rows of a line; earlier points are laid onto the days of now."""
    return [
        {
            "day": day.isoformat(),
            "name": look.formats.weekday(point.day),
            "value": point.estimate.value,
            "text": look.formats.value(point.estimate.value, unit),
            "interval": look.formats.range(point.estimate.low, point.estimate.high, unit),
            "settled": point.estimate.state != "immature",
            "thin": point.estimate.state == "too_few",
            "was": "",
        }
        for point, day in zip(points, days, strict=False)
    ]


def _beside(rows: Sequence[dict[str, Any]], past: Sequence[dict[str, Any]]) -> None:
    for row, other in zip(rows, past, strict=False):
        row["was"] = f"{other['text']} ({other['name']})"


def _fair_scale(values: Sequence[float]) -> Spec:
    """Return a scale from zero unless the line would then lie flat at the top."""
    low, high = min(values), max(values)
    return {"zero": low <= 0 or low < 0.6 * high, "nice": True}


def _line(colour: str, width: float) -> Spec:
    return {
        "type": "line",
        "color": colour,
        "strokeWidth": width,
        "interpolate": "linear",
        "strokeJoin": "round",
        "invalid": "break-paths-show-domains",
    }


def _target(target: float | None, unit: str | None, look: Look, y: Spec) -> list[Spec]:
    if target is None:
        return []
    row = [{"value": target, "text": f"target {look.formats.value(target, unit)}"}]
    rule = {"type": "rule", "strokeDash": [2, 4], "color": look.palette.muted}
    text = {
        "type": "text",
        "align": "left",
        "baseline": "bottom",
        "dy": -3,
        "fontSize": 11,
        "color": look.palette.muted,
        "x": 2,
    }
    return [look.layer(row, rule, y=y), look.layer(row, text, y=y, text={"field": "text"})]


def _ends(
    rows: Sequence[Spec], past: Sequence[Spec], look: Look, x: Spec, y: Spec
) -> list[Spec]:
    """Return "now" and "before" written at the ends of their lines, kept apart."""
    now = next((r for r in reversed(rows) if r["value"] is not None), None)
    old = next((r for r in reversed(past) if r["value"] is not None), None)
    side = 1 if now and old and old["value"] > now["value"] else -1
    palette = look.palette
    return [
        look.layer(
            [row] if row else [],
            {
                "type": "text",
                "align": "left",
                "dx": 7,
                "dy": shift,
                "color": colour,
                "fontWeight": weight,
            },
            x=x,
            y=y,
            text={"value": label},
        )
        for row, label, shift, colour, weight in (
            (old, "before", -7 * side if now else 0, palette.muted, 500),
            (now, "now", 7 * side if old else 0, palette.primary, 600),
        )
    ]


def _pointer(
    rows: Sequence[Spec], look: Look, x: Spec, y: Spec, tips: Sequence[Spec]
) -> Spec:
    """Return dots that appear under the pointer; a lone day shows its dot at once."""
    near = {"param": "near", "empty": False, "value": 1}
    shown = {"value": 1} if len(rows) == 1 else {"condition": near, "value": 0}
    mark = {"type": "point", "filled": True, "size": 70, "color": look.palette.primary}
    found = [row for row in rows if row["value"] is not None]
    layer = look.layer(found, mark, x=x, y=y, opacity=shown, tooltip=list(tips))
    select = {
        "type": "point",
        "nearest": True,
        "on": "pointerover",
        "clear": "pointerout",
        "fields": ["day"],
    }
    return {**layer, "params": [{"name": "near", "select": select}]}


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
    """Return "54 of 125" of a share, else how many the figure rests on."""
    if unit == "percent" and now.numerator is not None and now.denominator is not None:
        return f"{formats.number(now.numerator)} of {formats.number(now.denominator)}"
    if unit == "count":
        return ""
    units = now.denominator if now.denominator is not None else now.units
    return formats.number(units) if units is not None else ""
