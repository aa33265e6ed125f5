"""The private place where what a source gave becomes canonical rows.

An in-memory database of its own for every batch: expressions typed by operators run
in it after it has been locked, so they see their own input and nothing else. Addresses
and phone numbers leave it only as hashes.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from operator import itemgetter

import duckdb
import polars

from journey import people
from journey.landing.convert import (
    SPACES,
    Conversion,
    Dialect,
    clean,
    conversion,
    is_nested,
    is_type,
    quoted,
)
from journey.landing.hashing import Hasher, hash_persons
from journey.landing.masks import mask
from journey.landing.outgoing import Outgoing
from journey.landing.tables import CLEAR, OWN_COLUMNS, Column, LandedTable
from journey.problem import JourneyError, Problem, near

ROUNDED = (
    "(contains({sql}, '+') and regexp_full_match({sql}, '[0-9]([.,][0-9]+)?[eE][+][0-9]+'))"
)
"""A number that a spreadsheet has shortened: as a key it would stand for many things."""

NESTED = frozenset({dict, list, tuple})
CORRECT = "correct it at the source, or the connector"
SHOWN = 20
"""Bad rows named one by one; the rest is counted."""


@dataclass(frozen=True)
class BadRow:
    row: int
    """1-based number of the data row."""
    column: str | None
    found: str
    expected: str
    line: int | None = None
    first: int | None = None
    """The row it contradicts."""
    group: str = ""
    """What rows alike share: the pattern of the value."""
    alike: int = 1
    """How many rows of the column share it."""


@dataclass
class Staged:
    """Canonical rows, hashed, with what was found on the way."""

    rows: polars.DataFrame
    """`_row` and the columns that were given or have a default; the others are NULL."""
    read: int
    bad: list[BadRow] = field(default_factory=list)
    """The first of the rows that could not be read, and why."""
    skipped: int = 0
    remarks: dict[str, int] = field(default_factory=dict)
    """Flag -> how many rows it concerns."""
    days: tuple[dt.date, dt.date] | None = None
    """First and last day of the rows, where they have been handed on."""


@contextmanager
def open_stage() -> Iterator[duckdb.DuckDBPyConnection]:
    """Yield a private in-memory database that spills nothing to disk."""
    with contextlib.closing(duckdb.connect()) as connection:
        for name, value in (
            ("temp_directory", ""),
            ("timezone", "UTC"),
            ("python_enable_replacements", "false"),
            ("autoinstall_known_extensions", "false"),
            ("autoload_known_extensions", "false"),
        ):
            connection.execute(f"set global {name} = '{value}'").fetchall()
        yield connection


def lock(connection: duckdb.DuckDBPyConnection, path: str | None = None) -> None:
    """Let nothing that runs from here on reach the network, a setting or another file."""
    allowed = "[]" if path is None else "[" + quoted(path) + "]"
    for name, value in (
        ("allow_community_extensions", "false"),
        ("allowed_paths", allowed),
        ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ):
        connection.execute(f"set global {name} = {value}").fetchall()


def check_columns(table: LandedTable, given: Sequence[str], where: str) -> None:
    """Refuse columns the table has not got, and the lack of one it must have."""
    known = table.given
    problems = [
        Problem(
            where,
            f'{table.name} has no column "{name}"',
            _near(table, name),
            "correct the name or leave the column out",
        )
        for name in given
        if name not in known and name != "row_number"
    ]
    problems += [
        Problem(
            where, f"{table.name}.{name} is not given",
            "a value for every column that may not be empty: " + ", ".join(table.must),
            "set currency for the whole table, to the code of its money (the shop's is in "
            "[reporting]), or map the column"
            if name == "currency"
            else f"map {name} to a column of the source",
        )
        for name in table.must
        if name not in given
    ]  # fmt: skip
    if problems:
        raise JourneyError(*problems)


def _near(table: LandedTable, name: str) -> str:
    if name in CLEAR:
        return f"{CLEAR[name]} in the clear; the landing makes the hash"
    if name in OWN_COLUMNS:
        return f"nothing: the landing fills {name}"
    return near(name, table.given)


def canonical(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    dialect: Dialect,
    hasher: Hasher,
    where: str,
    by_row: bool = False,
) -> Staged:
    """Return the table or frame `mapped` (with `_row`) as canonical rows; it is gone then.

    Raises JourneyError when a column's type can never become the canonical one; `by_row`:
    its values are then judged one by one, as texts.
    """
    plan = _plan(connection, table, dialect, where, by_row)
    bad_where = _bad_conditions(table, plan, dialect)
    any_bad = " or ".join(f"({sql})" for sql in bad_where.values()) or "false"
    outgoing = Outgoing(connection, _columns(table, plan), any_bad)
    given = [table.given[name].name for name in plan]
    remarks = hash_persons(outgoing, hasher) | mask(outgoing, table, given, hasher.key)
    rows, skipped = outgoing.read()
    bad = _bad_rows(connection, table, plan, bad_where) if skipped else []
    connection.unregister("mapped")  # a frame needs no table of its own
    connection.execute("drop table if exists mapped").fetchall()
    return Staged(rows, len(rows) + skipped, bad, skipped, remarks)


def _plan(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    dialect: Dialect,
    where: str,
    by_row: bool,
) -> dict[str, Conversion]:
    relation = connection.table("mapped")
    plan, problems = {}, []
    names = [name.lower() for name in relation.columns]
    for name, given in zip(names, map(str, relation.types), strict=True):
        if name in ("_row", "row_number"):
            continue
        column = table.given[name]
        made = conversion(f'"{name}"', given, column.type, dialect)
        if made is None and by_row and not is_nested(given):
            made = conversion(f'"{name}"::varchar', "VARCHAR", column.type, dialect)
        if made is None:
            problems.append(
                Problem(
                    where,
                    f"{table.name}.{name} is given as {given}",
                    f"something that can become {column.type}",
                    _type_fix(given, column),
                )
            )
            continue
        if made.sql != f'"{name}"' or not is_type(given, column.type):
            made = replace(made, sql=f"cast({made.sql} as {column.type})")
        plan[name] = made
    if problems:
        raise JourneyError(*problems)
    return plan


def _type_fix(given: str, column: Column) -> str:
    if column.type == "timestamptz":
        return "write make_timestamptz(microseconds) or to_timestamp(seconds) around it"
    if "STRUCT" in given or given.endswith("]"):
        return "name one part of it, like address.country, or join a list with list_string"
    return f"write an expression of type {column.type}"


def _bad_conditions(
    table: LandedTable, plan: Mapping[str, Conversion], dialect: Dialect
) -> dict[str, str]:
    """Return column -> condition under which a row's value cannot be taken."""
    conditions = {}
    for name, made in plan.items():
        raw = f'"{name}"'
        if table.given[name].type == "varchar":
            failed = ["{sql} is null"] if name in table.must else []
            failed += [ROUNDED] if name.endswith("_id") else []
        elif name in table.must:
            failed = ["{sql} is null"]
        elif made.sql == raw:
            failed = []
        else:
            given = clean(f"{raw}::varchar", dialect)
            failed = [f"({{sql}} is null and {given} is not null)"]
        if failed:
            conditions[name] = " or ".join(failed).replace("{sql}", f"({made.sql})")
    return conditions


