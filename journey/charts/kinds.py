"""Charts of query files of kind "chart": a frame and what its header asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from journey.charts.bars import bars
from journey.charts.columns import columns
from journey.charts.flow import sankey
from journey.charts.funnel import steps
from journey.charts.grid import heat
from journey.charts.lines import areas, lines, points
from journey.charts.look import Look, Spec
from journey.charts.number import number
from journey.charts.rows import Table, has_values, is_word, plain
from journey.charts.sparklines import sparklines
from journey.charts.spread import spread
from journey.charts.stacks import stacks

if TYPE_CHECKING:
    import polars

COLUMNS = ("x", "y", "colour", "source", "target", "value", "row", "size")
"""Keys of [chart] that name a column."""

COMPARED = frozenset(
    {"bar", "line", "area", "funnel", "histogram", "big_number", "sparklines"}
)
"""Types that draw the days compared with too, in grey."""


def compares(kind: str, roles: Mapping[str, Any]) -> bool:
    """Whether a chart draws the days compared with: lines of several colours do not."""
    return kind in COMPARED and not (kind in ("line", "area") and roles.get("colour"))


def draw(
    kind: str,
    frame: polars.DataFrame,
    roles: Mapping[str, Any],
    look: Look,
    before: polars.DataFrame | None = None,
) -> Spec | None:
    """Return the chart a `[chart]` block asks for; None where nothing can be drawn.

    Roles are the block's keys, and `unit`, `columns` (labels and formats of the header),
    `top` (the value of the darkest cell, for grids that stand beside each other), `shift`
    (days from the first day compared with to the first one now). An unknown kind is drawn
    as bars.
    """
    table = Table(
        plain(frame, look),
        {key: column for key in COLUMNS if (column := roles.get(key))},
        roles.get("unit"),
        plain(before, look) if before is not None and kind in COMPARED else (),
        roles.get("columns") or {},
        roles.get("top"),
        roles.get("step"),
        roles.get("shift"),
    )
    if not set(table.roles.values()) <= set(frame.columns) or not has_values(table):
        return None
    return KINDS.get(kind, _bar)(table, look)


def _bar(table: Table, look: Look) -> Spec | None:
    """Return bars that stand over days and numbers, and lie over words."""
    if is_word(table, table.x) or is_word(table, table.y):
        return bars(table, look)
    return columns(table, look)


KINDS: Mapping[str, Callable[[Table, Look], Spec | None]] = {
    "bar": _bar,
    "stacked_bar": stacks,
    "line": lines,
    "area": areas,
    "point": points,
    "heat_map": heat,
    "cohort": heat,
    "histogram": spread,
    "funnel": steps,
    "sankey": sankey,
    "big_number": number,
    "sparklines": sparklines,
}
