"""Questions: one query in one scope, from the file to its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from journey.problem import JourneyError, Misuse, Problem, near
from journey.query import told
from journey.query.absence import absence, left_out
from journey.query.catalog import Catalog, Reader, catalog
from journey.query.file import Library, Query
from journey.query.header import KINDS
from journey.query.parts import EXTRAS, NEEDED, Days, Shape, grouped, shape_of, statement
from journey.query.period import Settled, is_ahead, settle, shift
from journey.query.text import Text, admit, described, fetched, frame, parameters
from journey.query.traits import FEWEST_PEOPLE
from journey.query.view import People, Unanswerable, scoped
from journey.scope import Scope

ROWS = 10_000
"""Rows of a chart or table; more are left out and said."""


@dataclass(frozen=True)
class Question:
    """One query in one scope, through the gate and answerable."""

    reader: Reader
    catalog: Catalog
    query: Query
    text: Text
    scope: Scope
    people: People | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    split: bool = True
    """Whether the parts by segment are wanted beside the total and the days."""

    @property
    def reads(self) -> tuple[str, ...]:
        return self.text.reading.reads

    @property
    def through(self) -> dt.date | None:
        return self.catalog.complete_through(self.reads)

    def settled(self, window: int, one_figure: bool = True) -> Settled:
        """Return the days it covers; the columns of a table each have their own."""
        return settle(
            self.scope, window, self.through, self.catalog.first_day(self.reads),
            one_figure and self.catalog.is_uneven(self.reads),
        )  # fmt: skip


@dataclass(frozen=True)
class Parts:
    """The rows of a measure's one run, and the days they cover."""

    rows: list[dict[str, Any]]
    shape: Shape
    settled: Settled
    step: int | None = None
    """The step of the headline (cohorts)."""


def find(library: Library, name: str, kinds: Sequence[str] = KINDS) -> Query:
    """Return a query by name. Raises JourneyError for a broken one, Misuse with what is
    near of these kinds for an unknown one."""
    if name in library.queries:
        return library.queries[name]
    if name in library.broken:
        raise JourneyError(library.broken[name])
    fitting = [each for each, query in library.queries.items() if query.kind in kinds]
    raise Misuse(
        Problem(name, "no query of this name", near(name, fitting),
                "choose one of the list on the page Queries")
    )  # fmt: skip


def find_segment(library: Library, name: str) -> Query:
    """Return a named segment. Raises as `find`, and Misuse for a query of another kind."""
    query = find(library, name, ["segment"])
    if query.kind != "segment":
        raise Misuse(
            query.problem(f'kind = "{query.kind}"', 'a query of kind "segment"',
                          "choose a named segment", query.lines.get("kind"))
        )  # fmt: skip
    return query


def ask(
    reader: Reader,
    library: Library,
    query: Query,
    scope: Scope,
    params: Mapping[str, Any] | None = None,
    inside: bool = True,
) -> Question:
    """Return the question. Raises JourneyError when the gate or the segment refuses it,
    Unanswerable when the scope does. With `inside` false the named segment's people are
    left out instead of kept."""
    known = catalog(reader)
    text = admit(query.sql, query.where, known)
    scope = scope.fitting(known.columns(text.reading.reads))
    sentence = absence(query, text, scope, known, reader)
    if sentence:
        raise Unanswerable(sentence)
    people = _people(library, scope.segment, known, inside)
    return Question(reader, known, query, text, scope, people, params or {})


def _people(
    library: Library, name: str | None, known: Catalog, inside: bool
) -> People | None:
    if name is None:
        return None
    query = find_segment(library, name)
    return People(admit(query.sql, query.where, known), inside)


def measured(question: Question) -> Parts:
    """Return all parts of a measure from one run. Raises JourneyError."""
    query, text = question.query, question.text
    with scoped(question, FEWEST_PEOPLE) as cursor:
        values = parameters(text.reading, question.scope, question.through, question.params)
        columns = described(cursor, text, values, question.catalog)
        shape = shape_of(query, columns)
        shape = replace(shape, splits=_told(shape, question) if question.split else ())
        stepped = "step" in shape.has
        settled = question.settled(0 if stepped else query.window_days)
        if settled.state != "ready":
            return Parts([], shape, settled)
        values = parameters(text.reading, settled.scope, question.through, question.params)
        rows = fetched(cursor, text, values, statement(text.sql, shape, days_of(settled)))
    step = _headline(rows, query, settled) if stepped else None
    if step is not None:
        settled = _stepped(settled, step)
    return Parts(rows, shape, settled, step)


def splits(reader: Reader, library: Library, query: Query, scope: Scope) -> tuple[str, ...]:
    """Return the columns a measure can be broken down by; none without an answer."""
    try:
        question = ask(reader, library, query, scope)
        with scoped(question, FEWEST_PEOPLE) as cursor:
            text, through = question.text, question.through
            values = parameters(text.reading, scope, through, question.params)
            columns = described(cursor, text, values, question.catalog)
            return _told(shape_of(query, columns), question)
    except Unanswerable:
        return ()


def _told(shape: Shape, question: Question) -> tuple[str, ...]:
    """Return the columns to break down by that every mart read tells."""
    known, reader = question.catalog, question.reader
    silent = {
        column
        for mart in question.reads
        for column in told.silent(shape.splits, mart, known, reader)
    }
    return tuple(column for column in shape.splits if column not in silent)


