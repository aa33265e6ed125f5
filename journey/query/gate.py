"""The one gate: what a text may do, told from DuckDB's own parse tree.

Every text passes here before it is described or run, whether it is a file or was
typed. The tree is walked with lists of what is allowed; a node, a function or a type
that is not on a list is refused, so a new version of DuckDB opens nothing.
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

import duckdb

from journey.problem import JourneyError, Problem
from journey.query import lessons
from journey.query.file import without_comments
from journey.query.tree import Reading, Walk

LONGEST = 200_000
"""Characters of a text; a longer one is refused unread."""

DEEPEST = 150
"""Brackets within brackets; the parser's own stack ends far above."""


def inspect(
    sql: str,
    marts: Collection[str],
    where: str,
    catalogs: Mapping[str, Collection[str]] | None = None,
) -> Reading:
    """Return what `sql` does. Raises JourneyError with every reason to refuse it.

    marts: names of tables that may be read. where: what a problem calls the text.
    catalogs: further names as {schema: tables}, only when marts are built.
    """
    _refuse_size(sql, where)
    tree = parsed(sql, where)
    walk = Walk(sql, where, {m.lower() for m in marts}, catalogs or {})
    walk.statement(tree)
    if walk.problems:
        raise JourneyError(*dict.fromkeys(walk.problems))
    return Reading(
        tuple(sorted(walk.reads)), tuple(sorted(walk.parameters)),
        tuple(sorted(walk.functions)), tuple(dict.fromkeys(walk.across)),
    )  # fmt: skip


def _refuse_size(sql: str, where: str) -> None:
    depth = deepest = 0
    for sign in re.findall(r"[(\[{)\]}]", sql):
        depth += 1 if sign in "([{" else -1
        deepest = max(deepest, depth)
    if len(sql) <= LONGEST and deepest <= DEEPEST and "\0" not in sql:
        return
    raise JourneyError(
        Problem(
            where, f"{len(sql)} characters, brackets {deepest} deep",
            f"at most {LONGEST} characters, {DEEPEST} deep, and no NUL",
            "split the query into named steps: with step as (...)",
        )
    )  # fmt: skip


@cache
def _parser() -> duckdb.DuckDBPyConnection:
    """Return an empty, locked database: parsing needs no data."""
    connection = duckdb.connect(":memory:")
    for name, value in (
        ("threads", "1"), ("memory_limit", "1GB"), ("enable_external_access", "false"),
        ("lock_configuration", "true"),
    ):  # fmt: skip
        connection.execute(f"set global {name} = '{value}'").fetchall()
    return connection


atexit.register(_parser.cache_clear)


def parsed(sql: str, where: str) -> dict[str, Any]:
    """Return the parse tree of the one SELECT that `sql` is."""
    cursor = _parser().cursor()
    try:
        statements = cursor.extract_statements(sql)
        if len(statements) != 1 or _kind(statements[0]) != "SELECT":
            raise JourneyError(_not_one_select(sql, where, statements))
        row = cursor.execute("select json_serialize_sql(?::varchar)", [sql]).fetchone()
        tree = json.loads(row[0] if row else "{}")
    except duckdb.Error as error:
        raise JourneyError(syntax_problem(str(error), where, sql)) from error
    except RecursionError as error:
        raise JourneyError(
            Problem(where, "a query nested too deeply", "fewer steps within steps",
                    "split it into named steps: with step as (...)")
        ) from error  # fmt: skip
    finally:
        cursor.close()
    if tree.get("error", True) or len(tree["statements"]) != 1:
        found = tree.get("error_message", "no tree")
        raise JourneyError(
            Problem(where, f"a statement that cannot be read: {found}", "one SELECT",
                    "write one SELECT, with or without CTEs")
        )  # fmt: skip
    return dict(tree["statements"][0])


def _kind(statement: duckdb.Statement) -> str:
    """Return what a statement is; "other" where its Python client has no name for it."""
    try:
        return statement.type.name.replace("_", " ")
    except ValueError:
        return "other"


def _not_one_select(sql: str, where: str, statements: list[Any]) -> Problem:
    if not statements:
        return Problem(where, "no statement", "one SELECT", "write a SELECT")
    found = f"{len(statements)} statements"
    if len(statements) == 1:
        found = f"a {_kind(statements[0])} statement"
    bare = without_comments(sql)
    line = bare[: len(bare) - len(bare.lstrip())].count("\n") + 1
    return Problem(where, found, "one SELECT", "keep one SELECT, take the rest out", line)


def syntax_problem(message: str, where: str, sql: str = "") -> Problem:
    """Return the problem that DuckDB's parser tells, with its line."""
    match = re.search(r"\nLINE (\d+): (.*)", message)
    if lesson := lessons.of_syntax(sql, int(match[1]) if match else None, message):
        return Problem(where, *lesson, int(match[1]) if match else None)
    found = message.split("\n")[0].removeprefix("Parser Error: ")
    near_to = f": {match[2].strip()[:60]}" if match else ""
    return Problem(
        where, found + near_to, "SQL that DuckDB can read",
        "mend that line; a comma or a bracket before it may be missing",
        int(match[1]) if match else None,
    )  # fmt: skip
