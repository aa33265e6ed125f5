"""Frames and answers -> Vega-Lite specifications. Pure: no Streamlit, no DuckDB."""

from journey.charts.flow import flow
from journey.charts.look import DARK, LIGHT, PALETTES, Look, Palette, Spec
from journey.charts.measures import not_drawn, paced, segments, since_entry, trend
from journey.charts.tables import KINDS, draw

__all__ = [
    "DARK", "KINDS", "LIGHT", "PALETTES", "Look", "Palette", "Spec",
    "draw", "flow", "not_drawn", "paced", "segments", "since_entry", "trend",
]  # fmt: skip