def _bad_rows(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    plan: Mapping[str, Conversion],
    conditions: Mapping[str, str],
) -> list[BadRow]:
    counts = ", ".join(f"count(*) filter ({sql})" for sql in conditions.values())
    found = connection.sql(f"select {counts} from mapped").fetchall()[0]
    bad = []
    for name, count in zip(conditions, found, strict=True):
        if not count:
            continue
        must = f"a value: {table.name}.{name} may not be empty"
        bad += [
            BadRow(row, name, shown(value), _expected(plan[name], value) or must,
                   group=pattern, alike=alike)
            for row, value, pattern, alike in _examples(connection, name, conditions[name])
        ]  # fmt: skip
    return sorted(bad, key=lambda item: item.row)[:SHOWN]


def _expected(made: Conversion, value: str | None) -> str:
    if not value or not value.strip():
        return ""
    return (
        "all its digits: a spreadsheet has rounded it"
        if made.expected == "text"
        else (made.expected)
    )


def _examples(
    connection: duckdb.DuckDBPyConnection, name: str, condition: str
) -> list[tuple[int, str | None, str, int]]:
    """Return the first rows of every pattern of value, and how many share it."""
    rows = connection.execute(
        "with bad as (select _row, v, regexp_replace(regexp_replace(coalesce(v, ''), "
        "'[0-9]+', '9', 'g'), '[[:alpha:]]+', 'a', 'g') as pattern from "
        f'(select _row, "{name}"::varchar as v from mapped where {condition})) '
        "select _row, v, pattern, count(*) over (partition by pattern) from bad "
        "qualify row_number() over (partition by pattern order by _row) <= 3 "
        f"order by _row limit {SHOWN}"
    ).fetchall()
    return [(row, value, pattern, int(alike)) for row, value, pattern, alike in rows]


