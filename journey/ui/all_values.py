"""The card "All values": every value of a column with its headlines, dearest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from journey import data, words
from journey.answer import Answer, Part
from journey.figures.scoped import Figures
from journey.findings import contrast
from journey.findings.contrast import Row
from journey.formats import NOTHING, Formats
from journey.query import Query
from journey.query.file import Column
from journey.scope import NOT_SET
from journey.ui import downloads, problems, tables

SIZES = (*contrast.COUNTED, "conversion/revenue", "retention/customers")
"""What is counted before the headlines."""
AGAIN = "retention/next_order_90_days"
"""What tells tiers of customers apart, whom no first order can."""
GAP = "Dearest gap"
ABOUT_GAP = (
    f"{GAP}: the most that one headline costs a value beside everyone else, where it is "
    "beyond chance; an estimate of these days."
)
NO_LOSS = "no loss beyond chance"


@dataclass(frozen=True)
class Table:
    """One row a value, with the labels of its columns and what its dashes mean."""

    frame: pl.DataFrame
    labels: Mapping[str, Column]
    whys: Mapping[str, list[str | None]]


def card(figures: Figures, column: str, headlines: Sequence[str]) -> None:
    """Draw the table of one column with its downloads."""
    formats, name = data.formats(), words.SEGMENTS.get(column, column)
    names = [*SIZES, AGAIN, *headlines]
    data.prepare(names, figures.scope, split=True)
    found = table(figures, column, names, formats)
    if found.frame.height < 2 or found.frame.width < 2:
        return
    gaps = [name for name in found.frame.columns if name.startswith(GAP)]
    texts = {gap: [_about(cost, formats) for cost in found.frame[gap]] for gap in gaps}
    query = Query(
        f"segments/{column}", Path(), "table", "", "", f"All values of {name.lower()}",
        description=ABOUT_GAP if gaps else "", columns=found.labels,
    )  # fmt: skip
    with st.container(border=True, key="card_all_values"):
        st.markdown(f"#### {problems.plain(query.title)}")
        if gaps:
            st.caption(ABOUT_GAP)
        tables.show(found.frame, query, f"all_{column}", texts=texts, whys=found.whys)
        reads = [mart for one in names for mart in figures.glance(one).reads]
        answer = Answer(
            query.name, figures.scope.period, frame=found.frame,
            reads=tuple(dict.fromkeys(reads)),
        )  # fmt: skip
        downloads.draw(answer.name, answer, figures.scope, "all_values", query)


def table(figures: Figures, column: str, names: Sequence[str], formats: Formats) -> Table:
    """Return one row a value, dearest first, then in the order of the screen.

    Measures that do not split by the column, or have less than two figures, are left out.
    """
    known = figures.library.queries
    parts = {n: _parts(figures, column, n) for n in dict.fromkeys(names) if n in known}
    shown = {n: found for n, found in parts.items() if _is_told(found)}
    gaps = contrast.gaps(figures, list(shown), [column])
    dear = {pair.value: contrast.dearest_row(rows) for pair, rows in gaps.items()}
    values = dict.fromkeys(label for found in shown.values() for label in found)
    order = words.in_order(column, list(values))
    order.sort(key=lambda v: (v == NOT_SET, -_cost(dear.get(v))))
    name = words.SEGMENTS.get(column, column)
    columns: dict[str, list[Any]] = {name: [words.value(column, v, formats) for v in order]}
    labels = {name: Column(name)}
    whys: dict[str, list[str | None]] = {}
    if any(dear.values()):
        gap, where = f"{GAP}, {formats.money_label}", "Dearest in"
        labels |= {gap: Column(gap, "money"), where: Column(where)}
        columns[gap] = [_cost(dear.get(v)) or None for v in order]
        columns[where] = [_title(dear.get(v)) for v in order]
        whys[gap] = [NO_LOSS] * len(order)
    for query, found in ((known[n], parts) for n, parts in shown.items()):
        title = (
            query.title if query.title not in labels else f"{query.title} ({query.topic})"
        )
        labels[title] = Column(title, query.unit, description=query.question)
        columns[title] = [_value(found.get(v), query) for v in order]
        whys[title] = [_why(found.get(v)) for v in order]
    schema = {c: pl.String if c in (name, "Dearest in") else pl.Float64 for c in columns}
    return Table(pl.DataFrame(columns, schema), labels, whys)


def _is_told(parts: Mapping[str, Part]) -> bool:
    return sum(part.now.value is not None for part in parts.values()) > 1


def _value(part: Part | None, query: Query) -> float | None:
    """Return the figure; what never came in these days was counted: 0 times."""
    if part is None:
        return 0.0 if query.unit == "count" else None
    return part.now.value


def _why(part: Part | None) -> str | None:
    """Return what a dash means: withheld, too few counted, or nothing to tell."""
    if part is None or not (part.now.units or part.now.state == "suppressed"):
        return tables.EMPTY
    return tables.WITHHELD if part.now.state == "suppressed" else tables.FEW


def _parts(figures: Figures, column: str, name: str) -> dict[str, Part]:
    measure = figures.answer(name).measure
    return {part.label: part for part in (measure.parts.get(column, ()) if measure else ())}


def _cost(row: Row | None) -> float:
    return row.cost[0] if row and row.cost else 0.0


def _about(cost: float | None, formats: Formats) -> str:
    return NOTHING if cost is None else formats.estimate(cost, None, None)


def _title(row: Row | None) -> str | None:
    return row.query.title if row else None
