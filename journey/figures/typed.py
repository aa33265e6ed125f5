"""What a typed text answers, with small numbers of people withheld."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from journey.answer import Answer
from journey.figures.suppression import protect
from journey.query.file import Column, Query
from journey.query.typed import ROWS, TYPED
from journey.query.worker import Result
from journey.scope import Scope


def answer(found: Result, scope: Scope, name: str = TYPED) -> Answer:
    """Return the rows of a typed text as a table answers, under `name`."""
    notes = (f"The first {ROWS:,} rows; there are more.",) if found.more else ()
    shown = Answer(
        name, scope.period, frame=found.rows, reads=found.reads,
        complete_through=found.through, notes=notes,
    )  # fmt: skip
    return protect(shown, query(found, name), counts_people=False)


def query(found: Result, name: str = TYPED, sql: str = "") -> Query:
    """Return a query that says of the result's columns which count people, and which
    are so small that one decimal would hide them."""
    rows = found.rows
    small = {
        name: Column(format="ratio")
        for name, kind in rows.schema.items()
        if kind.is_float() and rows.select((pl.col(name).abs() <= 1).all()).item()
    }
    columns = small | {column: Column(format="people") for column in found.people}
    return Query(name, Path(name), "table", sql, "", name, columns=columns)
