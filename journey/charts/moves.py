"""Bars of what made a change: each part left or right of nothing, the largest marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from journey.charts.look import ROW, Look, Spec, tooltip

TEXT = 84
"""Room for the text of a bar, in pixels."""
NARROW_PLOT = "width < 320"
"""On a phone the texts stand below each other, so that the bars keep their room."""
SHOWN = 9
"""Bars a chart of parts has at most; the rest stands in one bar."""


def moves(rows: Sequence[tuple[str, float, str]], look: Look) -> Spec | None:
    """Return one bar a part: label, amount and its text, in the order given.

    Grey for all but the largest; the text says the sign, so that colour says nothing
    that is not written.
    """
    drawn = _rows(rows)
    if not drawn:
        return None
    palette = look.palette
    y = {"field": "label", "type": "nominal", "sort": [row["label"] for row in drawn],
         "axis": look.words(labelLimit=190)}  # fmt: skip
    values = [row["value"] for row in drawn]
    rooms = [TEXT if min(values) < 0 else 4, TEXT if max(values) >= 0 else 4]
    domain = [min(0.0, *values), max(0.0, *values)]
    ends = [f"{NARROW_PLOT} ? 0 : {rooms[0]}",
            f"width - ({NARROW_PLOT} ? {TEXT} : {rooms[1]})"]  # fmt: skip
    scale = {"domain": domain if domain[0] < domain[1] else [-1, 1],
             "range": [{"expr": end} for end in ends], "nice": False}  # fmt: skip

    def x(field: str) -> Spec:
        return {"field": field, "type": "quantitative", "scale": scale, "axis": None}

    colour = {"condition": {"test": "datum.largest", "value": palette.primary},
              "value": palette.before}  # fmt: skip
    bar = {"type": "bar", "cornerRadius": 3, "height": {"band": 0.56}}
    text = {"type": "text", "fontWeight": 600}
    tips = tooltip(label="", text="Part of the change")
    layers = [
        look.layer(drawn, bar, x=x("value"), y=y, color=colour, tooltip=tips),
        look.layer([{"zero": 0}], {"type": "rule", "color": palette.line}, x=x("zero")),
    ]
    for sign, align, shift in ((1, "left", 6), (-1, "right", -6)):
        side = [row for row in drawn if (row["value"] < 0) == (sign < 0)]
        mark = {**text, "align": align, "dx": shift,
                "opacity": {"expr": f"{NARROW_PLOT} ? 0 : 1"}}  # fmt: skip
        if side:
            layers.append(look.layer(side, mark, x=x("value"), y=y, text={"field": "text"}))
    column = {**text, "align": "right", "x": {"expr": "width"},
              "opacity": {"expr": f"{NARROW_PLOT} ? 1 : 0"}}  # fmt: skip
    layers.append(look.layer(drawn, column, y=y, text={"field": "text"}))
    padding = {"left": 2, "right": 4, "top": 4, "bottom": 2}
    return look.finish(layers, ROW * len(drawn) + 4, "Parts of the change", padding)


def _rows(rows: Sequence[tuple[str, float, str]]) -> list[dict[str, Any]]:
    largest = max((abs(value) for _, value, _ in rows), default=0.0)
    return [
        {"label": label, "value": value, "text": text,
         "largest": abs(value) == largest and value != 0}
        for label, value, text in rows
    ]  # fmt: skip
