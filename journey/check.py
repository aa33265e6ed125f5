"""Everything that is wrong with query files, told without data."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from journey.home import PROJECT
from journey.problem import JourneyError, Problem, near
from journey.query.absence import NEEDS as TABLES
from journey.query.catalog import Catalog, Reader, read
from journey.query.chart import unfit
from journey.query.file import Library, Query
from journey.query.gate import inspect
from journey.query.parts import Shape, shape_of
from journey.query.text import Text, described
from journey.query.told import WORDS, known
from journey.query.tree import Reading
from journey.words import STAGES

PARAMETERS = ("start", "end", "through")
"""What a file may name with $."""

DAY = dt.date(2026, 1, 1)
"""Any day: what a text is described with."""

HEADLINES = 4
"""Cards at the top of a stage's page; measures after them are lines."""

NAME = re.compile(r"[a-z][a-z0-9_]*/[a-z][a-z0-9_]*")
"""How the name of a query file is written."""

FOLDERS = (*STAGES, "segments")
"""Folders whose files stand elsewhere than on the page Queries."""

PERIOD = {"period_start": "DATE", "period_end": "DATE"}


def check(
    library: Library, blueprint: Reader | None = None, tests: Path | None = None
) -> list[Problem]:
    """Return every problem of every file, in the order of files and lines.

    blueprint: a connection whose catalog `published` has every mart without rows; by
    default `journey.build.blueprint()`. tests: the folder of query tests, by default
    the project's own. A mart's SQL is checked when the blueprint is built.
    """
    problems = list(library.problems)
    own, close = blueprint, False
    if own is None:
        from journey.build import blueprint as build_blueprint

        try:
            own, close = build_blueprint(), True
        except JourneyError as error:
            return problems + list(error.problems)
    try:
        problems += _all(library, own, tests or PROJECT / "tests" / "queries")
    finally:
        if close:
            own.close()
    return sorted(dict.fromkeys(problems), key=lambda p: (p.where, p.line or 0))


def _all(library: Library, blueprint: Reader, tests: Path) -> list[Problem]:
    catalog = read(blueprint)
    cursor = blueprint.cursor()
    try:
        for mart in catalog.marts:
            cursor.execute(
                f'create temp view "{mart}" as select * from published.main."{mart}"'
            )
        problems: list[Problem] = []
        for query in library.queries.values():
            problems += _tested(query, tests) if query.own else ()
            if query.kind != "mart":
                problems += _checked(query, catalog, cursor)
        return problems
    finally:
        cursor.close()


def _checked(query: Query, catalog: Catalog, cursor: Reader) -> list[Problem]:
    """Return what is wrong with one query that is not a mart."""
    try:
        reading = inspect(query.sql, catalog.marts, query.where)
    except JourneyError as error:
        return list(error.problems)
    problems = [*_parameters(query, reading), *_across(query, reading)]
    problems += _needs(query, catalog)
    if problems:
        return problems
    text = Text(query.sql, query.where, reading)
    try:
        columns = described(cursor, text, dict.fromkeys(reading.parameters, DAY))
    except JourneyError as error:
        return list(error.problems)
    return [*_result(query, columns), *_named(query, columns)]


def _parameters(query: Query, reading: Reading) -> Iterator[Problem]:
    for name in reading.parameters:
        if name not in PARAMETERS:
            yield query.problem(
                f"the parameter ${name}", near(name, PARAMETERS),
                "name one of these; everything else comes from the scope",
                _line_of(query, f"${name}"),
            )  # fmt: skip


def _needs(query: Query, catalog: Catalog) -> Iterator[Problem]:
    """Tell needs that no table, column or kind goes by."""
    named = {f"columns.{name}.needs": of.needs for name, of in query.columns.items()}
    for key, needs in {"needs": query.needs, "optional": query.optional, **named}.items():
        for need in needs:
            if need in TABLES or need in catalog.marts or known(need, catalog.marts):
                continue
            mart = need.partition(".")[0]
            columns = [f"{mart}.{column}" for column in catalog.marts.get(mart, ())]
            yield query.problem(
                f'{key}: "{need}"', near(need, [*TABLES, *WORDS, *columns]),
                "name a landed table, or a mart with one of its columns or kinds",
                query.lines.get(key) or query.lines.get(key.rpartition(".")[0]),
            )  # fmt: skip
        if needs and key in named and query.kind != "table":
            yield query.problem(
                f'{key} in a query of kind "{query.kind}"', "needs of columns of a table",
                "take the line out, or change kind", query.lines.get(key),
            )  # fmt: skip


def _across(query: Query, reading: Reading) -> Iterator[Problem]:
    """A filter must not change facts: who looks across rows says why that is right."""
    if query.kind != "measure" or query.across_rows:
        return
    for what, line in reading.across:
        yield query.problem(
            f"{what} in a measure", "a mart's column that was computed over all rows",
            'read the column, or say why it is right: across_rows = "reason"', line,
        )  # fmt: skip


