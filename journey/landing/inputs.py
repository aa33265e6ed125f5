"""Reads one file into a table of the stage, and finds out what is wrong with it.

Everything in a CSV is text; Parquet, NDJSON and Excel keep their types. DuckDB reads the
bulk. Only a file it refuses is read again line by line, to say exactly which lines are
wrong or to go on without them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import duckdb
import polars

from journey.connector import Files
from journey.landing import excel, guard, text
from journey.landing.advice import bad_problems
from journey.landing.convert import quoted
from journey.landing.stage import SHOWN, BadRow
from journey.problem import JourneyError, Problem

Format = Literal["csv", "tsv", "ndjson", "parquet", "excel"]
LOOKUP_FORMATS: Mapping[str, Format] = {
    ".csv": "csv", ".tsv": "tsv", ".parquet": "parquet", ".xlsx": "excel",
    ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "ndjson",
}  # fmt: skip


@dataclass
class Input:
    """A file as a table of the stage, with columns `row_number` and `filename`."""

    columns: tuple[str, ...]
    line_of: Callable[[Sequence[int]], dict[int, int]]
    """Data rows -> lines of the file; empty where a format has no lines."""
    rows: int = 0
    bad: list[BadRow] = field(default_factory=list)
    """The first rows that could not even be split into columns."""
    skipped: int = 0
    hint: str = ""
    """What else to do when a column is not there."""
    reads: str | None = None
    """The file that is still read while the mapping runs."""


def load(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    batch: Files,
    resources: ExitStack,
) -> Input:
    """Make `input` from a file called `name` in messages.

    Raises JourneyError when it cannot be read, or not wholly and bad rows stop.
    """
    if not path.is_file():
        raise _problem(name, "no such file", "a file", "correct path in journey.toml")
    if path.stat().st_size == 0:
        raise _problem(name, "an empty file", "a file with a header and rows",
                       "export it again, or take it out of the folder")  # fmt: skip
    guard.refuse_unreadable(path, name)
    reader = {"csv": _csv, "tsv": _csv, "ndjson": _ndjson, "parquet": _parquet,
              "excel": _excel}[batch.format]  # fmt: skip
    found = reader(connection, path, name, batch, resources)
    _add_view(connection, name, path, found)
    return found


def _problem(
    name: str, found: str, expected: str, fix: str, line: int | None = None
) -> JourneyError:
    return JourneyError(Problem(name, found, expected, fix, line))


def _add_view(
    connection: duckdb.DuckDBPyConnection, name: str, path: Path, found: Input
) -> None:
    """Put the row's number, the file's name and the folders' key=value beside it."""
    extra = {"filename": quoted(name), "row_number": "_number"}
    for key, value in re.findall(r"([A-Za-z_]\w*)=([^/]*)(?=/)", path.as_posix()):
        extra.setdefault(key, quoted(value))
    known = {column.lower() for column in found.columns}
    more = [f'{sql} as "{key}"' for key, sql in extra.items() if key.lower() not in known]
    there = [column for column in connection.table("_raw").columns if column != "_number"]
    own = ", ".join(f'"{_escaped(column)}"' for column in there)
    connection.execute(
        f"create view input as select {', '.join([own, *more])} from _raw"
    ).fetchall()
    found.columns = (*found.columns, *(key for key in extra if key.lower() not in known))


def _named(columns: Sequence[str], batch: Files) -> list[str]:
    """Return the columns that the mapping may mean; the others need no memory."""
    said = "\n".join((batch.select or "", *batch.columns.values())).casefold()
    if batch.select and ("*" in said or "columns" in said):
        return list(columns)
    return [
        column
        for column in columns
        if column.casefold() in said or _escaped(column).casefold() in said
    ] or list(columns[:1])


def _escaped(column: str) -> str:
    return column.replace('"', '""')


def _numbered(
    connection: duckdb.DuckDBPyConnection, scan: str, wanted: Sequence[str] = ()
) -> int:
    """Make `_raw` from a scan, its rows numbered in file order; return how many."""
    chosen = ", ".join(f'"{_escaped(column)}"' for column in wanted) or "*"
    connection.execute(f"create table _scan as select {chosen} from {scan}").fetchall()
    connection.execute(
        "create view _raw as select *, rowid + 1 as _number from _scan"
    ).fetchall()
    rows = connection.execute("select count(*) from _scan").fetchall()
    return int(rows[0][0])


