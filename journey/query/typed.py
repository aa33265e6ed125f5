"""The process in which a typed text runs: one request after the other, until the end.

JSON comes in; out goes an empty message when the text begins, then problems as JSON, or
what is known of the result as JSON and its rows as Arrow IPC.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import importlib
import io
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from journey import processes
from journey.answer import Period
from journey.problem import JourneyError, Problem, near
from journey.query.limits import limited, settle, swollen
from journey.scope import Scope

DATABASE = {"memory_limit": "768MB", "threads": "1", "max_execution_time": "0"}
"""What DuckDB itself may take: room for pages to be drawn meanwhile; its time is counted
here and by the app."""

ROWS = 10_000
BYTES = 64 * 1024**2
"""Rows and bytes of a result; more are not sent."""

IDLE = 600.0
"""Seconds without a request after which the process ends."""

TYPED = "your text"
"""What a problem calls a text that is not a file."""

PARAMETERS = ("start", "end", "through")
"""What a text may name with $."""

NAMED = 6
"""Columns that a problem names."""

AGGREGATE = "aggregate first, or choose fewer days"


def problem(found: str, expected: str, fix: str, line: int | None = None) -> Problem:
    return Problem(TYPED, found, expected, fix, line)


def packed(scope: Scope) -> dict[str, Any]:
    """Return all of a scope that a typed text depends on, as plain data."""
    days = [scope.period.first.isoformat(), scope.period.last.isoformat()]
    return {"days": days, "where": scope.where, "segment": scope.segment,
            "policy": scope.policy}  # fmt: skip


def unpacked(packed: dict[str, Any]) -> Scope:
    first, last = (dt.date.fromisoformat(day) for day in packed["days"])
    pairs = {
        key: tuple((column, tuple(values)) for column, values in packed[key])
        for key in ("where", "policy")
    }
    return Scope(
        Period(first, last), None, pairs["where"], packed["segment"], pairs["policy"]
    )


# ------------------------------------------------------- inside the process


def answers(request: bytes) -> Iterator[bytes]:
    """Acknowledge a request when all is ready, then answer it: between the two, its time
    is counted."""
    asked = json.loads(request)
    with contextlib.suppress(Exception):  # told when the text asks for it
        _opened(asked["snapshot"])
    yield b""
    yield limited(partial(answered, asked), asked["seconds"])
    if swollen():
        os._exit(0)


def answered(request: dict[str, Any]) -> bytes:
    """Return what is sent for a request: "A" with a result, "E" with problems."""
    try:
        return b"A" + _result(request)
    except JourneyError as error:
        return b"E" + json.dumps([p.as_dict() for p in error.problems]).encode()
    except MemoryError:
        found = problem("it needs more memory than there is", "fewer rows at a time",
                        AGGREGATE)  # fmt: skip
    except Exception as error:  # a type that Arrow or Polars cannot hold
        found = problem(f"a result that cannot be shown ({type(error).__name__})",
                        "numbers, days and texts", "cast it: ::varchar")  # fmt: skip
    return b"E" + json.dumps([found.as_dict()]).encode()


def _result(request: dict[str, Any]) -> bytes:
    from journey.query import text as texts
    from journey.query.absence import half_filtered
    from journey.query.gate import parsed
    from journey.query.lineage import trace
    from journey.query.traits import FEWEST_PEOPLE, ID, PEOPLE, PROBE, SCALED
    from journey.query.view import Unanswerable, scoped

    reader, known = _opened(request["snapshot"])
    if request["given"] is not None:
        reader, known = _rehearsal(reader, known, request["given"])
    text = texts.admit(request["sql"], TYPED, known)
    _refuse(text)
    scope = unpacked(request["scope"]).fitting(known.columns(text.reading.reads))
    lineage = trace(parsed(text.sql, TYPED), known.marts)
    asked = Typed(reader, known, scope, text, _people(request["segment"], known))
    if sentence := half_filtered(text.reading.reads, scope, known):
        raise JourneyError(problem(sentence, "marts that carry every chosen segment",
                                   "clear that filter, or read another mart"))  # fmt: skip
    through = known.complete_through(text.reading.reads)
    try:
        with scoped(asked, FEWEST_PEOPLE) as cursor:
            values = texts.parameters(text.reading, scope, through)
            columns = list(texts.described(cursor, text, values))
            numbers = lineage.of(ID, PROBE, among=columns)
            if not request["see_who"] and (numbers or lineage.probes):
                raise JourneyError(*_refusals(text, numbers, lineage.probes))
            if lineage.guesses:
                raise JourneyError(*_guesses(text, lineage.guesses))
            if scaled := lineage.of(SCALED, among=columns):
                raise JourneyError(_counted_with(scaled))
            try:
                rows = texts.frame(
                    cursor, text, values, limit=ROWS + 1, seconds=request["seconds"]
                )
            except JourneyError as error:
                raise JourneyError(*_without_values(error, request["see_who"])) from error
    except Unanswerable as error:
        raise JourneyError(
            problem(str(error), "a larger group", "choose another")
        ) from error
    if rows.estimated_size() > BYTES:
        raise JourneyError(problem("a result of more than 64 MB", "fewer bytes",
                                   "select fewer columns or rows"))  # fmt: skip
    people = lineage.of(PEOPLE, among=columns)
    if wrapped := [n for n in people if not _is_number(rows.schema[n])]:
        raise JourneyError(_counted_with(wrapped))
    about = {"reads": text.reading.reads, "more": rows.height > ROWS, "people": people,
             "parameters": text.reading.parameters,
             "through": through.isoformat() if through else None}  # fmt: skip
    buffer, told = io.BytesIO(), json.dumps(about).encode()
    flat(rows.head(ROWS)).write_ipc(buffer)
    return len(told).to_bytes(8, "big") + told + buffer.getvalue()


def _refuse(text: Any) -> None:
    """Raise JourneyError for what a file may do and a typed text may not."""
    found = [
        problem(f"the parameter ${name}", near(name, PARAMETERS),
                "name one of these; everything else comes from the scope")
        for name in text.reading.parameters
        if name not in PARAMETERS
    ]  # fmt: skip
    if "error" in text.reading.functions:  # its message would carry any value out
        found.append(problem("the function error()", "a result",
                             "return the value as a column"))  # fmt: skip
    if found:
        raise JourneyError(*found)


def flat(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows with every value one that a table, a chart or a file can hold.

    Lists, structs and the like become texts. Raises JourneyError for a day that no
    calendar has.
    """
    columns = []
    for name, kind in rows.schema.items():
        column = rows[name]
        if kind.is_temporal() and hasattr(column.dt, "year") and kind != pl.Duration:
            _refuse_days(column)
        if kind.is_nested() or kind in (pl.Binary, pl.Duration, pl.Time, pl.Object):
            texts = [None if value is None else _text(value) for value in column.to_list()]
            column = pl.Series(name, texts, pl.String)
        columns.append(column)
    return pl.DataFrame(columns)


