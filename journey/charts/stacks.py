"""Stacked bars: lying over words, standing over days and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from journey.charts.bars import BARS
from journey.charts.columns import HEIGHT, name_of, places, told
from journey.charts.look import ROW, Look, Spec, tooltip
from journey.charts.rows import (
    OTHERS,
    SERIES,
    Table,
    added_up,
    apart,
    cut,
    label,
    names as named,
    refused,
    said_below,
    top,
    totalled,
    twice,
    words_and_numbers,
)

LINE = 13
"""Pixels from one name at the right end to the next."""


def stacks(table: Table, look: Look) -> Spec | None:
    """Return parts upon each other, the largest first, small ones together in grey."""
    names, amount = words_and_numbers(table)
    colour = table.colour
    if colour is None:
        return None
    if name := twice(table.rows, names, colour):
        if not table.adds_up:
            return refused(name, look)
        table = added_up(table, names, amount, colour)
    known = [row for row in table.rows if row[amount]]
    if not known:
        return None
    series = _series(known, colour, amount)
    stands = all(not isinstance(row[names], str) for row in known)
    if stands:
        return _standing(_laid(known, names, amount, series, table, look), table, look)
    kept = top(totalled(known, names, amount), BARS)
    shown = [row for row in known if row[names] in set(kept)]
    rows = _laid(shown, names, amount, series, table, look)
    left = len({row[names] for row in known}) - len(kept)
    spec = _lying(rows, kept, table, look)
    return said_below(spec, left, left + len(kept), look, "name")


def _series(
    known: Sequence[Mapping[str, Any]], colour: str, amount: str
) -> dict[Any, str | None]:
    """Return each part with its own name, None for those that stand together."""
    totals = totalled(known, colour, amount)
    order = sorted(totals, key=lambda name: -totals[name])
    most = SERIES if len(order) <= SERIES else SERIES - 1
    return {name: name if n < most else None for n, name in enumerate(order)}


def _laid(
    known: Sequence[Mapping[str, Any]], names: str, amount: str,
    series: Mapping[Any, str | None], table: Table, look: Look,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return every part with where it begins and ends, those below zero downwards."""
    order = list(series)
    few = sum(name is None for name in series.values())
    rows: list[dict[str, Any]] = []
    ends: dict[tuple[Any, bool], float] = {}
    for row in sorted(known, key=lambda row: order.index(row[str(table.colour)])):
        place, value = row[names], row[amount]
        low = ends.get((place, value < 0), 0.0)
        ends[place, value < 0] = low + value
        own = series[row[str(table.colour)]] is not None
        name = label(row[str(table.colour)], look) if own else f"{few} {OTHERS}"
        rows.append({
            "key": place, "series": name, "rest": not own, "from": low, "to": low + value,
            "value": value, "text": look.formats.value(value, table.unit),
            "part": label(row[str(table.colour)], look),
        })  # fmt: skip
    return rows


def _colours(rows: Sequence[Spec], look: Look, legend: bool) -> tuple[list[str], Spec]:
    names = list(dict.fromkeys(row["series"] for row in rows if not row["rest"]))
    rest = list(dict.fromkeys(row["series"] for row in rows if row["rest"]))
    tones = [*look.palette.categories[: len(names)], look.palette.before]
    scale = {"domain": names + rest, "range": tones[: len(names + rest)]}
    more = {"legend": look.names(names + rest)} if legend else {}
    return names + rest, {"field": "series", "type": "nominal", "scale": scale, **more}


