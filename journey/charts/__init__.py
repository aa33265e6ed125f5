"""Frames and answers -> Vega-Lite specifications. Pure: no Streamlit, no DuckDB."""

from journey.charts.flow import flow
from journey.charts.look import DARK, LIGHT, PALETTES, Look, Palette, Spec
from journey.charts.measures import SEGMENTS, not_drawn, paced, segments, since_entry, trend
from journey.charts.moves import SHOWN as MOVES, moves
from journey.charts.tables import KINDS, draw

__all__ = [
    "DARK", "KINDS", "LIGHT", "MOVES", "PALETTES", "SEGMENTS", "Look", "Palette", "Spec",
    "draw", "flow", "moves", "not_drawn", "paced", "segments", "since_entry", "trend",
]  # fmt: skip
