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


def show(frame: pl.DataFrame, query: Query | None, key: str) -> None:
    """Draw the rows as texts of the locale; numbers stand right, names stay in view."""
    formats = data.formats()
    columns: dict[str, Any] = {}
    texts: dict[str, list[str]] = {}
    for number, name in enumerate(frame.columns):
        about = query.columns.get(name) if query else None
        style = about.format if about else None
        is_number = frame.schema[name].is_numeric()
        values = frame[name].to_list()
        if name in words.SEGMENTS:
            values = [named(name, value, formats) for value in values]
        texts[name] = [cell(value, style, formats) for value in values]
        columns[name] = st.column_config.TextColumn(
            (about.label if about else None) or name.replace("_", " ").capitalize(),
            help=about.description if about and about.description != about.label else None,
            alignment="right" if is_number else "left",
            pinned=number == 0,
        )
    st.dataframe(
        pl.DataFrame(texts), column_config=columns, hide_index=True, key=f"table_{key}",
        height=38 + 35 * min(max(frame.height, 1), LONG), width="stretch",
    )  # fmt: skip


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
