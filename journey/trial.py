"""A query against its test: a few rows given, the rows expected of them."""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from journey.answer import Answer, Period
from journey.check import tests_of
from journey.figures import measures, suppression
from journey.figures.answers import answer
from journey.problem import JourneyError, Problem, near, toml_error
from journey.query import Library, Query, run
from journey.query.catalog import Catalog, Reader, read
from journey.query.text import admit, described, frame, parameters
from journey.scope import Scope, choices
from journey.settings import Settings

USUAL = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
"""The period of a test that names none in [scope]."""
KEYS = ("given", "expect", "scope", "answer", "settings")


@dataclass(frozen=True)
class Marts:
    """All marts without rows; each test takes back what it put in."""

    connection: Reader
    catalog: Catalog


def emptied(blueprint: Reader) -> Marts:
    """Return the marts of a blueprint after their rows are gone."""
    found = Marts(blueprint, read(blueprint))
    _empty(found, found.catalog.marts)
    return found


def _empty(marts: Marts, tables: Iterable[str]) -> None:
    for table in marts.catalog.marts.keys() & set(tables):
        marts.connection.execute(f'delete from published.main."{table}"')


@contextmanager
def everything_shown() -> Iterator[None]:
    """Let figures of a handful of rows be figures: what is withheld is tested elsewhere."""
    limits = [(vars(suppression), "FEWEST"), (vars(measures), "FEWEST"),
              (vars(run), "FEWEST_PEOPLE")]  # fmt: skip
    before = [module[name] for module, name in limits]
    for module, name in limits:
        module[name] = 0
    try:
        yield
    finally:
        for (module, name), value in zip(limits, before, strict=True):
            module[name] = value


def file_of(query: Query) -> Path:
    """Return where the test of a query lies: beside the folder of the query."""
    return tests_of(query) / f"{query.name}.toml"


def test(query: Query, library: Library, marts: Marts) -> list[Problem]:
    """Return what the test of a query finds wrong; nothing where it holds."""
    where, spec = f"tests/queries/{query.name}.toml", None
    try:
        spec = _spec(file_of(query), where)
        return list(_tried(query, library, marts, spec, where))
    except JourneyError as error:
        return list(error.problems)
    finally:
        _empty(marts, spec["given"] if spec else ())


def _spec(path: Path, where: str) -> dict[str, Any]:
    try:
        text = path.read_text("utf-8-sig")
        spec = tomllib.loads(text)
    except FileNotFoundError as error:
        raise JourneyError(
            Problem(where, "no test", "a few rows given, and the rows expected of them",
                    "write one; `new query` makes a pair to copy from")
        ) from error  # fmt: skip
    except tomllib.TOMLDecodeError as error:
        found, line = toml_error(error, text)
        raise JourneyError(
            Problem(where, f"not TOML: {found}", "a TOML file", "mend that line", line)
        ) from error
    problems = [
        Problem(where, f'unknown key "{key}"', near(key, KEYS), "correct the name")
        for key in spec
        if key not in KEYS
    ]
    for key, what in (("given", "rows to begin with"), ("expect", "rows to come out")):
        if key not in spec or (key == "given" and not spec[key]):
            problems.append(Problem(where, f"no {key}", what, f"add {key}"))
    if problems:
        raise JourneyError(*problems)
    return spec


def _tried(
    query: Query, library: Library, marts: Marts, spec: Mapping[str, Any], where: str
) -> Iterator[Problem]:
    _give(marts, spec["given"], where)
    scope = scope_of(spec)
    rows = result(marts, query, scope, spec["given"])
    found = [fitted(row, spec["expect"]) for row in rows.iter_rows(named=True)]
    wanted = [{key: plain(value) for key, value in row.items()} for row in spec["expect"]]
    if not same(found, wanted):
        yield Problem(
            where, f"{query.name} returns {_shown(found)}", _shown(wanted),
            "mend the query, or the test where it is the test that is wrong",
        )  # fmt: skip
    if query.kind == "measure" and rows["day"].null_count():
        yield Problem(where, "a row without a day", "day is never NULL in a measure",
                      "leave such rows out in the query")  # fmt: skip
    if "answer" in spec:
        if query.kind == "measure" and "scope" not in spec and rows.height:
            days = sorted(rows["day"].drop_nulls().to_list())
            scope = replace(scope, period=Period(days[0], days[-1])) if days else scope
        yield from _unlike(_answered(marts, library, query, scope), spec["answer"], where)