def _text(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.hex() if isinstance(value, bytes) else str(value)


def _refuse_days(column: pl.Series) -> None:
    """A day that Python cannot tell would fail every exit."""
    if column.dtype == pl.Time or column.drop_nulls().is_empty():
        return
    years = column.dt.year()
    if not 1 < int(str(years.min())) <= int(str(years.max())) < 9999:
        raise JourneyError(
            problem(f"a day far outside the calendar in {column.name}",
                    "years from 2 to 9998", "mind what is added to it")
        )  # fmt: skip


def _rehearsal(
    reader: Any, known: Any, given: dict[str, list[dict[str, Any]]]
) -> tuple[Any, Any]:
    """Return a connection whose marts hold the rows of a test and nothing else."""
    import duckdb

    from journey.query.catalog import Catalog

    zone = reader.execute("select current_setting('TimeZone')").fetchall()[0][0]
    made = duckdb.connect(":memory:", config={"enable_external_access": "false"})
    made.execute("set global TimeZone = ?", [zone])
    made.execute("attach ':memory:' as published")
    for mart, rows in given.items():
        columns = ", ".join(f'"{name}" {kind}' for name, kind in known.marts[mart].items())
        made.execute(f'create table published.main."{mart}" ({columns})')
        for row in rows:
            named = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" for _ in row)
            made.execute(
                f'insert into published.main."{mart}" ({named}) values ({marks})',
                list(row.values()),
            )
    made.execute("set global lock_configuration = true")
    return made, Catalog(known.marts, {})


def _people(segment: dict[str, str] | None, known: Any) -> Any:
    from journey.query.text import admit
    from journey.query.view import People

    return People(admit(segment["sql"], segment["where"], known)) if segment else None


def _refusals(
    text: Any, numbers: list[str], probes: tuple[int | None, ...]
) -> list[Problem]:
    """Return why a role that may not see who is not answered."""
    found = []
    if numbers:
        more = f" and {len(numbers) - NAMED} more" if len(numbers) > NAMED else ""
        found.append(
            problem(f"{', '.join(numbers[:NAMED])}{more}: this leads to one person",
                    "figures: your role does not see who",
                    "count them, join by them or leave them out: * exclude (...)")
        )  # fmt: skip
    found += [
        problem("a condition that looks for one person",
                "figures: your role does not see who",
                "compare such a number only with one of another mart", _line(text, place))
        for place in probes
    ]  # fmt: skip
    return found


def _guesses(text: Any, places: tuple[int | None, ...]) -> list[Problem]:
    """Return why nobody is answered what tells a small number without showing it."""
    return [
        problem(
            "a number of people compared or put where a small one could be told",
            "a comparison with 0 or a whole number from 5 on; in a UNION, numbers of "
            "people in that column of every part",
            "write for example: having count(*) >= 5", _line(text, place),
        )
        for place in places
    ]  # fmt: skip


def _line(text: Any, place: int | None) -> int | None:
    """Return the line of a place in a text, in bytes."""
    return None if place is None else text.sql.encode()[:place].count(b"\n") + 1


def _without_values(error: JourneyError, see_who: bool) -> list[Problem]:
    """Return what went wrong with a row, without its values where the role sees none."""
    import duckdb

    limits = duckdb.InterruptException, duckdb.OutOfMemoryException
    if see_who or isinstance(error.__cause__, limits):
        return list(error.problems)
    return [
        replace(one, found="a value that does not fit what is done with it",
                fix="use try_cast, or leave such values out")
        for one in error.problems
    ]  # fmt: skip


def _is_number(kind: pl.DataType) -> bool:
    return kind.is_numeric() or kind == pl.Null


def _counted_with(columns: list[str]) -> Problem:
    return problem(
        f"{', '.join(columns)}: a number of people that something was calculated with",
        "numbers of people as they are, so that small ones can be withheld",
        "return the number as a column of its own, or divide by a number of people",
    )


@dataclass(frozen=True)
class Typed:
    """A typed text with everything a cursor needs to know."""

    reader: Any
    catalog: Any
    scope: Scope
    text: Any
    people: Any


_readers: dict[str, Any] = {}


def _opened(snapshot: str) -> tuple[Any, Any]:
    """Return a locked connection to the newest snapshot asked for, and what it holds."""
    from journey.query.catalog import catalog
    from journey.warehouse import open_reader

    if snapshot not in _readers:
        _readers.clear()
        _readers[snapshot] = open_reader(Path(snapshot), DATABASE)
    return _readers[snapshot], catalog(_readers[snapshot])


def _import() -> None:
    """Load all that a text needs, before memory is short and time counts; DuckDB itself
    imports at its first frame."""
    import duckdb

    for needed in ("view", "lineage", "absence", "run"):
        importlib.import_module(f"journey.query.{needed}")
    with duckdb.connect(config={"threads": "1"}) as connection:
        connection.sql("select 1").pl().write_ipc(io.BytesIO())


if __name__ == "__main__":
    _import()
    settle()
    processes.serve(answers, IDLE)
