"""Sheets of workbooks as people make them: titles above, blank rows, merged cells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice
from pathlib import Path

import polars

from journey.connector import Files
from journey.problem import JourneyError, Problem, near

HEAD = 10_000
"""Cells that show in which column the rows begin."""


@dataclass(frozen=True)
class Sheet:
    frame: polars.DataFrame
    """Its rows without blank ones; of merged cells each has the value."""
    lines: Sequence[int]
    """The row of the sheet each stands on."""
    others: Sequence[str]
    """The names of the other sheets."""


@dataclass(frozen=True)
class Layout:
    """Where cells stand; rows and columns from 1."""

    top: int = 1
    left: int = 1
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """First row, first column, last row, last column."""


def read_sheet(path: Path, name: str, batch: Files) -> Sheet:
    """Return the sheet that the mapping names, else the first.

    Raises JourneyError when there is none, or nothing on it.
    """
    import fastexcel

    try:
        book = fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        raise _problem(
            name, str(error).splitlines()[0], "an Excel file (.xlsx, .xls, .xlsb, .ods)",
            "save it as .xlsx without a password, or correct format",
        ) from error  # fmt: skip
    sheet = batch.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        raise _problem(name, f'no sheet "{sheet}"', near(sheet, book.sheet_names),
                       "correct sheet")  # fmt: skip
    others = [other for other in book.sheet_names if other != sheet]
    try:
        frame = book.load_sheet(
            sheet, header_row=batch.header_line - 1, schema_sample_rows=None
        ).to_polars()
    except fastexcel.FastExcelError as error:
        raise _problem(name, f'sheet "{sheet}": {str(error).splitlines()[0]}',
                       f"column names in row {batch.header_line}",
                       "correct header_line or sheet") from error  # fmt: skip
    if not frame.width:
        listed = f", one of {', '.join(others)}" if others else ""
        raise _problem(
            name, f'sheet "{sheet}" is empty', "a header and rows",
            f"name the sheet that holds the table with sheet = ...{listed}",
        )  # fmt: skip
    layout = layout_of(path, sheet, batch.header_line)
    header = max(batch.header_line, layout.top)
    frame = _filled(frame, layout, header).with_row_index("_line", offset=header + 1)
    frame = frame.filter(~polars.all_horizontal(polars.exclude("_line").is_null()))
    return Sheet(frame.drop("_line"), frame["_line"].to_list(), others)


def _problem(name: str, found: str, expected: str, fix: str) -> JourneyError:
    return JourneyError(Problem(name, found, expected, fix))


def _filled(frame: polars.DataFrame, layout: Layout, header: int) -> polars.DataFrame:
    """Give every row under a merged cell its value, as it is seen on the sheet."""
    columns: dict[str, list[object]] = {}
    for top, left, bottom, _ in layout.merged:
        place = left - layout.left
        if top <= header or bottom == top or not 0 <= place < frame.width:
            continue
        name = frame.columns[place]
        values = columns.setdefault(name, frame[name].to_list())
        for row in range(top - header, min(bottom - header, frame.height)):
            values[row] = values[top - header - 1]
    return frame.with_columns(
        polars.Series(name, values, dtype=frame.schema[name])
        for name, values in columns.items()
    )


def layout_of(path: Path, sheet: str, header: int) -> Layout:
    """Return where the cells of a sheet from its header on stand.

    Only an .xlsx tells; of other formats the answer is that of a plain table.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            text = packed.read(_part_of(packed, sheet)).decode()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return Layout()
    cells = re.finditer(r'<c r="([A-Z]+)(\d+)"[^>]*[^/>]>', text)
    written = ((_number(cell[1]), int(cell[2])) for cell in cells)
    head = list(islice((cell for cell in written if cell[1] >= header), HEAD))
    tail = text[max(text.find("<mergeCells"), 0) :] if "<mergeCells" in text else ""
    merged = re.findall(r'<mergeCell ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"', tail)
    return Layout(
        head[0][1] if head else 1,
        min((column for column, _ in head), default=1),
        tuple((int(b), _number(a), int(d), _number(c)) for a, b, c, d in merged),
    )


def _part_of(packed: zipfile.ZipFile, sheet: str) -> str:
    """Return the name of the part that holds a sheet. Raises KeyError."""
    book = packed.read("xl/workbook.xml").decode()
    links = packed.read("xl/_rels/workbook.xml.rels").decode()
    for tag in re.findall(r"<(?:\w+:)?sheet [^>]*>", book):
        said = dict(re.findall(r'([\w:]+)="([^"]*)"', tag))
        if unescape(said.get("name", "")) != sheet:
            continue
        for link in re.findall(r"<Relationship [^>]*>", links):
            target = dict(re.findall(r'(\w+)="([^"]*)"', link))
            if target.get("Id") == said.get("r:id"):
                return f"xl/{target['Target'].removeprefix('/xl/')}"
    raise KeyError(sheet)


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
