"""An Excel file: the rows as real numbers and days, and a sheet that says what they are."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from journey.formats import Formats
from journey.output.about import About

OPTIONS = {
    "in_memory": True, "nan_inf_to_errors": True,
    "strings_to_formulas": False, "strings_to_urls": False,
}  # fmt: skip
"""A text of a source stays text: no formula, no link to click."""

NUMBERS = {
    "percent": "0.0%", "percent_points": "0.0%", "per_100": "0.0%",
    "count": "#,##0", "people": "#,##0", "score": "0.00", "ratio": "0.00##",
    "points": "0.00", "seconds": '#,##0.0" s"', "minutes": '#,##0.0" min"',
    "hours": '#,##0.0" h"', "days": '#,##0.0" d"',
}  # fmt: skip
LARGEST = 10**15
"""From here on Excel rounds whole numbers: they are written as texts."""
LONGEST = 32_000
"""Letters that a cell of Excel takes."""
WIDTHS = (9, 46)
"""Least and greatest width of a column, in letters."""


def workbook(
    table: pl.DataFrame,
    formats: Formats,
    about: About | None = None,
    labels: Mapping[str, str] | None = None,
    units: Mapping[str, str] | None = None,
) -> bytes:
    """Return the file: sheet "Data" with its head frozen, sheet "About".

    labels: what columns are called; units: how numbers of a column are written.
    """
    buffer = io.BytesIO()
    with Workbook(buffer, OPTIONS) as book:
        rows = plain(table)
        named = rows.rename(_heads(rows.columns, labels or {}))
        styles = [_style((units or {}).get(name), kind, formats)
                  for name, kind in rows.schema.items()]  # fmt: skip
        named.write_excel(
            book, "Data", table_style="Table Style Light 1", freeze_panes=(1, 0),
            column_formats={name: style for name, style in
                            zip(named.columns, styles, strict=True) if style},
            column_widths={name: _width(name, named[name]) for name in named.columns},
        )  # fmt: skip
        if about is not None:
            _about(book, about, labels or {})
    return buffer.getvalue()


def plain(table: pl.DataFrame) -> pl.DataFrame:
    """Return the table as spreadsheets take it: wall time without a zone, no number that
    is none, lists as texts, whole numbers that would be rounded as texts."""
    changed = []
    for name, kind in table.schema.items():
        column = pl.col(name)
        if isinstance(kind, pl.Datetime) and kind.time_zone:
            changed.append(column.dt.replace_time_zone(None))
        elif kind.is_float():
            changed.append(pl.when(column.is_finite()).then(column))
        elif kind.is_integer() and _is_large(table[name]):
            changed.append(column.cast(pl.String))
        elif kind.is_decimal():
            changed.append(column.cast(pl.Float64))
        elif kind == pl.String:
            changed.append(column.str.slice(0, LONGEST))
        elif kind.is_nested() or kind in (pl.Object, pl.Binary):
            texts = [
                None if value is None else str(value) for value in table[name].to_list()
            ]
            changed.append(pl.Series(name, texts, pl.String))  # type: ignore[arg-type]
    return table.with_columns(changed)


def _is_large(values: pl.Series) -> bool:
    largest = values.cast(pl.Int128).abs().max()
    return isinstance(largest, int) and largest >= LARGEST


def _heads(columns: Sequence[str], labels: Mapping[str, str]) -> dict[str, str]:
    """Return what each column is called; no two alike, in any case of letters."""
    taken: set[str] = set()
    heads = {}
    for column in columns:
        head = " ".join((labels.get(column) or column).split())[:250]
        if head.casefold() in taken:
            head = f"{head} ({column})"
        taken.add(head.casefold())
        heads[column] = head
    return heads


def _style(unit: str | None, kind: pl.DataType, formats: Formats) -> dict[str, Any] | None:
    day = formats.date_input.lower().replace("-", "\\-")
    if kind == pl.Date:
        return {"num_format": day, "align": "left"}
    if isinstance(kind, pl.Datetime):
        return {"num_format": f"{day} hh:mm", "align": "left"}
    if not kind.is_numeric():
        return None
    if unit == "money":
        before, after = formats.vega["number"]["currency"]
        return {"num_format": f'"{before}"#,##0.00"{after}"'.replace('""', "")}
    if unit in NUMBERS:
        return {"num_format": NUMBERS[unit]}
    return {"num_format": "#,##0" if kind.is_integer() else "#,##0.####"}


def _width(head: str, values: pl.Series) -> int:
    """Return the pixels that a column needs, between a least and a greatest width."""
    longest = values.cast(pl.String, strict=False).str.len_chars().max()
    if values.dtype.is_float():
        longest = 11
    letters = max(len(head) + 3, longest if isinstance(longest, int) else 0)
    return 8 + 7 * min(max(letters, WIDTHS[0]), WIDTHS[1])


def _about(book: Any, about: About, labels: Mapping[str, str]) -> None:
    """Write every fact in a line, then what the columns are."""
    sheet = book.add_worksheet("About")
    head = book.add_format({"bold": True, "valign": "top"})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 100)
    facts = list(about.facts().items())
    facts += [(f"Column {name}", label) for name, label in labels.items() if label != name]
    for row, (name, value) in enumerate(facts):
        sheet.write_string(row, 0, name, head)
        sheet.write_string(row, 1, value[:LONGEST], text)
    book.set_properties({
        "title": about.title, "subject": about.scope, "author": about.owner,
        "comments": about.as_of,
    })  # fmt: skip
