"""What a mart must keep: the columns it declares, one row per key."""

from __future__ import annotations

import re

import duckdb

from journey import disk
from journey.build.marts import Mart
from journey.problem import JourneyError, Problem, near

UNFIT = ("HUGEINT", "FLOAT", "INTERVAL", "TIMESTAMP", "UNKNOWN", '"NULL"')
"""Types a mart may not have: readers turn them into something else, or guess."""

LINE = re.compile(r"^LINE (\d+):", re.MULTILINE)
"""Where DuckDB says on which line of a text it stumbled."""


def check(connection: duckdb.DuckDBPyConnection, mart: Mart) -> None:
    """Raise JourneyError when the table differs from what its header promises."""
    rows = connection.execute(f'describe main."{mart.name}"').fetchall()
    types = {str(row[0]): str(row[1]) for row in rows}
    problems = _columns(mart, types) + _types(mart, types)
    problems += [] if problems else _key(connection, mart)
    if problems:
        raise JourneyError(*problems)


def failure(mart: Mart, error: duckdb.Error) -> JourneyError:
    """Return what DuckDB said about a mart, with the file's line where it gave one.

    A text raised by the mart itself, "found | expected | what to do", is taken apart.
    """
    if full := disk.full(error):
        return JourneyError(full)
    said = str(error)
    told = said.partition("Error: ")[2] or said
    match [part.strip() for part in told.split("|")]:
        case [found, expected, fix]:
            return JourneyError(Problem(mart.where, found, expected, fix))
    if isinstance(error, duckdb.IOException):
        return JourneyError(
            Problem(
                mart.where, told.splitlines()[0], "a disk that can be written",
                "see that it has room and is well; the snapshot shown now stays",
            )
        )  # fmt: skip
    line = LINE.search(said)
    return JourneyError(
        Problem(
            mart.where, told.split("\n\nLINE")[0].strip(), "SQL that runs",
            "mend the file; the snapshot shown now stays",
            int(line[1]) if line else None,
        )
    )  # fmt: skip


def _columns(mart: Mart, types: dict[str, str]) -> list[Problem]:
    missing = [
        Problem(mart.where, f'no column "{name}"', near(name, types),
                f"return {name}, or take it out of [columns]")
        for name in mart.columns
        if name not in types
    ]  # fmt: skip
    undescribed = [
        Problem(mart.where, f'column "{name}" is not described',
                near(name, mart.columns), f"describe {name} in [columns]")
        for name in types
        if name not in mart.columns
    ]  # fmt: skip
    return missing + undescribed


def _types(mart: Mart, types: dict[str, str]) -> list[Problem]:
    return [
        Problem(mart.where, f'column "{name}" is {kind}',
                "bigint, integer, double, decimal(18,4), date or timestamptz",
                f"cast {name}")
        for name, kind in types.items()
        if kind in UNFIT
    ]  # fmt: skip


def _key(connection: duckdb.DuckDBPyConnection, mart: Mart) -> list[Problem]:
    unknown = [column for column in mart.key if column not in mart.columns]
    if unknown or not mart.key:
        return [
            Problem(mart.where, f"key {', '.join(unknown) or '(none)'}",
                    "columns of this mart", "correct key in the header")
        ]  # fmt: skip
    key = ", ".join(f'"{column}"' for column in mart.key)
    # a null in a key counts as a value: two rows with it would be alike
    doubled = connection.execute(
        f'select {key}, count(*) as "rows" from main."{mart.name}" '
        f"group by {key} having count(*) > 1 order by all limit 3"
    ).fetchall()
    if not doubled:
        return []
    examples = "; ".join(", ".join(map(str, row[:-1])) for row in doubled)
    return [
        Problem(mart.where, f"more than one row for {examples}",
                f"one row per {', '.join(mart.key)}", "mend a join or the key")
    ]  # fmt: skip
