"""Texts that have passed the gate, and running them on a cursor that has its marts.

The text itself is never changed. Errors tell the file and the line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import duckdb
import polars as pl

from journey.problem import JourneyError, Problem
from journey.query import lessons, watchdog
from journey.query.catalog import Catalog, Reader
from journey.query.gate import inspect
from journey.query.tree import Reading
from journey.scope import Scope

SECONDS = 10.0
"""A query that takes longer is stopped, by the reader itself or from here."""

REMEMBERED = 1000
"""Texts whose columns are remembered for one published file."""


@dataclass(frozen=True)
class Text:
    """A text that has passed the gate."""

    sql: str
    where: str
    """What a problem calls it."""
    reading: Reading

    @property
    def lines(self) -> int:
        return self.sql.count("\n") + 1


def admit(sql: str, where: str, catalog: Catalog) -> Text:
    """Return the text once the gate lets it through. Raises JourneyError."""
    return Text(sql, where, _inspected(sql, where, catalog.names))


@lru_cache(maxsize=REMEMBERED)
def _inspected(sql: str, where: str, marts: frozenset[str]) -> Reading:
    return inspect(sql, marts, where)


def parameters(
    reading: Reading,
    scope: Scope,
    through: dt.date | None,
    more: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the values of the parameters that a text names, and of no others.

    start and end: the days of the period. through: the last day complete in every mart
    read, for what is still open then.
    """
    values: dict[str, Any] = {
        "start": scope.period.first,
        "end": scope.period.last,
        "through": through or scope.period.last,
    }
    values |= more or {}
    return {name: values[name] for name in reading.parameters if name in values}


def described(
    cursor: Reader, text: Text, values: Mapping[str, Any], catalog: Catalog | None = None
) -> dict[str, str]:
    """Return the columns of the result with their types. Raises JourneyError.

    Comes before `frame`: a relation's errors carry no line, those of a statement do.

    With a catalog they are remembered: a scope changes rows, never columns.
    """
    if catalog and text.sql in catalog.results:
        return dict(catalog.results[text.sql])
    with guarded(cursor, text):
        rows = cursor.execute(f"describe {text.sql}", dict(values)).fetchall()
    columns = {str(row[0]): str(row[1]) for row in rows}
    if catalog and len(catalog.results) < REMEMBERED:
        catalog.results[text.sql] = columns
    return dict(columns)


def fetched(
    cursor: Reader, text: Text, values: Mapping[str, Any], statement: str
) -> list[dict[str, Any]]:
    """Run a statement that has the text on its first line and return its rows.

    Half the cost of a frame, which DuckDB binds twice. Raises JourneyError.
    """
    with guarded(cursor, text):
        result = cursor.execute(statement, dict(values))
        names = [column[0] for column in result.description or ()]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def frame(
    cursor: Reader,
    text: Text,
    values: Mapping[str, Any],
    statement: str | None = None,
    limit: int | None = None,
    seconds: float = SECONDS,
) -> pl.DataFrame:
    """Run the text, or a statement that has it on its first line, and return the rows.

    Decimals become floats and wide integers 64 bits. Raises JourneyError.
    """
    sql = statement or f"select * from ({text.sql}\n)"
    if limit is not None:
        sql += f" limit {int(limit)}"
    with guarded(cursor, text, seconds):
        return plain(cursor.sql(sql, params=dict(values)).pl())


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with decimals as floats and 128-bit integers as 64 bits."""
    casts = []
    for name, kind in rows.schema.items():
        if isinstance(kind, pl.Decimal):
            whole = kind.scale == 0 and (kind.precision or 0) >= 38
            casts.append(pl.col(name).cast(pl.Int64 if whole else pl.Float64))
        elif kind == pl.Int128:
            casts.append(pl.col(name).cast(pl.Int64))
    return rows.with_columns(casts) if casts else rows


@contextmanager
def guarded(cursor: Reader, text: Text, seconds: float = SECONDS) -> Iterator[None]:
    """Stop what takes too long, and tell errors with file and line."""
    try:
        with watchdog.after(seconds, cursor.interrupt):
            yield
    except duckdb.Error as error:
        raise JourneyError(told(error, text, seconds)) from error


def told(error: Exception, text: Text, seconds: float = SECONDS) -> Problem:
    """Return what DuckDB says, in four parts, with the line of the file."""
    message = str(error)
    if isinstance(error, duckdb.InterruptException):
        return Problem(
            text.where, f"it took longer than {seconds:.0f} seconds", "an answer in time",
            "choose fewer days, or read a smaller mart",
        )  # fmt: skip
    if isinstance(error, duckdb.OutOfMemoryException):
        return Problem(
            text.where, "it needs more memory than there is", "fewer rows at a time",
            "aggregate before joining, or choose fewer days",
        )  # fmt: skip
    match = re.search(r"\nLINE (\d+): ?(.*)", message)
    line = int(match[1]) if match and int(match[1]) <= text.lines else None
    first = message.split("\n")[0]
    found = re.sub(r"^[A-Z][\w ]*Error: ", "", first)
    hints = re.findall(r"^(?:Candidate bindings|Did you mean|HINT)[^\n]*", message, re.M)
    if lesson := lessons.of_error(found, hints, text.sql):
        return Problem(text.where, found, *lesson, line)
    return Problem(
        text.where, found, _hint(hints) or "SQL that runs on the marts",
        "mend that line; the data dictionary lists every column" if line
        else "mend the query; the data dictionary lists every column",
        line,
    )  # fmt: skip


def _hint(hints: list[str]) -> str:
    return " ".join(hints).replace("published.", "")
