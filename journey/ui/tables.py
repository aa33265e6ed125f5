"""Tables of queries: labels and formats from their headers, in the shop's locale."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import polars as pl
import streamlit as st

from journey import data, words
from journey.figures import measures
from journey.formats import NOTHING, Formats
from journey.query import Query
from journey.query.traits import FEWEST_PEOPLE
from journey.ui import component

Kind = Literal["number", "date", "moment", "text", "link"]
"""By what the rows of a column sort."""
LINKS = {"order_id": "In the shop", "ticket_id": "In the helpdesk"}
"""What a column of addresses is called."""
LISTED = 2000
"""Rows that are listed; the download has them all."""
FEW = f"fewer than {measures.FEWEST} counted"
WITHHELD = f"withheld for fewer than {FEWEST_PEOPLE} people"
EMPTY = "nothing to tell"
WHOLE_FROM = {"money": 1000.0, "count": 30.0}
"""From which largest value on a column is written without fractions."""


def show(
    frame: pl.DataFrame,
    query: Query | None,
    key: str,
    links: Mapping[str, Sequence[str]] | None = None,
    texts: Mapping[str, Sequence[str]] | None = None,
    whys: Mapping[str, Sequence[str | None]] | None = None,
) -> None:
    """Draw the rows as the locale writes them; numbers and days sort as what they are.

    On a phone every row is two lines, and the first three are shown. `links`: column ->
    an address or "" for each row; `texts`: column -> its values as they shall be read;
    `whys`: column -> why a row has no value, where the frame itself does not tell.
    """
    shown = content(frame, query, links or {}, texts or {}, whys or {})
    component.table(shown, f"table_{key}")
    if frame.height > LISTED:
        all_, listed = (data.formats().number(n) for n in (frame.height, LISTED))
        st.caption(f"{listed} of {all_} rows are listed; the download has them all.")


def content(
    frame: pl.DataFrame,
    query: Query | None,
    links: Mapping[str, Sequence[str]],
    texts: Mapping[str, Sequence[str]],
    whys: Mapping[str, Sequence[str | None]] | None = None,
) -> dict[str, Any]:
    """Return a table as plain data: columns with what they sort by, rows of texts."""
    listed, known = frame.head(LISTED), whys or {}
    columns = [
        _column(listed, name, query, texts.get(name), known.get(name))
        for name in frame.columns
    ]
    columns += [
        Column(LINKS.get(name, name), "link", list(urls[:LISTED]))
        for name, urls in links.items()
    ]
    about = [
        {
            "label": c.label,
            "kind": c.kind,
            "help": c.help,
            "values": c.values,
            "gaps": c.gaps,
        }
        for c in columns
    ]
    rows = [list(row) for row in zip(*(c.texts for c in columns), strict=True)]
    formats = data.formats()
    return {
        "columns": about, "rows": rows, "nothing": NOTHING, "locale": formats.locale,
        "all": f"Show all {formats.counted(len(rows), 'row')}",
    }  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of a table, ready to be drawn."""

    label: str
    kind: Kind
    texts: list[str]
    help: str | None = None
    values: list[Any] | None = None
    """What it sorts by; None for texts, which sort by themselves."""
    gaps: list[str | None] | None = None
    """Why each row has no value, None where it has one; None where all have."""


def _column(
    frame: pl.DataFrame,
    name: str,
    query: Query | None,
    said: Sequence[str] | None,
    whys: Sequence[str | None] | None,
) -> Column:
    formats = data.formats()
    about = query.columns.get(name) if query else None
    values = frame[name].to_list()
    if name in words.SEGMENTS or name in words.VALUES:
        values = [named(name, value, formats) for value in values]
    style = about.format if about else None
    label = (about.label if about else None) or name.replace("_", " ").capitalize()
    told = about.description if about and about.description != about.label else None
    kind = kind_of(frame.schema[name])
    whole = _is_whole(frame[name], style)
    written = said[:LISTED] if said else (cell(v, style, formats, whole) for v in values)
    missing = list(whys) if whys else gaps(frame, name, query)
    return Column(label, kind, list(written), told, sorting(frame[name]), missing)


def _is_whole(values: pl.Series, style: str | None) -> bool:
    """Whether no amount of a column needs its cents, nor a count its fraction, because
    others of it are large."""
    least = WHOLE_FROM.get(style or "")
    if least is None or not values.dtype.is_numeric():
        return False
    largest = values.cast(pl.Float64).abs().max()
    return isinstance(largest, float) and largest >= least


def gaps(frame: pl.DataFrame, name: str, query: Query | None) -> list[str | None] | None:
    """Return why each row of a column of numbers is empty; None where none is."""
    if not frame.schema[name].is_numeric() or not frame[name].null_count():
        return None
    columns = query.columns if query else {}
    behind = columns[name].of if name in columns else None
    people = [c for c in frame.columns if c in columns and columns[c].format == "people"]
    counted = [column for column in (behind, *people) if column in frame.columns]
    rows = frame.select(*dict.fromkeys((name, *counted))).iter_rows(named=True)
    return [None if row[name] is not None else _why(row, behind, people) for row in rows]


def _why(row: Mapping[str, Any], behind: str | None, people: Sequence[str]) -> str:
    """Return why a row has no number: withheld, too few behind it, or nothing told."""
    if any(row[column] is None for column in people):
        return WITHHELD
    if behind is None:
        return EMPTY
    if behind not in row:
        return f"{FEW}, or {EMPTY}"
    return FEW if 0 < (row[behind] or 0) < measures.FEWEST else EMPTY


def dashes(frame: pl.DataFrame, query: Query | None) -> str:
    """Return what the dashes of a table mean, "" where it has none."""
    found = {why for name in frame.columns for why in gaps(frame, name, query) or ()}
    said = " ".join(why for why in found if why)
    told = [why for why in (FEW, WITHHELD, EMPTY) if why in said]
    return f"A dash: {' or '.join(told)}." if told else ""


def kind_of(dtype: pl.DataType) -> Kind:
    """Return by what a column sorts."""
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Date:
        return "date"
    return "moment" if isinstance(dtype, pl.Datetime) else "text"


def sorting(values: pl.Series) -> list[Any] | None:
    """Return numbers and ISO days to sort by, empty ones as None; None for texts."""
    match kind_of(values.dtype):
        case "number":
            return values.cast(pl.Float64).fill_nan(None).to_list()
        case "date" | "moment":
            return [None if value is None else value.isoformat() for value in values]
        case _:
            return None


def named(column: str, value: Any, formats: Formats) -> Any:
    """Return a segment value as people say it: "Cash on delivery", "Czechia"."""
    return words.value(column, value, formats) if isinstance(value, str) else value


def cell(value: Any, style: str | None, formats: Formats, whole: bool = False) -> str:
    """Return one value as text; an empty one is a dash, never a zero."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return formats.stamp(value, zoneinfo.ZoneInfo(data.settings().reporting.time_zone))
    if isinstance(value, dt.date):
        return formats.date(value)
    if isinstance(value, (int, float, Decimal)):
        if whole:
            write = formats.money if style == "money" else formats.number
            return write(float(value), 0)
        return formats.value(float(value), style or "number")
    return NOTHING if value in ("", "{}") else str(value)