LONG = 64 * 2**20
"""Bytes of a text file from which on its copy in memory is packed."""


def _packed(
    connection: duckdb.DuckDBPyConnection,
    scan: str,
    wanted: Sequence[str],
    resources: ExitStack,
) -> tuple[int, str]:
    """Make `_raw` from a scan, packed into a file in memory; return rows and file."""
    copy = text.memory_path(resources)
    chosen = ", ".join(f'"{_escaped(column)}"' for column in wanted)
    rows = connection.execute(
        f"copy (select {chosen} from {scan}) to {quoted(copy)} "
        "(format parquet, use_tmp_file false)"
    ).fetchall()
    connection.execute(
        "create view _raw as select * exclude (file_row_number), "
        "file_row_number + 1 as _number "
        f"from read_parquet({quoted(copy)}, file_row_number = true)"
    ).fetchall()
    return int(rows[0][0]), copy


# ------------------------------------------------------------------ CSV, TSV


def _csv(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    batch: Files,
    resources: ExitStack,
) -> Input:
    shape = text.shape_of(path, name, batch)
    readable = text.readable(path, name, batch.encoding, resources)
    columns = ", ".join(f"{quoted(column)}: 'VARCHAR'" for column in shape.columns)
    wanted = _named(shape.columns, batch)
    gzipped = text.is_gzip(path) and readable == str(path)
    scan = (
        f"read_csv({quoted(readable)}, auto_detect = false, header = true, "
        f"delim = {quoted(shape.delimiter)}, quote = '\"', escape = '\"', "
        f"skip = {shape.above}, "
        f"columns = {{{columns}}}, max_line_size = 20000000, "
        f"compression = '{'gzip' if gzipped else 'none'}')"
    )
    copy = None
    try:
        if path.stat().st_size >= (LONG // 8 if gzipped else LONG) and text.IN_MEMORY:
            rows, copy = _packed(connection, scan, wanted, resources)
        else:
            rows = _numbered(connection, scan, wanted)
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return _csv_by_line(connection, path, name, batch, shape)
    return Input(
        shape.columns,
        lambda wanted: text.lines_of(path, name, batch, shape, wanted),
        rows,
        hint=text.hint(shape),
        reads=copy,
    )


def _csv_by_line(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    batch: Files,
    shape: text.Shape,
) -> Input:
    """Read a file that DuckDB refuses record by record."""
    good, lines, bad = text.records(path, name, batch, shape)
    if bad and batch.on_bad_rows == "stop":
        raise JourneyError(*bad_problems(name, bad))
    frame = polars.DataFrame(
        good, schema=dict.fromkeys(shape.columns, polars.String), orient="row"
    )
    connection.register("_lines", frame)
    rows = _numbered(connection, "_lines")
    connection.unregister("_lines")
    known = dict(enumerate(lines, 1))
    return Input(
        shape.columns,
        lambda wanted: {row: known[row] for row in wanted if row in known},
        rows, bad[:SHOWN], len(bad), text.hint(shape),
    )  # fmt: skip


# ------------------------------------------------------------------ NDJSON


def _ndjson(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    batch: Files,
    resources: ExitStack,
) -> Input:
    readable = text.readable(path, name, batch.encoding, resources)
    gzipped = text.is_gzip(path) and readable == str(path)
    form = (
        "array"
        if text.starts_with_bracket(path, name, batch.encoding)
        else "newline_delimited"
    )
    options = f"format = '{form}', maximum_object_size = 67108864"
    options += ", compression = 'gzip'" if gzipped else ""
    bad: list[BadRow] = []
    try:
        rows = _numbered(connection, _json_scan(connection, readable, options, batch))
    except duckdb.Error as error:
        connection.execute("drop table if exists _scan").fetchall()
        if form == "array":
            raise _problem(name, _first_line(error), "a JSON list or one object a line",
                           "export it again") from error  # fmt: skip
        fresh, bad = text.good_json(path, name, batch.encoding, resources)
        if not bad or batch.on_bad_rows == "stop":
            raise JourneyError(
                *(bad_problems(name, bad) or [_json_problem(name, error)])
            ) from error
        options = options.replace(", compression = 'gzip'", "")
        rows = _numbered(connection, _json_scan(connection, fresh, options, batch))
    columns = tuple(connection.table("_scan").columns)
    skipped = {item.line for item in bad}

    def line_of(wanted: Sequence[int]) -> dict[int, int]:
        if form == "array":
            return {}
        return text.json_lines(path, name, batch.encoding, wanted, skipped)

    return Input(columns, line_of, rows, bad[:SHOWN], len(bad))


def _json_scan(
    connection: duckdb.DuckDBPyConnection, path: str, options: str, batch: Files
) -> str:
    """Return the scan; texts stay texts, for the mapping says what a time looks like."""
    if batch.schema:
        types = dict(batch.schema)
    else:
        scan = f"read_json({quoted(path)}, {options}, sample_size = -1)"
        relation = connection.execute(f"describe select * from {scan}").fetchall()
        types = {
            row[0]: re.sub(
                r"\b(TIMESTAMP( WITH TIME ZONE)?|DATE|TIME|UUID)\b", "VARCHAR", row[1]
            )
            for row in relation
        }
    columns = ", ".join(f"{quoted(key)}: {quoted(kind)}" for key, kind in types.items())
    return f"read_json({quoted(path)}, {options}, columns = {{{columns}}})"


def _json_problem(name: str, error: duckdb.Error) -> Problem:
    return Problem(name, _first_line(error), "one JSON object on every line",
                   "export it again, or declare the types that differ")  # fmt: skip


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0].removeprefix("Invalid Input Error: ")