def _shown(rows: Sequence[Mapping[str, Any]]) -> str:
    told = [", ".join(f"{key} = {value}" for key, value in row.items()) for row in rows]
    return "; ".join(f"({row})" for row in told) or "no rows"


def _give(marts: Marts, given: Mapping[str, Any], where: str) -> None:
    """Insert rows that name only the columns that matter. Raises JourneyError."""
    for table, rows in given.items():
        columns = marts.catalog.marts.get(table)
        if columns is None:
            raise JourneyError(
                Problem(where, f"given.{table}: no such mart",
                        near(table, marts.catalog.marts), "correct the name")
            )  # fmt: skip
        for row in rows:
            if unknown := [name for name in row if name not in columns]:
                raise JourneyError(
                    Problem(where, f'given.{table}: no column "{unknown[0]}"',
                            near(unknown[0], columns), "correct the name")
                )  # fmt: skip
            named = ", ".join(f'"{column}"' for column in row)
            marks = ", ".join("?" for _ in row)
            marts.connection.execute(
                f'insert into published.main."{table}" ({named}) values ({marks})',
                list(row.values()),
            )


def scope_of(spec: Mapping[str, Any]) -> Scope:
    """Return the scope of a test: October 2026 unless it says otherwise."""
    wanted = dict(spec.get("scope", {}))
    period = Period(wanted.pop("from", USUAL.first), wanted.pop("to", USUAL.last))
    before = wanted.pop("before", None)
    segment = wanted.pop("segment", None)
    where = {c: v if isinstance(v, list) else [v] for c, v in wanted.items()}
    comparison = Period(before[0], before[1]) if before else None
    return Scope(period, comparison, choices(where), segment)


def result(
    marts: Marts, query: Query, scope: Scope, given: Container[str] = ()
) -> pl.DataFrame:
    """Return the rows of the file's own text on the marts as they are."""
    text = admit(query.sql, query.where, marts.catalog)
    cursor = marts.connection.cursor()
    known = read(marts.connection) if "freshness" in given else marts.catalog
    through = known.complete_through(text.reading.reads)
    try:
        for mart in text.reading.reads:
            cursor.execute(f'create temp view "{mart}" as from published.main."{mart}"')
        values = parameters(text.reading, scope, through)
        described(cursor, text, values)  # its errors carry the line of the file
        return frame(cursor, text, values)
    finally:
        cursor.close()


def _answered(marts: Marts, library: Library, query: Query, scope: Scope) -> Answer:
    files = Library({**library.queries, query.name: replace(query, window_days=0)})
    return answer(marts.connection, files, query.name, scope, Settings())


def _unlike(found: Answer, wanted: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Compare the figure; a text is the absence or the state that is expected."""

    def unlike(key: str, is_now: Any, expected: Any) -> Problem:
        return Problem(where, f"answer.{key} is {is_now}", str(expected),
                       "mend the query or the test")  # fmt: skip

    if "absence" in wanted:
        if found.absence != wanted["absence"]:
            yield unlike("absence", found.absence, wanted["absence"])
        return
    if found.problem is not None:
        yield found.problem
        return
    if found.measure is None:
        yield unlike("absence", found.absence, "a figure")
        return
    for key, value in wanted.items():
        side, _, field = key.rpartition(".")
        estimate = found.measure.before if side == "before" else found.measure.now
        if not close(getattr(estimate, field, None), value):
            yield unlike(key, getattr(estimate, field, None), value)


def fitted(row: Mapping[str, Any], wanted: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return only the columns that the test names."""
    named = dict.fromkeys(key for expected in wanted for key in expected)
    return {key: plain(row[key]) for key in named if key in row}


def plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None) if value.tzinfo is None else value.timestamp()
    return value


def same(found: Sequence[dict[str, Any]], wanted: Sequence[dict[str, Any]]) -> bool:
    """Compare rows in any order; a column a row does not name must be null or zero."""
    left = list(found)
    for row in wanted:
        match = next((other for other in left if _fits(other, row)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _fits(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    return all(
        close(value, wanted[key]) if key in wanted else not value
        for key, value in row.items()
    ) and set(wanted) <= set(row)


def close(found: Any, wanted: Any) -> bool:
    """Whether two values are the same, numbers but for the last digits."""
    numbers = (int, float)
    if isinstance(found, numbers) and isinstance(wanted, numbers):
        return math.isclose(found, wanted, rel_tol=1e-4, abs_tol=1e-9)
    return bool(found == wanted)
