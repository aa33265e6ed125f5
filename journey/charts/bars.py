"""Bars that lie: one a name, or one a name and colour, all of them labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from journey.charts.look import ROW, Look, Spec, tooltip
from journey.charts.rows import (
    SERIES,
    Table,
    added_up,
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

BARS = 15
"""Names a bar chart has at most; the others are added up or counted."""
THIN = 20
"""Height of one bar among others of the same name."""
PADDING = {"left": 2, "right": 6, "top": 2, "bottom": 2}


def bars(table: Table, look: Look) -> Spec | None:
    """Return a bar a row, its value written, a tick where it stood before.

    With a colour the bars of one name stand below each other. Rows of one name that
    nothing tells apart are added up where the unit allows it, else refused in words.
    """
    names, amount = words_and_numbers(table)
    colour = table.colour if table.colour not in (names, amount) else None
    if name := twice(table.rows, names, colour):
        if not table.adds_up:
            return refused(name, look)
        table = added_up(table, names, amount, colour)
    table, rest = _cut(table, names, amount, colour)
    rows = _rows(table, names, amount, colour, look)
    if not rows:
        return None
    spec = _grouped(rows, table, look) if colour else _plain(rows, table, look)
    together = sum(row[amount] for row in rest) if table.adds_up else None
    said = look.formats.value(together, table.unit) if together is not None else ""
    return said_below(spec, len(rest), len(rows) + len(rest), look, together=said)


def _cut(
    table: Table, names: str, amount: str, colour: str | None
) -> tuple[Table, list[Mapping[str, Any]]]:
    """Return the rows of the largest names and colours, and those left out."""
    known = [row for row in table.rows if row[amount] is not None]
    kept = set(top(totalled(known, names, amount), BARS))
    few = set(top(totalled(known, colour, amount), SERIES)) if colour else set()
    shown: list[Mapping[str, Any]] = []
    rest: list[Mapping[str, Any]] = []
    for row in known:
        is_shown = row[names] in kept and (not colour or row[colour] in few)
        (shown if is_shown else rest).append(row)
    return table.with_rows(shown), rest


def _rows(
    table: Table, names: str, amount: str, colour: str | None, look: Look
) -> list[dict[str, Any]]:
    key = [column for column in (names, colour) if column]
    past = {tuple(row[c] for c in key): row[amount] for row in table.before}
    values = list(dict.fromkeys(row[names] for row in table.rows))
    called = dict(zip(values, named(values, look), strict=True))
    return [
        {
            "label": called[row[names]],
            "name": label(row[names], look),
            "series": label(row[colour], look) if colour else "",
            "value": row[amount],
            "was": (was := past.get(tuple(row[c] for c in key))),
            "text": look.formats.value(row[amount], table.unit),
            "was_text": look.formats.value(was, table.unit),
        }
        for row in table.rows
    ]


def _amount(rows: Sequence[Mapping[str, Any]]) -> Any:
    low = min(0, *(row["value"] for row in rows), *(row["was"] or 0 for row in rows))

    def x(field: str) -> Spec:
        scale = {"domainMin": low, "nice": False, "padding": 1}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    return x


def _plain(rows: Sequence[Spec], table: Table, look: Look) -> Spec:
    order = [row["label"] for row in rows]
    y = {"field": "label", "type": "nominal", "sort": order, "axis": look.words()}
    palette, x = look.palette, _amount(rows)
    tips = tooltip(name="", text="Now", was_text="Before")
    bar = {"type": "bar", "cornerRadiusEnd": 4, "height": {"band": 0.62},
           "color": palette.primary, "opacity": 0.85}  # fmt: skip
    tick = {"type": "tick", "thickness": 2, "size": 24, "color": palette.text}
    text = {"type": "text", "align": "left", "dx": 7, "fontWeight": 600}
    past = [row for row in rows if row["was"] is not None]
    layers = [look.layer(rows, bar, x=x("value"), y=y, tooltip=tips)]
    if past:
        layers.append(look.layer(past, tick, x=x("was"), y=y, tooltip=tips))
    ends = [{**r, "end": max(0, r["value"], r["was"] or 0)} for r in rows]
    layers.append(look.layer(ends, text, x=x("end"), y=y, text={"field": "text"}))
    return look.finish(layers, ROW * len(rows) + 4, "Value by name", PADDING)


def _grouped(rows: Sequence[Spec], table: Table, look: Look) -> Spec:
    """Return the bars of one name below each other, each with its colour's name."""
    order = list(dict.fromkeys(row["label"] for row in rows))
    series = list(dict.fromkeys(row["series"] for row in rows))
    y = {"field": "label", "type": "nominal", "sort": order, "axis": look.words()}
    offset = {"field": "series", "sort": series, "scale": {"domain": series}}
    colours = {"domain": series, "range": list(look.palette.categories)}
    colour = {"field": "series", "type": "nominal", "scale": colours}
    tips = tooltip(name="", series=table.titled(str(table.colour)), text="Now",
                   was_text="Before")  # fmt: skip
    x = _amount(rows)
    bar = {"type": "bar", "cornerRadiusEnd": 3, "opacity": 0.9}
    tick = {"type": "tick", "thickness": 2, "size": THIN - 4, "color": look.palette.text}
    text = {"type": "text", "align": "left", "dx": 6, "fontSize": 11}
    ends = [{**r, "end": max(0, r["value"], r["was"] or 0),
             "told": f"{r['text']}  {cut(r['series'], 16)}"} for r in rows]  # fmt: skip
    past = [row for row in rows if row["was"] is not None]
    where = {"y": y, "yOffset": offset}
    layers = [look.layer(rows, bar, x=x("value"), color=colour, tooltip=tips, **where)]
    if past:
        layers.append(look.layer(past, tick, x=x("was"), tooltip=tips, **where))
    layers.append(look.layer(ends, text, x=x("end"), text={"field": "told"}, **where))
    height = (THIN * len(series) + 8) * len(order) + 4
    return look.finish(layers, height, "Value by name and colour", PADDING)
