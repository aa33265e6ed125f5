"""What all charts share: colours of both themes, fonts, and how a chart is finished."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey import clock
from journey.formats import Formats

Spec = dict[str, Any]
"""A Vega-Lite 6 specification. Plain data: building it through Altair's classes
costs 30 to 110 ms a chart, which a filter change cannot afford; the tests hold
every one against Altair's schema and compile it."""

ROW = 30
"""Height of one row of a chart that lists things."""
SHORT, TICKS = 8, 7
"""Points of a short line, which are all written; days written below a line at most."""


@dataclass(frozen=True)
class Palette:
    """Colours of one theme, the same as in .streamlit/config.toml."""

    text: str
    muted: str
    line: str
    card: str
    primary: str
    before: str
    bad: str
    good: str
    below: str
    """Of values below zero."""
    categories: tuple[str, ...]
    sequence: tuple[str, ...]


LIGHT = Palette(
    "#16211F", "#66716E", "#DFE4E2", "#FFFFFF", "#0F5C5E", "#A9B3B0", "#B93A1E", "#1B7A4B",
    "#C9826E",
    ("#0F5C5E", "#C77A1A", "#5B6BB5", "#A3486F", "#6D8A3A", "#6B7C86"),
    ("#EDF5F4", "#D9EBE9", "#BEDCDA", "#9FCAC8", "#7FB6B4", "#5E9F9E", "#3F8889"),
)  # fmt: skip
DARK = Palette(
    "#E6ECEA", "#92A19D", "#2C3A38", "#16201F", "#5CC5BF", "#5D6C68", "#FF8A6B", "#5FD093",
    "#8A4B3B",
    ("#5CC5BF", "#EFB04A", "#9AA8F0", "#E68BB0", "#AFCB74", "#9DB0BA"),
    ("#182A29", "#1C3736", "#204645", "#255756", "#2C6A68", "#367E7B", "#41938F"),
)  # fmt: skip
PALETTES = {"light": LIGHT, "dark": DARK}


@dataclass(frozen=True)
class Look:
    """How a chart is drawn: the theme's colours and the shop's locale."""

    palette: Palette
    formats: Formats

    def layer(
        self, rows: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], **encoding: Any
    ) -> Spec:
        """Return one layer over its own rows; inline data below the top level go
        to the browser as they are, without a detour through a data frame."""
        return {"data": {"values": list(rows)}, "mark": dict(mark), "encoding": encoding}

    def finish(
        self, layers: Sequence[Spec], height: int, alt: str, padding: Spec | None = None
    ) -> Spec:
        """Return the whole chart: quiet axes, no legend, no frame, locale set."""
        palette = self.palette
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "description": alt,
            "width": "container",
            "height": height,
            "padding": padding or {"left": 2, "right": 4, "top": 6, "bottom": 2},
            "background": "transparent",
            "layer": list(layers),
            "config": {
                "font": "Inter, sans-serif",
                "locale": self.formats.vega,
                "view": {"stroke": None},
                "axis": {
                    "grid": False, "domain": False, "ticks": False, "title": None,
                    "labelFontSize": 12, "labelColor": palette.muted, "labelPadding": 8,
                    "gridColor": palette.line, "gridOpacity": 0.8,
                },
                "legend": {
                    "disable": True, "orient": "top", "direction": "horizontal",
                    "symbolType": "square", "symbolSize": 90, "labelFontSize": 12,
                    "labelColor": palette.text, "labelLimit": 130, "rowPadding": 4,
                    "offset": 8,
                },
                "text": {"fontSize": 12, "color": palette.text},
            },
        }  # fmt: skip

    @property
    def quiet_title(self) -> Spec:
        """Return how the name of an axis is written where numbers need one."""
        return {"titleFontWeight": "normal", "titleColor": self.palette.muted,
                "titleFontSize": 12, "titlePadding": 8}  # fmt: skip

    def names(self, series: Sequence[str]) -> Spec:
        """Return the names of colours above a chart, as many in a line as a phone has
        room for."""
        longest = max(map(len, series), default=0)
        return {"columns": max(1, min(len(series), 32 // (longest + 4))), "title": None}

    def value_axis(
        self, unit: str | None, largest: float, smallest: float = 0.0, **more: Any
    ) -> Spec:
        """Return an axis in the unit's words; times step by whole minutes or hours."""
        label = self.formats.vega_axis(unit, largest)
        steps = clock.lines(unit, smallest, largest) if unit in clock.MINUTES else []
        ticks = {"values": steps} if len(steps) > 1 else {"tickCount": 4}
        return {"labelExpr": label, **ticks, **more}

    def words(self, **more: Any) -> Spec:
        """Return an axis that names things."""
        return {
            "labelColor": self.palette.text,
            "labelLimit": 150,
            "labelPadding": 10,
            "labelExpr": "split(datum.label, '\\n')",
            "labelLineHeight": 14,
            **more,
        }


def luminance(colour: str) -> float:
    """Return how light "#RRGGBB" is, 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    line = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * line[0] + 0.7152 * line[1] + 0.0722 * line[2]


def contrast(one: float, other: float) -> float:
    """Return the contrast ratio of two luminances, 1 to 21 (WCAG 2.2)."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def tooltip(**titles: str) -> list[Spec]:
    """Return tooltip lines of ready-made texts: field=title."""
    return [
        {"field": field, "type": "nominal", "title": title}
        for field, title in titles.items()
    ]


def ticks(days: Sequence[dt.date]) -> list[str]:
    """Return the days written below a line: of many in a row the Mondays, as weeks begin;
    else all of them, or every so many."""
    mondays = [day for day in days if day.weekday() == 0]
    daily = len(days) > SHORT and days[1] - days[0] == dt.timedelta(1)
    shown = mondays if daily else days
    return [day.isoformat() for day in shown[:: math.ceil(len(shown) / TICKS)]]
