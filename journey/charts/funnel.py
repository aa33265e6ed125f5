"""A funnel: the steps below each other, each with its share of the first."""

from __future__ import annotations

from collections.abc import Sequence

from journey.charts.look import Look, Spec, tooltip
from journey.charts.rows import (
    Table,
    added_up,
    label,
    names as named,
    said_below,
    words_and_numbers,
)

MOST = 20
"""Steps that are drawn."""


def steps(table: Table, look: Look) -> Spec | None:
    """Return the steps in their own order: bar and share of the first, tick before.

    The share before is of the first step before, so ticks compare rates, not counts.
    A step that is not known has a dash; it is not nobody.
    """
    names, amount = words_and_numbers(table)
    table = added_up(table, names, amount, None)
    first = next((row[amount] for row in table.rows if row[amount]), None)
    if not first or first < 0:
        return None
    past = {str(row[names]): row[amount] for row in table.before}
    base = next((value for value in past.values() if value), None)
    formats = look.formats
    rows, previous = [], None
    called = named([row[names] for row in table.rows], look)
    for row, name in zip(table.rows[:MOST], called, strict=False):
        count = row[amount]
        was = past.get(str(row[names]))
        was = was / base if base and was is not None else None
        rows.append(
            {
                "label": name,
                "name": label(row[names], look),
                "value": max(0.0, count / first) if count is not None else None,
                "was": was,
                "text": formats.value(count, table.unit or "count"),
                "share": formats.percent(count / first) if count is not None else "",
                "was_text": formats.percent(was),
                "goes_on": formats.percent(count / previous)
                if previous and count is not None
                else "",
            }
        )
        previous = count
    spec = _stepped(rows, look)
    return said_below(spec, len(table.rows) - len(rows), len(table.rows), look, "step")


def _stepped(rows: Sequence[Spec], look: Look) -> Spec:
    palette = look.palette
    y = {
        "field": "label",
        "type": "nominal",
        "sort": [row["label"] for row in rows],
        "axis": look.words(),
    }
    known = [row[key] for row in rows for key in ("value", "was") if row[key] is not None]
    widest = max(1.0, *known)

    def x(field: str) -> Spec:
        scale = {"domain": [0, widest], "nice": False}
        return {"field": field, "type": "quantitative", "axis": None, "scale": scale}

    tips = tooltip(
        name="Step",
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
    ends = [{**row, "end": max(row["value"] or 0, row["was"] or 0)} for row in rows]
    past = [row for row in rows if row["was"] is not None]
    layers = [look.layer(rows, bar, x=x("value"), y=y, tooltip=tips)]
    if past:
        layers.append(look.layer(past, tick, x=x("was"), y=y, tooltip=tips))
    layers += [
        look.layer(ends, first, x=x("end"), y=y, text={"field": "text"}),
        look.layer(ends, second, x=x("end"), y=y, text={"field": "share"}),
    ]
    padding = {"left": 2, "right": 6, "top": 2, "bottom": 2}
    return look.finish(layers, 40 * len(rows) + 8, "Steps, now and before", padding)
