"""What happened on the days of a trend: thin rules, and bands for several days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from journey.charts.look import Look, Spec

NARROW = 420
"""Width of a chart, in pixels, below which it is drawn as on a phone."""
PLOTS = {"wide": (520, 34), "narrow": (270, 22)}
"""What labels are laid out for: width of the plot, characters of a label."""
LETTER = 6.1
"""Pixels that a letter of a label takes."""
BESIDE = 4
"""Pixels beside the plot that a label may reach into."""
LANES = 2
"""Lines of labels above the plot; what finds no room is told by the tooltip alone."""
LANE = 14


@dataclass(frozen=True)
class Mark:
    """One thing that happened, on one day or on several."""

    first: dt.date
    last: dt.date
    label: str
    quiet: bool = False
    """Whether it is of the calendar, and drawn lighter."""

    def covers(self, first: dt.date, last: dt.date) -> bool:
        return self.first <= last and self.last >= first


def layers(
    marks: Sequence[Mark], first: dt.date, last: dt.date, look: Look
) -> tuple[list[Spec], int]:
    """Return the layers of the marks between two days, and the pixels above the plot
    that their labels take."""
    found = [mark for mark in marks if mark.covers(first, last)]
    if not found or first == last:
        return [], 0
    rows = [_row(mark, first, last) for mark in found]
    for plot in PLOTS:
        _lay_out(rows, plot)
    lanes = max(row[f"{plot}_lane"] for row in rows for plot in PLOTS) + 1
    return [*_bands(rows, look), *_labels(rows, look)], LANE * lanes


def told(marks: Sequence[Mark], first: dt.date, last: dt.date) -> str:
    """Return what happened between two days, "" for nothing."""
    return "; ".join(mark.label for mark in marks if mark.covers(first, last))


def _row(mark: Mark, first: dt.date, last: dt.date) -> dict[str, Any]:
    begin, end = max(mark.first, first), min(mark.last, last)
    days = (last - first).days
    return {
        "day": begin.isoformat(),
        "end": end.isoformat(),
        "at": (begin - first).days / days,
        "is_band": end > begin,
        "label": mark.label,
        "quiet": mark.quiet,
    }


def _lay_out(rows: Sequence[dict[str, Any]], plot: str) -> None:
    """Give every label of a plot its text, its side and its lane; -1 for no room.

    Notes come first, then earlier days; a label near the right end stands left of
    its day.
    """
    width, letters = PLOTS[plot]
    taken: list[list[tuple[float, float]]] = [[] for _ in range(LANES)]
    for row in sorted(rows, key=lambda r: (r["quiet"], r["at"])):
        text = _cut(row["label"], letters)
        long, at = len(text) * LETTER + 8, row["at"] * width
        is_left = at + long > width + BESIDE
        begin = at - long if is_left else at
        lane = -1
        if begin >= -BESIDE:
            lane = next((n for n in range(LANES) if _fits(begin, long, taken[n])), -1)
        if lane >= 0:
            taken[lane].append((begin, begin + long))
        row |= {f"{plot}_text": text, f"{plot}_left": is_left, f"{plot}_lane": lane}


def _fits(begin: float, long: float, others: Sequence[tuple[float, float]]) -> bool:
    return all(begin >= ends or begin + long <= begins for begins, ends in others)


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else f"{text[: letters - 1].rstrip()}…"


def _x(field: str) -> Spec:
    return {"field": field, "type": "temporal", "scale": {"type": "utc"}}


def _bands(rows: Sequence[dict[str, Any]], look: Look) -> list[Spec]:
    """Return a thin rule at the first day of everything, and a band over several days."""
    palette, drawn = look.palette, []
    for quiet, rule, band in ((True, 0.35, 0.07), (False, 0.75, 0.13)):
        mine = [row for row in rows if row["quiet"] == quiet]
        spans = [row for row in mine if row["is_band"]]
        fill = {"type": "rect", "color": palette.muted, "opacity": band}
        line = {"type": "rule", "color": palette.muted, "opacity": rule, "strokeWidth": 1}
        drawn += [
            look.layer(spans, fill, x=_x("day"), x2={"field": "end"}),
            look.layer(mine, line, x=_x("day")),
        ]
    return drawn


def _labels(rows: Sequence[dict[str, Any]], look: Look) -> list[Spec]:
    """Return the names above the plot, as many as find room at its width."""
    drawn = []
    for plot, test in (("wide", f"width >= {NARROW}"), ("narrow", f"width < {NARROW}")):
        for quiet, colour in ((True, look.palette.muted), (False, look.palette.text)):
            for left in (True, False):
                mine = [
                    {"day": row["day"], "text": row[f"{plot}_text"],
                     "lane": row[f"{plot}_lane"]}
                    for row in rows
                    if row[f"{plot}_lane"] >= 0
                    and (row["quiet"], row[f"{plot}_left"]) == (quiet, left)
                ]  # fmt: skip
                mark = {
                    "type": "text", "align": "right" if left else "left",
                    "baseline": "bottom", "dx": -3 if left else 3, "fontSize": 11,
                    "color": colour, "y": {"expr": f"-4 - {LANE} * datum.lane"},
                    "opacity": {"expr": f"{test} ? 1 : 0"},
                }  # fmt: skip
                drawn.append(look.layer(mine, mark, x=_x("day"), text={"field": "text"}))
    return drawn