# ------------------------------------------------------------------ Parquet, Excel


def _parquet(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    batch: Files,
    resources: ExitStack,
) -> Input:
    """Leave the file where it is: only the columns a mapping names are read."""
    scan = f"read_parquet({quoted(str(path))}, file_row_number = true)"
    try:
        columns = connection.execute(f"describe select * from {scan}").fetchall()
        rows = connection.execute(f"select count(*) from {scan}").fetchall()[0][0]
    except duckdb.Error as error:
        raise _problem(name, _first_line(error), "a Parquet file",
                       "export it again, or correct format") from error  # fmt: skip
    connection.execute(
        "create view _raw as select * exclude (file_row_number), "
        f"file_row_number + 1 as _number from {scan}"
    ).fetchall()
    names = tuple(row[0] for row in columns if row[0] != "file_row_number")
    return Input(names, lambda wanted: {}, rows, reads=str(path))


def _excel(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    name: str,
    batch: Files,
    resources: ExitStack,
) -> Input:
    sheet = excel.read_sheet(path, name, batch)
    connection.register("_sheet", sheet.frame)
    rows = _numbered(connection, "_sheet")
    connection.unregister("_sheet")
    return Input(
        tuple(sheet.frame.columns),
        lambda wanted: {row: sheet.lines[row - 1] for row in wanted},
        rows,
        hint=excel_hint(sheet.others),
    )


def excel_hint(others: Sequence[str]) -> str:
    sheets = f"; the workbook has the sheets {', '.join(others)} too" if others else ""
    return f"set header_line where the names stand on a later row{sheets}"


def drop(connection: duckdb.DuckDBPyConnection) -> None:
    """Free what a file took; its mapped rows stay."""
    for view in ("input", "whole_input", "_raw"):
        connection.execute(f"drop view if exists {view}").fetchall()
    connection.execute("drop table if exists _scan").fetchall()


def load_lookup(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    path: Path,
    batch: Files,
    resources: ExitStack,
) -> None:
    """Make the table `key` from a file that a SELECT joins; it must be wholly good."""
    suffix = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    form = LOOKUP_FORMATS.get(suffix.lower(), batch.format)
    other = replace(batch, format=form, schema=None, sheet=None, on_bad_rows="stop")
    load(connection, path, path.name, other, resources)
    connection.execute(f'create table "{_escaped(key)}" as select * from input').fetchall()
    drop(connection)
