"""Charts of query files of kind "chart": a frame and what its header asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from journey import words
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

    from journey.answer import Answer
    from journey.query import Query

COLUMNS = ("x", "y", "colour", "source", "target", "value", "row", "size")
"""Keys of [chart] that name a column."""

COMPARED = frozenset(
    {"bar", "line", "area", "funnel", "histogram", "big_number", "sparklines"}
)
"""Types that draw the days compared with too, in grey."""

BEFORE = {
    "bar": "A tick or a grey bar marks the days before.",
    "funnel": "A tick marks the share of the days before.",
    "histogram": "A grey line marks the days before.",
    "sparklines": "A grey line marks the days before.",
}
"""What the mark of the days compared with is, where the chart itself does not say."""


def of_query(
    query: Query, answer: Answer, look: Look, before: Answer | None = None
) -> Spec | None:
    """Return the chart of a query file of kind "chart"; None where nothing can be drawn.

    before: the same query over the days compared with.
    """
    if query.chart is None or answer.frame is None:
        return None
    shift = None
    if before is not None:
        shift = (answer.period.first - before.period.first).days
    roles = {**query.chart.columns, "step": query.chart.step, "unit": query.unit,
             "columns": query.columns, "shift": shift}  # fmt: skip
    past = before.frame if before is not None else None
    return draw(
        query.chart.type, said(answer.frame, look), roles, look,
        said(past, look) if past is not None else None,
    )  # fmt: skip


def said(frame: polars.DataFrame, look: Look) -> polars.DataFrame:
    """Return the frame with segment values as people say them."""
    import polars as pl

    formats = look.formats
    named = [
        pl.Series(name, [value and words.value(name, value, formats)
                         for value in frame[name]], pl.String)
        for name in frame.columns
        if name in {*words.SEGMENTS, *words.VALUES} and frame.schema[name] == pl.String
    ]  # fmt: skip
    return frame.with_columns(named)


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
