"""Frames and answers -> Vega-Lite specifications. Pure: no Streamlit, no DuckDB."""

from journey.charts.flow import flow
from journey.charts.kinds import BEFORE, KINDS, compares, draw, of_query, said
from journey.charts.look import DARK, LIGHT, PALETTES, Look, Palette, Spec
from journey.charts.marks import Mark
from journey.charts.measures import SEGMENTS, not_drawn, segments, since_entry
from journey.charts.moves import SHOWN as MOVES, moves
from journey.charts.trend import paced, trend

__all__ = [
    "BEFORE", "DARK", "KINDS", "LIGHT", "MOVES", "PALETTES", "SEGMENTS", "Look", "Mark",
    "Palette", "Spec", "compares", "draw", "flow", "moves", "not_drawn", "of_query",
    "paced", "said", "segments", "since_entry", "trend",
]  # fmt: skip
