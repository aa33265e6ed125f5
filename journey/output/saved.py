"""A typed text as a query file with its test: header filled in, rows given by hand."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from journey.check import check
from journey.problem import Problem
from journey.query.catalog import Reader
from journey.query.chart import Chart
from journey.query.file import Library, parse, without_comments
from journey.query.worker import Result, without_end

DAY = dt.date(2026, 10, 5)
"""The day of every row of a test: in October 2026, which tests are asked of."""

RATE = {"day", "numerator", "denominator"}
TOTAL = {"day", "value"}


@dataclass(frozen=True)
class About:
    """What the header of the file says."""

    name: str
    """Its path below the folder queries, without ending."""
    title: str
    question: str
    owner: str
    chart: Chart | None = None


def suggested(title: str) -> str:
    """Return a file name for a title: "Visits by device" is "visits_by_device"."""
    words = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    return words.lstrip("0123456789_")[:60].rstrip("_") or "my_query"


def text(sql: str, result: Result, about: About) -> str:
    """Return the whole file: a measure where the columns are those of one, a chart where
    one was chosen, else a table."""
    columns = set(result.rows.columns)
    lines = {"title": about.title, "question": about.question, "owner": about.owner}
    if columns >= RATE:
        lines |= {"kind": "measure", "unit": "percent", "interval": "proportion"}
    elif columns >= TOTAL:
        lines |= {"kind": "measure", "unit": "count", "interval": "count"}
    elif about.chart is not None:
        amount = result.rows.schema.get(about.chart.amount or "", pl.Float64())
        lines |= {"kind": "chart", "unit": "count" if amount.is_integer() else "number"}
    else:
        lines |= {"kind": "table"}
    if lines["kind"] == "measure":
        lines |= {"better": "neither", "grain": "one row per day and segment"}
    head = [f"{key} = {_quoted(value)}" for key, value in lines.items()]
    if lines["kind"] != "measure" and result.people:
        head += ["", "[columns]"]
        head += [f'{_key(name)} = {{ format = "people" }}' for name in result.people]
    if lines["kind"] == "chart" and about.chart is not None:
        named = {"type": about.chart.type, **about.chart.columns}
        head += ["", "[chart]", *(f"{k} = {_quoted(v)}" for k, v in named.items())]
    return "\n".join(["/*", *head, "*/", body(sql)]) + "\n"


def body(sql: str) -> str:
    """Return a text without a header of its own and without a semicolon at its end."""
    plain = sql.removeprefix("\ufeff").replace("\r\n", "\n").strip("\n")
    if re.match(r"/\*\s*title\s*=", plain) and "*/" in plain:
        plain = plain.partition("*/")[2].strip("\n")
    return without_end(plain).rstrip()


def wrong(file: str, name: str, reader: Reader) -> Sequence[Problem]:
    """Return what `check` would say of the file; nothing where all is well."""
    library = Library({})
    try:
        query = parse(file, name, f"queries/{name}.sql", own=False)
        library = Library({name: query})
    except Exception as error:
        return getattr(error, "problems", ())
    return check(library, reader, Path())


def given(sql: str, reads: Sequence[str], marts: Mapping[str, Mapping[str, str]]) -> Any:
    """Return mart -> two rows with a value in every column that the text names.

    What a column is compared with stands in the first row.
    """
    bare = without_comments(sql)
    words = set(re.findall(r"\w+", bare.lower()))
    compared = {
        column.lower(): value.replace("''", "'")
        for column, value in re.findall(r"(\w+)\s*=\s*'((?:[^']|'')*)'", bare)
    }
    rows: dict[str, list[dict[str, Any]]] = {}
    for mart in reads:
        named = [c for c in marts[mart] if c in words or c == "day"] or list(marts[mart])[
            :1
        ]
        rows[mart] = [
            {c: _value(c, marts[mart][c], number, compared) for c in named}
            for number in (1, 2)
        ]
        rows[mart] = [{c: v for c, v in row.items() if v is not None} for row in rows[mart]]
    return rows


def _value(column: str, kind: str, number: int, compared: Mapping[str, str]) -> Any:
    if kind == "VARCHAR":
        usual = column if column.endswith(("_key", "_id")) else "a"
        mine = f"{usual}{number}" if column.endswith(("_key", "_id")) else usual
        return compared.get(column, mine) if number == 1 else mine
    if kind == "DATE":
        return DAY
    if kind.startswith("TIMESTAMP"):
        return dt.datetime.combine(DAY, dt.time(12), dt.UTC)
    if kind == "BOOLEAN":
        return True
    if re.match(r"U?(TINY|SMALL|BIG|HUGE)?INT|DOUBLE|FLOAT|DECIMAL", kind):
        return number if column.endswith("_id") else 10 * number
    return None


def test_of(given: Mapping[str, Sequence[Mapping[str, Any]]], rows: pl.DataFrame) -> str:
    """Return the test file: rows given, and what the query makes of them today."""
    lines = [
        "# Rows made up, and what the query makes of them: look whether it is right.",
        "",
    ]
    for mart, several in given.items():
        lines += [f"given.{mart} = ["]
        lines += [f"    {_row(row)}," for row in several]
        lines += ["]", ""]
    lines += ["expect = ["]
    lines += [f"    {_row(row)}," for row in rows.iter_rows(named=True)]
    lines += ["]"]
    return "\n".join(lines) + "\n"


def _row(row: Mapping[str, Any]) -> str:
    told = (f"{_key(k)} = {_written(v)}" for k, v in row.items() if v is not None)
    return "{ " + ", ".join(told) + " }"


def _written(value: Any) -> str:
    """Return a value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        moment = value.astimezone(dt.UTC) if value.tzinfo else value
        return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    return repr(value) if isinstance(value, (int, float)) else _quoted(str(value))


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    """Return a text as TOML writes it on one line; it may end no comment."""
    plain = " ".join(text.split()) if "\n" in text else text
    return json.dumps(plain.replace("*/", "* /").replace("/*", "/ *"), ensure_ascii=False)