def shown(value: str | None) -> str:
    """Return a value as an error may show it: short, and without a person in it."""
    if value is None or not value.strip():
        return "nothing"
    if people.email_of(value) or "@" in value:
        return "an e-mail address"
    if value.strip().startswith("+") and people.phone_of(value, None):
        return "a phone number"
    text = people.masked(value)
    text = text if len(text) <= 60 else text[:57] + "..."
    return '"' + text.replace("\n", "\\n") + '"'


def _columns(table: LandedTable, plan: Mapping[str, Conversion]) -> dict[str, str]:
    """Return canonical column -> expression, for those given or with a default."""
    columns = {}
    for given, column in table.given.items():
        sql = plan[given].sql if given in plan else f"cast(null as {column.type})"
        if column.default is not None:
            columns[column.name] = f"coalesce({sql}, {column.default})"
        elif given in plan:  # as NULL it would take as much memory as a value
            columns[column.name] = sql
    return columns


def stage_frame(
    connection: duckdb.DuckDBPyConnection,
    frame: polars.DataFrame,
    table: LandedTable,
    hasher: Hasher,
    where: str,
) -> tuple[Staged, list[Problem]]:
    """Turn rows of a connector, already in canonical columns, into canonical rows.

    `connection` is a stage. Returned too are the rows that cannot be read and were left
    out, the first of them, each named by its key.
    """
    check_columns(table, frame.columns, where)
    connection.register("mapped", _trimmed(frame).with_row_index("_row", offset=1))
    staged = canonical(connection, table, Dialect(trimmed=True), hasher, where, by_row=True)
    problems = [
        Problem(f"{where}, {_named(table, frame.row(bad.row - 1, named=True), bad.row)}",
                f"{bad.column} is {bad.found}", bad.expected, CORRECT)
        for bad in staged.bad
    ]  # fmt: skip
    return staged, problems


def _trimmed(frame: polars.DataFrame) -> polars.DataFrame:
    """Return the frame with texts as `clean` makes them: ten times as fast as in SQL."""
    text = polars.col(polars.String)
    stripped = frame.with_columns(text.str.strip_chars(SPACES))
    return stripped.with_columns(polars.when(text != "").then(text))


def _named(table: LandedTable, row: Mapping[str, object], number: int) -> str:
    """Return what a row is called: its key as the source has it, else its number."""
    names = [name for name in table.key if name in row]
    values = [row[name] for name in names]
    if not values or any(value is None for value in values):
        return f"row {number}"
    return ", ".join(
        f"{name} {shown(str(value))}" for name, value in zip(names, values, strict=True)
    )


def nested(
    rows: Sequence[Mapping[str, object]], table: LandedTable, where: str
) -> dict[int, Problem]:
    """Return place of a row -> what is told of it: no single value where one should be."""
    lists = {name for name, column in table.given.items() if column.type.endswith("[]")}
    found = {}
    for place, row in enumerate(rows):
        if NESTED.isdisjoint(map(type, row.values())):
            continue
        for name, value in row.items():
            if type(value) in NESTED and not (name in lists and isinstance(value, list)):
                found[place] = Problem(
                    f"{where}, {_named(table, row, place + 1)}",
                    f"{name} is an object or a list", "a single value", CORRECT,
                )  # fmt: skip
    return found


def frame_of(rows: Sequence[Mapping[str, object]]) -> polars.DataFrame:
    """Return rows given as dicts as one frame; a column missing in a row is NULL."""
    if not rows:
        return polars.DataFrame()
    names = tuple(rows[0])
    if all(len(row) == len(names) for row in rows) and len(names) > 1:
        with contextlib.suppress(KeyError):
            columns = zip(*map(itemgetter(*names), rows), strict=True)
            return polars.DataFrame(list(map(_series, names, columns)))
    every = dict.fromkeys(name for row in rows for name in row)
    return polars.DataFrame([_series(n, [row.get(n) for row in rows]) for n in every])


def _series(name: str, values: Sequence[object]) -> polars.Series:
    kinds = set(map(type, values)) - {type(None)}
    if len(kinds) <= 1:
        found = polars.Series(name, values, strict=False)
        if found.dtype not in (polars.Int128, polars.UInt128):  # DuckDB reads neither
            return found
    return polars.Series(name, [None if v is None else str(v) for v in values])
