"""Bars of what made a change: each part left or right of nothing, the largest marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from journey.charts.look import ROW, Look, Spec, tooltip

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
    reach = max(abs(row["value"]) for row in drawn) or 1.0
    scale = {"domain": [-1.45 * reach, 1.45 * reach], "nice": False}

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
        mark = {**text, "align": align, "dx": shift}
        if side:
            layers.append(look.layer(side, mark, x=x("value"), y=y, text={"field": "text"}))
    return look.finish(layers, ROW * len(drawn) + 4, "Parts of the change")


def _rows(rows: Sequence[tuple[str, float, str]]) -> list[dict[str, Any]]:
    largest = max((abs(value) for _, value, _ in rows), default=0.0)
    return [
        {"label": label, "value": value, "text": text,
         "largest": abs(value) == largest and value != 0}
        for label, value, text in rows
    ]  # fmt: skip