def _standing(rows: list[dict[str, Any]], table: Table, look: Look) -> Spec:
    at = places([row["key"] for row in rows], look)
    known = set(at.ids)
    rows = [{**row, "x": name_of(row["key"]), "name": told(row["key"], look), "key": None}
            for row in rows if name_of(row["key"]) in known]  # fmt: skip
    names, colour = _colours(rows, look, legend=False)
    ends = [value for row in rows for value in (row["from"], row["to"])]
    low, high = min(0, *ends), max(0, *ends)
    axis = look.value_axis(table.unit, high, low, grid=True)
    y = {"field": "from", "type": "quantitative", "axis": axis,
         "scale": {"domain": [low, high], "nice": False}}  # fmt: skip
    tips = tooltip(name="", part=table.titled(str(table.colour)), text="Now")
    bar = {"type": "bar", "opacity": 0.92, "stroke": look.palette.card, "strokeWidth": 0.5}
    last = max(rows, key=lambda row: at.ids.index(row["x"]))["x"]
    labels = _names_at_end([row for row in rows if row["x"] == last], low, high)
    missing = [name for name in names if name not in {row["series"] for row in labels}]
    text = {"type": "text", "align": "left", "fontWeight": 600, "x": {"expr": "width + 8"}}
    layers = [
        look.layer(rows, bar, x=at.x, y=y, y2={"field": "to"}, color=colour, tooltip=tips),
        look.layer(labels, text, y={**y, "field": "at"}, color=colour,
                   text={"field": "short"}),
    ]  # fmt: skip
    room = {"left": 2, "right": 4, "top": 8, "bottom": 2}
    spec = look.finish(layers, HEIGHT + 20, "Parts by place", room)
    if missing:  # a part that the last place has not is named by a legend
        _, layers[0]["encoding"]["color"] = _colours(rows, look, legend=True)
        layers.pop()
        spec = look.finish(layers, HEIGHT + 20, "Parts by place")
    return spec


def _names_at_end(
    rows: Sequence[Mapping[str, Any]], low: float, high: float
) -> list[dict[str, Any]]:
    """Return the name of every part beside the last bar, none upon another."""
    spans: dict[str, list[float]] = {}
    for row in rows:
        spans.setdefault(row["series"], []).extend((row["from"], row["to"]))
    middles = [(min(ends) + max(ends)) / 2 for ends in spans.values()]
    least = LINE / (HEIGHT + 20) * (high - low)
    return [
        {"series": name, "short": cut(name, 16), "at": place}
        for name, place in zip(spans, apart(middles, least), strict=True)
    ]


def _lying(
    rows: list[dict[str, Any]], kept: Sequence[Any], table: Table, look: Look
) -> Spec:
    called = dict(zip(kept, named(kept, look), strict=True))
    rows = [{**row, "label": called[row["key"]], "name": label(row["key"], look),
             "key": None} for row in rows]  # fmt: skip
    _, colour = _colours(rows, look, legend=True)
    y = {"field": "label", "type": "nominal", "sort": list(called.values()),
         "axis": look.words()}  # fmt: skip
    x = {"field": "from", "type": "quantitative", "axis": None, "scale": {"nice": False}}
    tips = tooltip(name="", part=table.titled(str(table.colour)), text="Now")
    bar = {"type": "bar", "height": {"band": 0.66}, "opacity": 0.92,
           "stroke": look.palette.card, "strokeWidth": 0.5}  # fmt: skip
    layers = [look.layer(rows, bar, x=x, x2={"field": "to"}, y=y, color=colour,
                         tooltip=tips)]  # fmt: skip
    sums = _sums(rows, table, look)
    text = {"type": "text", "align": "left", "dx": 7, "fontWeight": 600}
    layers.append(look.layer(sums, text, x={**x, "field": "to"}, y=y,
                             text={"field": "text"}))  # fmt: skip
    room = {"left": 2, "right": 4, "top": 2, "bottom": 2}
    return look.finish(layers, ROW * len(called) + 4, "Parts by name", room)


def _sums(rows: Sequence[Mapping[str, Any]], table: Table, look: Look) -> list[Spec]:
    """Return the sum of each bar, written at its end; of shares it says nothing new."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row["label"], {"label": row["label"], "to": 0.0, "sum": 0.0})
        one["to"] = max(one["to"], row["to"])
        one["sum"] += row["value"]
    for one in found.values():
        is_told = table.adds_up or table.unit is None
        one["text"] = look.formats.value(one["sum"], table.unit) if is_told else ""
    return list(found.values())
