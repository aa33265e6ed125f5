"""Turns `input` into `mapped`: canonical columns as the mapping writes them.

Expressions and SELECTs are typed by operators. They run in a stage that is locked by
then, and only after they parse as one expression or one SELECT.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from journey import people
from journey.connector import Files
from journey.landing.advice import broken_by
from journey.landing.convert import Dialect, clean, day, expected_by, instant, number_text
from journey.landing.inputs import Input
from journey.landing.stage import BadRow, check_columns, shown
from journey.landing.tables import LandedTable
from journey.problem import JourneyError, Problem, near

MOST_RETRIES = 100
"""Different values that may break a SELECT before skipping rows is given up."""


def make_macros(
    connection: duckdb.DuckDBPyConnection, dialect: Dialect, batch: Files
) -> None:
    """Make number(x), instant(x) and day(x), which read texts as the mapping says.

    Only those that the mapping names: making one takes longer than a small file.
    """
    said = "\n".join((batch.select or "", *batch.columns.values())).lower()
    text = clean("x::varchar", dialect)
    bodies = {
        "number": f"cast({number_text(text, dialect)} as decimal(38, 9))",
        "instant": instant(text, dialect),
        "day": day(text, dialect),
    }
    for name, body in bodies.items():
        if name not in said:
            continue
        failed = f"error('no {name}: ' || chr(39) || x || chr(39))"
        connection.execute(
            f"create macro {name}(x) as "
            f"case when {text} is not null and try({body}) is null then {failed} "
            f"else {body} end"
        ).fetchall()


def map_input(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    batch: Files,
    found: Input,
    name: str,
) -> list[BadRow]:
    """Make `mapped`; return rows of `input` left out because the SELECT broke on them."""
    if batch.select is None:
        columns = dict(batch.columns)
        query = _from_columns(connection, columns, batch, found, name)
        given: Sequence[str] = list(columns)
    else:
        query = _from_select(connection, batch, found, name)
        # DuckDB names "Email" as email after the column, and SQL knows no case.
        described = _describe(connection, query, batch, found, name)
        given = [row[0].lower() for row in described]
        given = [column for column in given if column != "_row"]
    if batch.currency and "currency" not in given and "currency" in table.given:
        query = f"select *, '{batch.currency}' as currency from ({query}\n)"
        given = [*given, "currency"]
    check_columns(table, given, batch.where or name)
    return _run(connection, query, batch, found, name)


def _from_columns(
    connection: duckdb.DuckDBPyConnection,
    columns: dict[str, str],
    batch: Files,
    found: Input,
    name: str,
) -> str:
    parts, problems = [], []
    for column, expression in columns.items():
        sql = _as_column(expression, found) or expression
        parts.append(f'({sql}\n) as "{column.replace(chr(34), chr(34) * 2)}"')
        try:
            _check_expression(connection, sql)
            connection.execute(f"describe select ({sql}\n) from input").fetchall()
        except (duckdb.Error, ValueError) as error:
            problems.append(_mapping_problem(column, expression, error, batch, found, name))
    if problems:
        raise JourneyError(*problems)
    return f"select row_number as _row, {', '.join(parts)} from input"


def _as_column(expression: str, found: Input) -> str | None:
    """Return the quoted column when the expression is just the name of one."""
    exact = [column for column in found.columns if column == expression.strip()]
    return '"' + exact[0].replace('"', '""') + '"' if exact else None


def _check_expression(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise ValueError unless the text is exactly one expression."""
    rows = connection.execute(
        "select json_serialize_sql($text)", {"text": f"select ({sql}\n) as x from input"}
    ).fetchall()
    tree = json.loads(rows[0][0])
    if tree.get("error"):
        raise ValueError(tree.get("error_message", "no SQL expression"))
    node = tree["statements"][0]["node"]
    if len(tree["statements"]) != 1 or len(node.get("select_list", ())) != 1:
        raise ValueError("more than one expression")
    if node.get("from_table", {}).get("table_name") != "input":
        raise ValueError("more than one expression")


def _mapping_problem(
    column: str,
    expression: str,
    error: Exception,
    batch: Files,
    found: Input,
    name: str,
) -> Problem:
    where = f"{batch.where}, column {column}" if batch.where else f"column {column}"
    message = str(error).split("\n")[0]
    missing = re.search(r'Referenced column "(.+?)" not found', str(error))
    if missing:
        return _no_column(where, missing[1], found, name)
    fix = "correct the expression"
    if "VARCHAR" in str(error) and batch.format in ("csv", "tsv"):
        fix = (
            "columns of a CSV are texts: write number(x), instant(x) or day(x) around them"
        )
    return Problem(where, f'"{expression}": {message}', "one SQL expression", fix)


def _no_column(where: str, column: str, found: Input, name: str) -> Problem:
    own = [c for c in found.columns if c not in ("filename", "row_number")]
    close = near(column, own)
    listed = f"; {name} has the columns {', '.join(own)}"
    expected = close + listed if close.startswith("did") else listed.removeprefix("; ")
    fix = found.hint or "correct the name; a name with spaces is written as it is"
    return Problem(where, f'no column "{column}" in {name}', expected, fix)


