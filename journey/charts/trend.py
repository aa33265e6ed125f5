"""The trend of a measure: its days now over those before, with what happened then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from journey.answer import Estimate, Measure, Point, State
from journey.charts import marks as beside
from journey.charts.look import SHORT, Look, Spec, ticks, tooltip
from journey.charts.marks import Mark
from journey.formats import NOTHING

WEEKLY_FROM = 100
"""Days from which a trend is drawn by week: more points than that are noise."""
THIN = 0.2
"""Share of days with too few units for a rate from which weeks are drawn instead."""
ENOUGH = 30


def trend(
    measure: Measure,
    unit: str | None,
    look: Look,
    *,
    target: float | None = None,
    height: int = 190,
    marks: Sequence[Mark] = (),
) -> Spec | None:
    """Return the days now over those before in grey; None where there are no days.

    `marks` of these days stand behind the lines, named above them.
    """
    now, before = paced(measure.trend, measure.trend_before)
    rows = _days(now, [p.day for p in now], unit, look)
    past = _days(before, [p.day for p in now], unit, look)
    if not any(row["value"] is not None for row in rows):
        return None
    values = [r["value"] for r in rows + past if r["value"] is not None]
    if target is not None:
        values.append(target)
    x, y = _axes([p.day for p in now], values, unit, look)
    palette = look.palette
    behind, above = beside.layers(marks, *_ends_of(measure.trend), look)
    tips = tooltip(name="Day", text="Now", interval="95% interval", was="Before")
    if behind:
        _note(rows, marks, is_weekly=len(now) < len(measure.trend))
        tips += tooltip(note="Note")
    _beside(rows, past)
    rows, past = ([row for row in side if not row["thin"]] for side in (rows, past))
    layers = [
        *behind,
        *_target(target, unit, look, y),
        look.layer(past, line(palette.before, 1.75), x=x, y=y),
        look.layer(
            [r for r in rows if r["settled"]], line(palette.primary, 2.25), x=x, y=y
        ),
        look.layer(
            [r for r in rows if not r["settled"]],
            {**line(palette.primary, 2), "strokeDash": [3, 3]},
            x=x,
            y=y,
        ),
        *_ends(rows, past, look, x, y),
        _pointer(rows, look, x, y, tips),
    ]
    drawn = [layer for layer in layers if layer["data"]["values"]]
    padding = {"left": 2, "right": 52, "top": 8, "bottom": 2}
    return look.finish(drawn, height + above, "Value by day, now and before", padding)


def _axes(
    days: Sequence[dt.date], values: Sequence[float], unit: str | None, look: Look
) -> tuple[Spec, Spec]:
    scale = _fair_scale(values, is_short=len(days) <= SHORT)
    low = min(0.0, *values) if scale["zero"] else min(values)
    x = {
        "field": "day",
        "type": "temporal",
        "scale": {"type": "utc"},
        "axis": {
            "format": look.formats.vega_day,
            "values": ticks(days),
            "labelFlush": True,
            "labelOverlap": True,
        },
    }
    y = {
        "field": "value",
        "type": "quantitative",
        "scale": scale,
        "axis": look.value_axis(unit, max(values), low, grid=True),
    }
    return x, y


def _ends_of(points: Sequence[Point]) -> tuple[dt.date, dt.date]:
    return points[0].day, points[-1].day


def _note(rows: Sequence[dict[str, Any]], marks: Sequence[Mark], is_weekly: bool) -> None:
    """Give every day of a line, or every week, what happened then."""
    more = dt.timedelta(6 if is_weekly else 0)
    for row in rows:
        day = dt.date.fromisoformat(row["day"])
        row["note"] = beside.told(marks, day, day + more) or NOTHING


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


def _fair_scale(values: Sequence[float], is_short: bool) -> Spec:
    """Return a scale from zero unless the line would then lie flat at the top; the swing
    of a few points, which is mostly chance, takes at most half of the height."""
    low, high = min(values), max(values)
    from_zero = low <= 0 or low < 0.6 * high
    room = {"domainMin": max(0.0, 2 * low - high)} if is_short and not from_zero else {}
    return {"zero": from_zero, "nice": True, **room}


def line(colour: str, width: float) -> Spec:
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
    found = [row for row in rows if row["value"] is not None]
    shown = {"value": 1} if len(found) == 1 else {"condition": near, "value": 0}
    mark = {"type": "point", "filled": True, "size": 70, "color": look.palette.primary}
    layer = look.layer(found, mark, x=x, y=y, opacity=shown, tooltip=list(tips))
    select = {
        "type": "point",
        "nearest": True,
        "on": "pointerover",
        "clear": "pointerout",
        "fields": ["day"],
    }
    return {**layer, "params": [{"name": "near", "select": select}]}
