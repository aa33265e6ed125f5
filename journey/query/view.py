"""Running a text inside a scope; the text itself is never changed.

Each run has a cursor of its own. Scope values are bound as variables of that cursor,
and every mart the text reads becomes a temporary view of that cursor with the rows the
scope lets through. Without a view a bare name is an error, so a forgotten scope fails.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import duckdb
import polars as pl

from journey.problem import JourneyError, Problem
from journey.query.catalog import Catalog, Reader
from journey.query.gate import inspect
from journey.query.tree import Reading
from journey.scope import NOT_SET, Scope

SECONDS = 10.0
"""A query that takes longer is stopped, by the reader itself or from here."""

REMEMBERED = 1000
"""Texts whose columns are remembered for one published file."""

PEOPLE = "journey_people"
"""Temporary table with the people of a named segment; no text can name it."""

OPEN = frozenset({"snapshot"})
"""Marts about the file itself, the same for every role: no row of the shop is in them."""


class Unanswerable(Exception):
    """A question that has no answer in this scope; carries the sentence why."""


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


@dataclass(frozen=True)
class People:
    """The people of a named segment, or everyone else who is known."""

    text: Text
    inside: bool = True


def admit(sql: str, where: str, catalog: Catalog) -> Text:
    """Return the text once the gate lets it through. Raises JourneyError."""
    return Text(sql, where, _inspected(sql, where, catalog.names))


@lru_cache(maxsize=REMEMBERED)
def _inspected(sql: str, where: str, marts: frozenset[str]) -> Reading:
    return inspect(sql, marts, where)


class Asked(Protocol):
    """What a cursor needs to know of a question."""

    @property
    def reader(self) -> Reader: ...
    @property
    def catalog(self) -> Catalog: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def text(self) -> Text: ...
    @property
    def people(self) -> People | None: ...


@contextmanager
def scoped(asked: Asked, fewest: int = 0) -> Iterator[Reader]:
    """Give a cursor on which the marts that the text reads hold what the scope lets
    through. Raises Unanswerable for a named segment of fewer than `fewest` people."""
    cursor = asked.reader.cursor()
    people = asked.people
    try:
        if people:
            reads = people.text.reading.reads
            views(cursor, asked.catalog, asked.scope.under_policy(), reads)
            gather(cursor, asked, people.text)
            if size_of_group(cursor) < fewest:
                raise Unanswerable(f"the group has fewer than {fewest} people")
        views(cursor, asked.catalog, asked.scope, asked.text.reading.reads, people)
        yield cursor
    finally:
        cursor.close()


def views(
    cursor: Reader,
    catalog: Catalog,
    scope: Scope,
    marts: Sequence[str],
    people: People | None = None,
) -> None:
    """Create one temporary view per mart: policy first, then what was chosen."""
    for number, (_, values) in enumerate(scope.policy + scope.where):
        cursor.execute(f"set variable journey_{number} = ?", [list(values)])
    for mart in marts:
        conditions = [
            _policy(number, column, values, catalog.marts[mart])
            for number, (column, values) in enumerate(scope.policy)
            if mart not in OPEN
        ]
        for number, (column, values) in enumerate(scope.where, len(scope.policy)):
            conditions.append(_chosen(number, column, values))
        if people:
            known = "in" if people.inside else "is not null and person_id not in"
            conditions.append(f"person_id {known} (select person_id from {PEOPLE})")
        cursor.execute(
            f'create or replace temp view "{mart}" as select * from published.main."{mart}"'
            f" where {' and '.join(f'({c})' for c in conditions) or 'true'}"
        )


def gather(cursor: Reader, asked: Asked, text: Text) -> None:
    """Store the people that a segment's text returns."""
    through = asked.catalog.complete_through(text.reading.reads)
    with guarded(cursor, text):
        cursor.execute(
            f"create temp table {PEOPLE} as select distinct person_id from ({text.sql}\n)"
            " where person_id is not null",
            parameters(text.reading, asked.scope, through),
        )


def size_of_group(cursor: Reader) -> int:
    """Return how many people the named segment has."""
    row = cursor.execute(f"select count(*) from {PEOPLE}").fetchone()
    return int(row[0]) if row else 0


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
    timer = threading.Timer(seconds, cursor.interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except duckdb.Error as error:
        raise JourneyError(told(error, text, seconds)) from error
    finally:
        timer.cancel()


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
    return Problem(
        text.where, found, _hint(hints) or "SQL that runs on the marts",
        "mend that line; the data dictionary lists every column" if line
        else "mend the query; run it with python -m journey query",
        line,
    )  # fmt: skip


def _hint(hints: list[str]) -> str:
    return " ".join(hints).replace("published.", "")


def _policy(
    number: int, column: str, values: Sequence[str], columns: Mapping[str, str]
) -> str:
    """A mart that cannot tell the policy's column shows this role nothing."""
    return _chosen(number, column, values) if column in columns else "false"


def _chosen(number: int, column: str, values: Sequence[str]) -> str:
    listed = f"list_contains(getvariable('journey_{number}'), \"{column}\"::varchar)"
    return f'{listed} or "{column}" is null' if NOT_SET in values else listed