def _from_select(
    connection: duckdb.DuckDBPyConnection, batch: Files, found: Input, name: str
) -> str:
    text = (batch.select or "").strip().rstrip(";")
    try:
        statements = connection.extract_statements(text)
    except duckdb.Error as error:
        raise JourneyError(_select_problem(error, batch, found, name)) from error
    single = len(statements) == 1 and statements[0].type == duckdb.StatementType.SELECT
    if not single:
        raise JourneyError(
            Problem(_place(batch), f"{len(statements)} statements or no SELECT",
                    "one SELECT over `input`", "keep one SELECT")
        )  # fmt: skip
    names = [row[0] for row in _describe(connection, text, batch, found, name)]
    number = "row_number" if "row_number" in names else "row_number() over ()"
    return f"select {number} as _row, * from ({text}\n)"


def _place(batch: Files) -> str:
    return batch.select_file or batch.where or "select"


def _describe(
    connection: duckdb.DuckDBPyConnection, sql: str, batch: Files, found: Input, name: str
) -> list[tuple[str, ...]]:
    try:
        return connection.execute(f"describe {sql}").fetchall()
    except duckdb.Error as error:
        raise JourneyError(_select_problem(error, batch, found, name)) from error


def _select_problem(error: Exception, batch: Files, found: Input, name: str) -> Problem:
    line = re.search(r"LINE (\d+):", str(error))
    number = int(line[1]) if line else None
    missing = re.search(r'Referenced column "(.+?)" not found', str(error))
    if missing:
        made = _no_column(_place(batch), missing[1], found, name)
        return Problem(made.where, made.found, made.expected, "correct the SELECT", number)
    return Problem(_place(batch), str(error).split("\n")[0], "a SELECT that DuckDB runs",
                   "correct the SELECT; columns of a CSV are texts, number(x), instant(x) "
                   "and day(x) read them", number)  # fmt: skip


def _run(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    batch: Files,
    found: Input,
    name: str,
) -> list[BadRow]:
    """Make `mapped`; with on_bad_rows = "skip" go on without rows that break it."""
    left_out: list[BadRow] = []
    source = query
    for _ in range(MOST_RETRIES):
        try:
            connection.execute(f"create table mapped as {source}").fetchall()
            return left_out
        except duckdb.Error as error:
            value, expected = _value_in(error), _expected(error, batch)
            rows = _rows_with(connection, found, value) if value is not None else []
            fresh = [row for row in rows if row not in {bad.row for bad in left_out}]
            bad = [BadRow(row, None, shown(value), expected) for row in fresh]
            if batch.on_bad_rows == "stop" or not fresh:
                raise JourneyError(*_broken(error, bad, batch, found, name)) from error
            left_out += bad
            _leave_out(connection, [item.row for item in left_out])
    raise JourneyError(
        Problem(name, f"more than {MOST_RETRIES} different bad values", "few bad rows",
                "correct the mapping: the format of a column is probably another")
    )  # fmt: skip


def _first(error: Exception) -> str:
    message = str(error).split("\n")[0]
    return people.masked(re.sub(r"'.*'|\".*\"", "it", message, count=1))[:200]


def _expected(error: Exception, batch: Files) -> str:
    """Return what number(x), instant(x) or day(x) expected, else what DuckDB says."""
    reader = re.search(r"no (number|instant|day): ", str(error))
    if reader is None:
        return _first(error)
    dialect = Dialect(
        batch.time_zone, batch.decimal, batch.thousands, batch.date_formats,
        batch.empty_words,
    )  # fmt: skip
    return expected_by(reader[1], dialect)


def _value_in(error: Exception) -> str | None:
    """Return the value that an error of DuckDB complains about."""
    match = re.search(r"'([^\n]*)'", str(error)) or re.search(r'"([^\n]*?)"', str(error))
    return match[1] if match else None


def _rows_with(
    connection: duckdb.DuckDBPyConnection, found: Input, value: str
) -> list[int]:
    texts = [
        column
        for column, kind in zip(
            connection.table("input").columns, connection.table("input").types, strict=True
        )
        if str(kind) == "VARCHAR" and column != "filename"
    ]
    if not texts:
        return []
    any_of = " or ".join(
        f'"{column.replace(chr(34), chr(34) * 2)}" = $value' for column in texts
    )
    rows = connection.execute(
        f"select row_number from input where {any_of} order by 1",
        {"value": value},
    ).fetchall()
    return [row[0] for row in rows]


def _leave_out(connection: duckdb.DuckDBPyConnection, rows: Sequence[int]) -> None:
    listed = ", ".join(map(str, rows))
    connection.execute(
        "create or replace view input as select * from whole_input "
        f"where row_number not in ({listed})"
    ).fetchall()


def _broken(
    error: Exception, bad: Sequence[BadRow], batch: Files, found: Input, name: str
) -> list[Problem]:
    if not bad:
        return [_unreadable(error, batch, name)]
    lines = found.line_of([item.row for item in bad])
    numbered = [replace(item, line=lines.get(item.row)) for item in bad]
    return [broken_by(name, _place(batch), numbered)]


def _unreadable(error: Exception, batch: Files, name: str) -> Problem:
    if batch.format == "parquet":
        return Problem(name, f"breaks off while it is read: {_first(error)}",
                       "a whole Parquet file", "copy or export it again; if that changes "
                       "nothing, correct the mapping")  # fmt: skip
    return Problem(name, f"{_place(batch)}: {_first(error)}", "a mapping that runs",
                   "correct the mapping")  # fmt: skip
