"""The card "All values": every value of a column with its headlines, dearest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import streamlit as st

from journey import contrast, data, words
from journey.answer import Answer, Part
from journey.contrast import Row
from journey.formats import NOTHING, Formats
from journey.query.file import Column
from journey.scope import NOT_SET
from journey.scoped import Figures
from journey.ui import drawer, problems, tables

SIZES = (*contrast.COUNTED, "conversion/revenue", "retention/customers")
"""What is counted before the headlines."""
GAP = "Dearest gap"


def card(figures: Figures, column: str, headlines: Sequence[str]) -> None:
    """Draw the table of one column with its downloads."""
    formats, name = data.formats(), words.SEGMENTS.get(column, column)
    data.prepare(SIZES, figures.scope, split=True)
    frame, labels = table(figures, column, [*SIZES, *headlines], formats)
    if frame.height < 2 or frame.width < 2:
        return
    query = next(iter(figures.library.queries.values()))
    gaps = [column for column in frame.columns if column.startswith(GAP)]
    texts = {gap: [_about(cost, formats) for cost in frame[gap]] for gap in gaps}
    with st.container(border=True, key="card_all_values"):
        st.markdown(f"#### All values of {problems.plain(name.lower())}")
        if gaps:
            st.caption(
                f"{GAP}: the most that one headline costs a value beside everyone else, "
                "where it is beyond chance; an estimate of these days."
            )
        tables.show(frame, replace(query, columns=labels), f"all_{column}", texts=texts)
        answer = Answer(f"segments/{column}", figures.scope.period, frame=frame)
        with st.container(horizontal=True):
            for kind in drawer.DOWNLOADS:
                drawer.download(answer, kind, "all_values")


def table(
    figures: Figures, column: str, names: Sequence[str], formats: Formats
) -> tuple[pl.DataFrame, dict[str, Column]]:
    """Return one row a value, dearest first, then largest; with labels and formats.

    Measures that do not split by the column, or have less than two figures, are left out.
    """
    known = figures.library.queries
    parts = {n: _parts(figures, column, n) for n in dict.fromkeys(names) if n in known}
    shown = {
        n: p
        for n, p in parts.items()
        if sum(e.now.value is not None for e in p.values()) > 1
    }
    gaps = contrast.gaps(figures, list(shown), [column])
    dear = {pair.value: contrast.dearest_row(rows) for pair, rows in gaps.items()}
    values = list(dict.fromkeys(label for found in shown.values() for label in found))
    values.sort(key=lambda v: (v == NOT_SET, -_cost(dear.get(v))))
    name = words.SEGMENTS.get(column, column)
    series = [pl.Series(name, [words.value(column, v, formats) for v in values], pl.String)]
    labels = {name: Column(name)}
    if any(dear.values()):
        gap, where = f"{GAP}, {formats.money_label}", "Dearest in"
        labels |= {gap: Column(gap, "money"), where: Column(where)}
        series += [
            pl.Series(gap, [_cost(dear.get(v)) or None for v in values], pl.Float64),
            pl.Series(where, [_title(dear.get(v)) for v in values], pl.String),
        ]
    for query, found in ((known[n], p) for n, p in shown.items()):
        title = (
            query.title if query.title not in labels else f"{query.title} ({query.topic})"
        )
        labels[title] = Column(title, query.unit, description=query.question)
        series.append(pl.Series(title, [_value(found.get(v)) for v in values], pl.Float64))
    return pl.DataFrame(series), labels


def _parts(figures: Figures, column: str, name: str) -> dict[str, Part]:
    measure = figures.answer(name).measure
    return {part.label: part for part in (measure.parts.get(column, ()) if measure else ())}


def _cost(row: Row | None) -> float:
    return row.cost[0] if row and row.cost else 0.0


def _about(cost: float | None, formats: Formats) -> str:
    return NOTHING if cost is None else formats.estimate(cost, None, None)


def _title(row: Row | None) -> str | None:
    return row.query.title if row else None


def _value(part: Part | None) -> float | None:
    return part.now.value if part else None
