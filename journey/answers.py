"""The one way to a figure: for cards, files and the command line alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from journey import measures
from journey.answer import Answer, Period
from journey.problem import JourneyError, Problem, near
from journey.query.catalog import Catalog, Reader, catalog
from journey.query.file import Library, Query
from journey.query.parts import Shape, shape_of, statement
from journey.query.run import People, Text, admit, described, frame, parameters, scoped
from journey.scope import Scope
from journey.settings import Settings

ROWS = 10_000
"""Rows of a chart or table; more are left out and said."""


@dataclass(frozen=True)
class Question:
    """One query in one scope, ready to run."""

    reader: Reader
    catalog: Catalog
    query: Query
    text: Text
    scope: Scope
    people: People | None = None
    params: Mapping[str, Any] | None = None


def answer(
    reader: Reader,
    library: Library,
    name: str,
    scope: Scope,
    settings: Settings,
    params: Mapping[str, Any] | None = None,
) -> Answer:
    """Return what the query answers in this scope; never raises for a bad file."""
    try:
        query = find(library, name)
        known = catalog(reader)
        text = admit(query.sql, query.where, known)
        question = Question(reader, known, query, text, scope, None, params)
        return _measured(question) if query.kind == "measure" else _framed(question)
    except JourneyError as error:
        return Answer(name, scope.period, scope.comparison, problem=error.problems[0])


def find(library: Library, name: str) -> Query:
    """Return a query by name. Raises JourneyError for a broken or unknown one."""
    if name in library.queries:
        return library.queries[name]
    if name in library.broken:
        raise JourneyError(library.broken[name])
    raise JourneyError(
        Problem(name, "no query of this name", near(name, library.queries),
                "python -m journey check lists the queries")
    )  # fmt: skip


def _measured(question: Question) -> Answer:
    scope, query = question.scope, question.query
    with scoped(question.reader, question.catalog, scope, question.text) as cursor:
        values = parameters(question.text.reading, scope, question.params)
        shape = shape_of(query, described(cursor, question.text, values))
        _bind(cursor, scope)
        compared = scope.comparison is not None
        sql = statement(question.text.sql, shape, compared, mature=False)
        rows = frame(cursor, question.text, values, sql)
    step = _headline_step(rows, shape, query)
    found = measures.cells(rows.iter_rows(named=True), shape, step)
    measurer = measures.Measurer(query, shape)
    return Answer(
        query.name, scope.period, scope.comparison,
        measure=measures.measure(found, measurer, scope.period, scope.comparison),
        reads=question.text.reading.reads,
    )  # fmt: skip


def _headline_step(rows: Any, shape: Shape, query: Query) -> int | None:
    if "step" not in shape.has or rows.is_empty():
        return None
    steps = set(rows["step"].to_list())
    return query.window_days if query.window_days in steps else max(steps)


def _bind(cursor: Reader, scope: Scope) -> None:
    """Bind the periods as variables of the cursor."""
    periods: dict[str, Period] = {"now": scope.period}
    if scope.comparison:
        periods["before"] = scope.comparison
    values = {
        "first": min(p.first for p in periods.values()),
        "last": max(p.last for p in periods.values()),
    }
    for which, period in periods.items():
        values |= {f"{which}_first": period.first, f"{which}_last": period.last}
    for name, day in values.items():
        cursor.execute(f"set variable journey_{name} = ?", [day])


def _framed(question: Question) -> Answer:
    scope = question.scope
    with scoped(question.reader, question.catalog, scope, question.text) as cursor:
        values = parameters(question.text.reading, scope, question.params)
        rows = frame(cursor, question.text, values, limit=ROWS)
    return Answer(
        question.query.name, scope.period, scope.comparison, frame=rows,
        reads=question.text.reading.reads,
    )  # fmt: skip