def _headline(rows: list[dict[str, Any]], query: Query, settled: Settled) -> int | None:
    """Return the step that the header's window names, else the longest one whose
    cohort the data have whole."""
    steps = sorted({row["step"] for row in rows if row["step"] is not None})
    if query.window_days in steps:
        return query.window_days
    whole = [step for step in steps if is_whole(step, settled)]
    return max(whole or steps, default=None)


def is_whole(step: int, settled: Settled) -> bool:
    """Whether the data reach back to the first day of the cohort watched `step` days."""
    period = settled.scope.period
    moved = period.shifted(-shift(step, period, settled.through))
    return settled.first is None or moved.first >= settled.first


def _stepped(settled: Settled, step: int) -> Settled:
    """Return the days that the headline of a cohort measure covers."""
    period, comparison = settled.scope.period, settled.scope.comparison
    days = shift(step, period, settled.through)
    if not days:
        ahead = is_ahead(comparison, step, settled.through)
        unknown = settled.unknown_before or ahead
        return replace(settled, unknown_before=unknown, ahead=ahead)
    moved = replace(
        settled.scope,
        period=period.shifted(-days),
        comparison=comparison.shifted(-days) if comparison else None,
    )
    first = settled.first
    ahead = is_ahead(moved.comparison, step, settled.through)
    unknown = bool(first and moved.comparison and moved.comparison.first < first)
    return replace(
        settled, scope=moved, watched=step, unknown_before=unknown or ahead, ahead=ahead,
        ready_on=period.last + dt.timedelta(step),
    )  # fmt: skip


def days_of(settled: Settled) -> Days:
    scope = settled.scope
    return Days(scope.period, scope.comparison, settled.through or scope.period.last)


def framed(question: Question) -> tuple[pl.DataFrame, Settled, bool]:
    """Return the rows of a chart or table, the days they cover, and whether rows were
    left out because there are too many. Raises JourneyError."""
    settled = question.settled(0, one_figure=False)
    scope = settled.scope if settled.state == "ready" else question.scope
    text = question.text
    with scoped(question, FEWEST_PEOPLE) as cursor:
        values = parameters(text.reading, scope, question.through, question.params)
        described(cursor, text, values, question.catalog)
        rows = frame(cursor, text, values, limit=ROWS + 1)
    untold = left_out(question.query, question.catalog, question.reader)
    rows = rows.drop(untold.keys() & set(rows.columns))
    return rows.head(ROWS), settled, rows.height > ROWS


def parts(
    reader: Reader,
    library: Library,
    query: Query,
    scope: Scope,
    by: Sequence[str],
    daily: bool,
) -> pl.DataFrame:
    """Return the additive parts of a measure by several of its columns at once.

    Columns: period ('now', 'before'), day when `daily`, step and arm where the measure
    has them, `by` (NULL as "(not set)"), then the sums of its shape; the same days as
    the answer covers. Without rows where the scope has no answer. For the search for
    leaks, which draws nothing from small cells: never shown as it is.
    Raises JourneyError for a broken query and for a column that it does not have.
    """
    try:
        question = ask(reader, library, query, scope)
        with scoped(question, FEWEST_PEOPLE) as cursor:
            return _parts(question, cursor, by, daily)
    except Unanswerable:
        names = ["period", *(["day"] if daily else []), *by, "numerator", "denominator"]
        return pl.DataFrame({name: [] for name in names})


def _parts(
    question: Question, cursor: Reader, by: Sequence[str], daily: bool
) -> pl.DataFrame:
    query, text = question.query, question.text
    values = parameters(text.reading, question.scope, question.through, question.params)
    shape = shape_of(query, described(cursor, text, values, question.catalog))
    unknown = [column for column in by if column not in shape.splits]
    if unknown:
        raise JourneyError(
            query.problem(f'no column "{unknown[0]}" to split by',
                          near(unknown[0], shape.splits), "choose one of its columns")
        )  # fmt: skip
    settled = question.settled(0 if "step" in shape.has else query.window_days)
    if settled.state != "ready":
        raise Unanswerable
    values = parameters(text.reading, settled.scope, question.through, question.params)
    sql = grouped(text.sql, shape, by, daily, days_of(settled))
    return pl.DataFrame(
        fetched(cursor, text, values, sql), _schema(shape, by, daily), orient="row"
    )


def _schema(shape: Shape, by: Sequence[str], daily: bool) -> dict[str, Any]:
    """Return the columns of parts: keys, then the sums of the shape."""
    keys: dict[str, Any] = {"period": pl.String} | ({"day": pl.Date} if daily else {})
    for key in shape.keys:
        keys[key] = pl.Int64 if key == "step" else pl.String
    keys |= dict.fromkeys(by, pl.String)
    sums: dict[str, Any] = {"happened": pl.List(pl.Float64),
                            "still_open": pl.List(pl.Float64)}  # fmt: skip
    if shape.kind == "member":
        rates = {"entered", "hit"} <= shape.has
        sums = dict.fromkeys(
            ("numerator", "denominator") if rates else ("value",), pl.Float64
        )
    elif shape.kind != "observation":
        names = (*NEEDED[shape.kind], *EXTRAS[shape.kind])
        sums = {name: pl.Float64 for name in names if name in shape.has}
    return keys | sums