def _result(query: Query, columns: Mapping[str, str]) -> Iterator[Problem]:
    """Tell what the result lacks for the query's kind."""
    if query.kind == "measure":
        try:
            yield from _interval(query, shape_of(query, columns))
        except JourneyError as error:
            yield from error.problems
    elif query.kind == "segment":
        yield from _lacking(query, columns, ("person_id",))
    elif query.kind == "period":
        yield from _lacking(query, columns, (*PERIOD, "value"))
    elif query.chart:
        for key, column in query.chart.columns.items():
            if column not in columns:
                yield _unknown(query, f"chart.{key}", column, columns)
        for key, found, expected, fix in unfit(query.chart, columns):
            yield query.problem(f"{key}: {found}", expected, fix, query.lines.get(key))


def _interval(query: Query, shape: Shape) -> Iterator[Problem]:
    """Tell an interval that cannot be drawn from the columns there are."""
    fitting = {
        "proportion": shape.kind == "ratio" or "hit" in shape.has,
        "mean": bool({"sum_squares", "sum_nn"} & shape.has),
        "count": shape.kind in ("ratio", "value", "member") and "hit" not in shape.has,
        "none": True,
    }
    if not fitting[query.interval]:
        wanted = {
            "proportion": "numerator and denominator, or entered and hit",
            "mean": "sum_squares beside numerator and denominator, or sum_nn",
            "count": "value, member, or numerator and denominator",
        }
        yield query.problem(
            f'interval = "{query.interval}" without its columns', wanted[query.interval],
            "return them as well, or change interval", query.lines.get("interval"),
        )  # fmt: skip


def _lacking(
    query: Query, columns: Mapping[str, str], needed: Collection[str]
) -> Iterator[Problem]:
    for name in needed:
        if name not in columns:
            yield query.problem(
                f'no column "{name}"', f"{', '.join(needed)} in the result",
                f'return {name}; a query of kind "{query.kind}" needs it',
            )  # fmt: skip
    for name, kind in PERIOD.items():
        if name in needed and columns.get(name, kind) != kind:
            yield query.problem(
                f"{name} is {columns[name]}", f"{name} as DATE", "cast it with ::date"
            )


def _named(query: Query, columns: Mapping[str, str]) -> Iterator[Problem]:
    """Tell columns of [columns] that the result does not have."""
    for name in query.columns:
        if name not in columns:
            yield _unknown(query, f"columns.{name}", name, columns)
        elif (of := query.columns[name].of) is not None and of not in columns:
            yield _unknown(query, f"columns.{name}", of, columns)


def _unknown(query: Query, key: str, column: str, columns: Mapping[str, str]) -> Problem:
    return query.problem(
        f'{key.replace(".", " ")}: the result has no column "{column}"',
        near(column, columns), "correct the name in the header", query.lines.get(key),
    )  # fmt: skip


def untested(library: Library) -> list[Problem]:
    """Return queries of other folders without a test: a warning, not an error.

    Their tests lie beside them: `tests/queries` next to the folder `queries`.
    """
    others = (query for query in library.queries.values() if not query.own)
    return [problem for query in others for problem in _tested(query, tests_of(query))]


def tests_of(query: Query) -> Path:
    """Return the folder with the tests of the folder that the query lies in."""
    return query.path.parents[query.name.count("/")].parent / "tests" / "queries"


def crowded(library: Library) -> list[Problem]:
    """Return the queries whose headline has no room on their page: a warning."""
    return [
        query.problem(
            f"headline = {query.headline}, and {HEADLINES} others of {topic} come first",
            f"at most {HEADLINES} headlines on a page",
            "take headline out here or in another file; it is a line below the cards now",
            query.lines.get("headline"),
        )
        for topic in dict.fromkeys(query.topic for query in library.queries.values())
        for query in [q for q in library.of(topic) if q.headline][HEADLINES:]
    ]  # fmt: skip


def misplaced(library: Library) -> list[Problem]:
    """Return files whose folder or name hides them: a warning for each."""
    return [problem for query in library.queries.values() for problem in _placed(query)]


def _placed(query: Query) -> Iterator[Problem]:
    if not NAME.fullmatch(query.name):
        yield query.problem(
            f'the name "{query.name}"', "FOLDER/NAME of small letters, digits and _",
            "rename it; the command line and links are then safe to type",
        )  # fmt: skip
    close = get_close_matches(query.topic.casefold(), FOLDERS, n=1, cutoff=0.8)
    if close and query.topic not in FOLDERS:
        yield query.problem(
            f'the folder "{query.topic}", which no page shows',
            f'did you mean "{close[0]}"?',
            "move the file; from here it is on the page Queries alone",
        )  # fmt: skip


def _tested(query: Query, tests: Path) -> Iterator[Problem]:
    if not (tests / f"{query.name}.toml").is_file():
        yield query.problem(
            "no test", f"tests/queries/{query.name}.toml",
            "give a few rows and say which rows you expect of them",
        )  # fmt: skip


def _line_of(query: Query, text: str) -> int | None:
    at = query.sql.find(text)
    return query.sql.count("\n", 0, at) + 1 if at >= 0 else None
