"""Tables of queries: labels and formats from their headers, in the shop's locale."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from decimal import Decimal
from typing import Any

import polars as pl
import streamlit as st

from journey import data, words
from journey.formats import NOTHING, Formats
from journey.query import Query

LONG = 12
"""Rows from which a table scrolls inside its card."""
STYLED = 20_000
"""Cells up to which a table is styled: more would take a second."""


def show(frame: pl.DataFrame, query: Query | None, key: str) -> None:
    """Draw the rows as the locale writes them; numbers stand right and sort as numbers,
    names stay in view."""
    formats = data.formats()
    columns: dict[str, Any] = {}
    texts: dict[str, list[str]] = {}
    for number, name in enumerate(frame.columns):
        about = query.columns.get(name) if query else None
        values = frame[name].to_list()
        if name in words.SEGMENTS:
            values = [named(name, value, formats) for value in values]
        style = about.format if about else None
        texts[name] = [cell(value, style, formats) for value in values]
        is_number = frame.schema[name].is_numeric()
        kind: Any = st.column_config.TextColumn
        if is_number and _is_small(frame):
            kind = st.column_config.NumberColumn
        columns[name] = kind(
            (about.label if about else None) or name.replace("_", " ").capitalize(),
            help=about.description if about and about.description != about.label else None,
            alignment="right" if is_number else "left",
            pinned=number == 0,
        )
    st.dataframe(
        sortable(frame, texts), column_config=columns, hide_index=True,
        key=f"table_{key}", placeholder=NOTHING, width="stretch",
        height=38 + 35 * min(max(frame.height, 1), LONG),
    )  # fmt: skip


def sortable(frame: pl.DataFrame, texts: dict[str, list[str]]) -> Any:
    """Return rows that show the texts and sort by the numbers behind them.

    A table too large to be styled has its numbers padded, which sorts nearly as well.
    """
    numbers = [name for name in frame.columns if frame.schema[name].is_numeric()]
    if not numbers or not _is_small(frame):
        padded = {
            name: _padded(column) if name in numbers else column
            for name, column in texts.items()
        }
        return pl.DataFrame(padded, schema=dict.fromkeys(texts, pl.String))
    plain = pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))
    values = plain.with_columns(frame[name].cast(pl.Float64) for name in numbers)
    style = values.to_pandas().style
    for name in numbers:
        # two rows of one number have one text
        known = dict(zip(values[name], texts[name], strict=True))
        style = style.format(lambda value, known=known: known.get(value, NOTHING),
                             subset=[name])  # fmt: skip
    return style


def _is_small(frame: pl.DataFrame) -> bool:
    return frame.height * frame.width <= STYLED


def _padded(texts: list[str]) -> list[str]:
    width = max(map(len, texts), default=0)
    return [text.rjust(width) for text in texts]


def named(column: str, value: Any, formats: Formats) -> Any:
    """Return a segment value as people say it: "Cash on delivery", "Czechia"."""
    return words.value(column, value, formats) if isinstance(value, str) else value


def cell(value: Any, style: str | None, formats: Formats) -> str:
    """Return one value as text; an empty one is a dash, never a zero."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return formats.moment(value, zoneinfo.ZoneInfo(data.settings().reporting.time_zone))
    if isinstance(value, dt.date):
        return formats.date(value)
    if isinstance(value, (int, float, Decimal)):
        return formats.value(float(value), style or "number")
    return NOTHING if value in ("", "{}") else str(value)
