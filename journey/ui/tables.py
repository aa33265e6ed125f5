"""Tables of queries: labels and formats from their headers, in the shop's locale."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import Any, Literal

import polars as pl
import streamlit as st

from journey import data, words
from journey.formats import NOTHING, Formats
from journey.query import Query

Kind = Literal["number", "date", "moment", "text"]
"""By what the rows of a column sort."""
KINDS: Mapping[Kind, Any] = {
    "number": st.column_config.NumberColumn, "date": st.column_config.DateColumn,
    "moment": st.column_config.DatetimeColumn, "text": st.column_config.TextColumn,
}  # fmt: skip
LINKS = {"order_id": "In the shop", "ticket_id": "In the helpdesk"}
"""What a column of addresses is called."""
PHONE = 40
"""Rows that a phone lists; the download has them all."""
LONG = 12
"""Rows from which a table scrolls inside its card."""
STYLED = 20_000
"""Cells up to which a table is styled: more would take a second."""


def show(
    frame: pl.DataFrame,
    query: Query | None,
    key: str,
    links: Mapping[str, Sequence[str]] | None = None,
    texts: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Draw the rows as the locale writes them; numbers and days sort as what they are.

    On a phone every row is two lines. `links`: column -> an address or "" for each row;
    `texts`: column -> its values as they shall be read.
    """
    said = texts or {}
    columns = [_column(frame, name, query, said.get(name)) for name in frame.columns]
    config: dict[str, Any] = {}
    for number, column in enumerate(columns):
        kind = KINDS[column.kind] if _is_small(frame) else st.column_config.TextColumn
        config[column.name] = kind(
            column.label, help=column.help, pinned=number == 0,
            alignment="right" if column.kind == "number" else "left",
        )  # fmt: skip
    written = {column.name: column.texts for column in columns}
    for name, urls in (links or {}).items():
        label, place = LINKS.get(name, name), f"{name} link"
        config[place] = st.column_config.LinkColumn(label, display_text="Open")
        written[place] = list(urls)
        frame = frame.with_columns(pl.Series(place, written[place], pl.String))
    drawn = sortable(frame, written)
    with st.container(key=f"wide_{_plain(key)}"):
        st.dataframe(
            drawn, column_config=config, hide_index=True, key=f"table_{key}",
            placeholder=NOTHING, width="stretch",
            height=38 + 35 * min(max(frame.height, 1), LONG),
        )  # fmt: skip
    with st.container(key=f"narrow_{_plain(key)}"):
        st.html(two_lines(columns, links or {}))


@dataclass(frozen=True)
class Column:
    """One column of a table, ready to be drawn."""

    name: str
    label: str
    kind: Kind
    texts: list[str]
    help: str | None = None


def _column(
    frame: pl.DataFrame, name: str, query: Query | None, said: Sequence[str] | None = None
) -> Column:
    formats = data.formats()
    about = query.columns.get(name) if query else None
    values = frame[name].to_list()
    if name in words.SEGMENTS:
        values = [named(name, value, formats) for value in values]
    style = about.format if about else None
    label = (about.label if about else None) or name.replace("_", " ").capitalize()
    told = about.description if about and about.description != about.label else None
    texts = list(said or (cell(value, style, formats) for value in values))
    return Column(name, label, kind_of(frame.schema[name]), texts, told)


def kind_of(dtype: pl.DataType) -> Kind:
    """Return by what a column sorts."""
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Date:
        return "date"
    return "moment" if isinstance(dtype, pl.Datetime) else "text"


def two_lines(columns: Sequence[Column], links: Mapping[str, Sequence[str]]) -> str:
    """Return the rows for a phone: a name and the first number, the rest below."""
    first = columns[0]
    lead = next((c for c in columns[1:] if c.kind == "number"), None)
    rest = [c for c in columns[1:] if c is not lead]
    count = len(first.texts)
    rows = []
    for number in range(min(count, PHONE)):
        below = [
            f"<span>{escape(c.label)} {escape(c.texts[number])}</span>"
            for c in rest if c.texts[number] != NOTHING
        ]  # fmt: skip
        below += [
            f'<a href="{escape(urls[number])}" target="_blank" rel="noopener">'
            f"{escape(LINKS.get(name, name))}</a>"
            for name, urls in links.items() if urls[number]
        ]  # fmt: skip
        value = f"{lead.label} {lead.texts[number]}" if lead else ""
        rows.append(
            f"<li><div><b>{escape(first.texts[number])}</b><i>{escape(value)}</i></div>"
            f"<p>{' · '.join(below)}</p></li>"
        )
    more = data.formats().counted(count - PHONE, "more row") if count > PHONE else ""
    tail = f"<p>{escape(more)} in the download.</p>" if more else ""
    return f'<ul class="two-lines">{"".join(rows)}</ul>{tail}'


def sortable(frame: pl.DataFrame, texts: dict[str, list[str]]) -> Any:
    """Return rows that show the texts and sort by the numbers and days behind them.

    A table too large to be styled has its numbers padded and its days written from the
    year on, which sort nearly as well.
    """
    kinds = {name: kind_of(frame.schema[name]) for name in frame.columns}
    real = [name for name, kind in kinds.items() if kind != "text"]
    if not real or not _is_small(frame):
        plain = {
            name: _sorting(frame[name], column, kinds[name])
            for name, column in texts.items()
        }
        return pl.DataFrame(plain, schema=dict.fromkeys(texts, pl.String))
    rows = pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String))
    values = rows.with_columns(
        frame[name].cast(pl.Float64) if kinds[name] == "number" else frame[name]
        for name in real
    )
    table = values.to_pandas()
    style = table.style
    for name in real:
        # two rows of one number have one text
        known = dict(zip(table[name], texts[name], strict=True))
        style = style.format(lambda value, known=known: known.get(value, NOTHING),
                             subset=[name], na_rep=NOTHING)  # fmt: skip
    return style


def _sorting(values: pl.Series, texts: list[str], kind: Kind) -> list[str]:
    if kind == "number":
        return _padded(texts)
    if kind in ("date", "moment"):
        return [str(value)[:16] if value is not None else NOTHING for value in values]
    return texts


def _plain(key: str) -> str:
    return "".join(c if c.isalnum() else "_" for c in key)


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
