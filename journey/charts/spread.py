"""A histogram: how often a number comes, in round steps, with the half marked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from journey.charts.look import Look, Spec, tooltip
from journey.charts.rows import Table

BINS = 24
"""Bars that are aimed at."""
MOST = 60
"""Bars of a step that the header names; what lies above stands in the last one."""
TAIL = 0.99
"""Share of all below which bars end where the largest numbers lie far off."""
ROUND = (1, 2, 2.5, 5, 10)

Pairs = list[tuple[float, float]]
"""Value and how often it comes."""


def spread(table: Table, look: Look) -> Spec | None:
    """Return the share of all in each step of the number, those before as a grey line.

    Where a few numbers lie far above all others, the last bar holds all from there on.
    """
    pairs = _pairs(table.rows, table)
    whole = sum(count for _, count in pairs)
    if not pairs or whole <= 0:
        return None
    low, step, bins = _steps(pairs, whole, table.step)
    rows = _bars(pairs, whole, low, step, bins, table, look)
    past = _pairs(table.before, table)
    outline = _outline(past, low, step, bins) if past else []
    half = _quantile(pairs, whole, 0.5)
    return _drawn(rows, outline, half, low, step, bins, table, look)


def _pairs(rows: Sequence[Mapping[str, Any]], table: Table) -> Pairs:
    count = table.y
    found = [
        (float(row[table.x]), float(row[count]) if count else 1.0)
        for row in rows
        if row[table.x] is not None and (not count or row[count] is not None)
    ]
    return sorted(pair for pair in found if math.isfinite(pair[0]) and pair[1] > 0)


def _quantile(pairs: Pairs, whole: float, share: float) -> float:
    reached = 0.0
    for value, count in pairs:
        reached += count
        if reached >= share * whole:
            return value
    return pairs[-1][0]


def _steps(pairs: Pairs, whole: float, wanted: float | None) -> tuple[float, float, int]:
    """Return where the bars begin, how wide they are and how many."""
    low, high = pairs[0][0], pairs[-1][0]
    end = _quantile(pairs, whole, TAIL)
    middle = _quantile(pairs, whole, 0.5)
    if high - middle > 3 * (end - middle) and end > low:
        high = end
    if low > 0 and low < 0.3 * high:
        low = 0.0
    step = wanted or _round((high - low) / BINS, pairs)
    low = math.floor(low / step) * step
    bins = int((high - low) / step) + 1
    return low, step, min(bins, MOST)


def _round(width: float, pairs: Pairs) -> float:
    """Return a round step at least so wide; whole where all numbers are."""
    whole = all(value.is_integer() for value, _ in pairs)
    if width <= 0:
        return 1.0
    size = 10.0 ** math.floor(math.log10(width))
    step = next(size * n for n in ROUND if size * n >= width * 0.999)
    return max(1.0, float(math.ceil(step))) if whole else step


def _place(value: float, low: float, step: float, bins: int) -> int:
    return min(bins - 1, max(0, math.floor((value - low) / step + 1e-9)))


def _bars(
    pairs: Pairs, whole: float, low: float, step: float, bins: int, table: Table, look: Look
) -> list[dict[str, Any]]:
    counts = [0.0] * bins
    for value, count in pairs:
        counts[_place(value, low, step, bins)] += count
    is_open = pairs[-1][0] >= low + bins * step
    formats, rows = look.formats, []
    for number, count in enumerate(counts):
        begin, end = low + number * step, low + (number + 1) * step
        name = f"{formats.value(begin, table.unit)} to {formats.value(end, table.unit)}"
        if is_open and number == bins - 1:
            name = f"{formats.value(begin, table.unit)} and more"
        rows.append({
            "from": begin, "to": end, "share": count / whole, "name": name,
            "text": formats.number(count), "part": formats.percent(count / whole),
            "rest": is_open and number == bins - 1,
        })  # fmt: skip
    return rows


def _outline(past: Pairs, low: float, step: float, bins: int) -> list[dict[str, Any]]:
    """Return the shares before as a line of steps."""
    counts, whole = [0.0] * bins, sum(count for _, count in past)
    for value, count in past:
        counts[_place(value, low, step, bins)] += count
    shares = [count / whole for count in counts]
    ends = [{"from": low + n * step, "share": share} for n, share in enumerate(shares)]
    return [*ends, {"from": low + bins * step, "share": shares[-1]}]


def _drawn(
    rows: list[dict[str, Any]], outline: list[dict[str, Any]], half: float, low: float,
    step: float, bins: int, table: Table, look: Look,
) -> Spec:  # fmt: skip
    palette, high = look.palette, low + bins * step
    axis = look.value_axis(table.unit, high, low, title=table.titled(table.x),
                           **look.quiet_title)  # fmt: skip
    x = {"field": "from", "type": "quantitative", "axis": axis | {"labelOverlap": True},
         "scale": {"domain": [low, high], "nice": False, "zero": False}}  # fmt: skip
    most = max(row["share"] for row in [*rows, *outline])
    y = {"field": "share", "type": "quantitative",
         "axis": look.value_axis("percent", most, grid=True)}  # fmt: skip
    colour = {"condition": {"test": "datum.rest", "value": palette.before},
              "value": palette.primary}  # fmt: skip
    bar = {"type": "bar", "opacity": 0.85, "stroke": palette.card, "strokeWidth": 1}
    tips = tooltip(name="", text="Counted", part="Of all")
    layers = [look.layer(rows, bar, x={**x, "bin": {"binned": True}}, x2={"field": "to"},
                         y=y, color=colour, tooltip=tips)]  # fmt: skip
    if outline:
        line = {"type": "line", "interpolate": "step-after", "color": palette.text,
                "strokeWidth": 1.25, "opacity": 0.55}  # fmt: skip
        layers.append(look.layer(outline, line, x=x, y=y))
    text = f"half below {look.formats.value(half, table.unit)}"
    side = "right" if half > (low + high) / 2 else "left"
    shown = {"type": "text", "align": side, "dx": -6 if side == "right" else 6, "y": -8,
             "fontWeight": 600}  # fmt: skip
    rule = {"type": "rule", "strokeDash": [3, 3], "color": palette.text, "y": -14,
            "y2": {"expr": "height"}}  # fmt: skip
    mark = [{"from": min(half, high), "label": text}]
    layers += [look.layer(mark, rule, x=x),
               look.layer(mark, shown, x=x, text={"field": "label"})]  # fmt: skip
    return look.finish(layers, 200, "How often each number comes",
                       {"left": 2, "right": 8, "top": 20, "bottom": 2})  # fmt: skip
