"""How staged rows become landed rows: one function for each rule of canonical.sql.

Every function works inside the transaction of its run. A row that is already landed
with the same content stays untouched, so reading the same thing twice changes nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars

from journey.connector import Present
from journey.landing.convert import quoted
from journey.landing.keys import keys_of
from journey.landing.tables import LandedTable
from journey.landing.waiting import staged_name, take_out

PARENTS = {"sales_order": "order", "ticket": "ticket"}
"""Tables that others hang on by the key of this kind."""


@dataclass
class Merged:
    landed: int = 0
    superseded: int = 0
    erased: int = 0


def _run(
    connection: duckdb.DuckDBPyConnection, sql: str, params: dict[str, object] | None = None
) -> int:
    """Run a statement that changes rows; return how many."""
    rows = connection.execute(sql, params or {}).fetchall()
    return int(rows[0][0]) if rows else 0


def _columns(table: LandedTable, alias: str = "", without: Sequence[str] = ()) -> str:
    dot = f"{alias}." if alias else ""
    return ", ".join(f'{dot}"{name}"' for name in table.names if name not in without)


def _content(table: LandedTable, alias: str) -> str:
    return f"({_columns(table, alias, ('_run_id',))})"


def drop_erased(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> int:
    """Remove staged rows of people who asked to be forgotten."""
    if not _run(connection, "select count(*) from erasure"):
        return 0
    if table.name in PARENTS:
        _remember_parents(connection, table)
    theirs = " or ".join(
        f"{key} in (select key from erasure where key_kind = '{kind}')"
        for kind, key in keys_of(table)
    )
    return take_out(connection, table, theirs) if theirs else 0


def _remember_parents(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> None:
    """Note the orders or tickets left out, so that what hangs on them stays out too."""
    kind = PARENTS[table.name]
    theirs = " or ".join(
        f"{key} in (select key from erasure where key_kind = '{of}')"
        for of, key in keys_of(table)
        if of != kind
    )
    _run(
        connection,
        f"insert into erasure select distinct '{kind}', source || ':' || {kind}_id, now() "
        f"from {staged_name(table)} where ({theirs}) and source || ':' || {kind}_id "
        f"not in (select key from erasure where key_kind = '{kind}')",
    )


def merge_newest(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> int:
    """Land by key, the newest updated_at wins; return staged rows that lost in the run."""
    staged = staged_name(table)
    key = ", ".join(table.key)
    lost = 0
    if _run(connection, f"select count(*) - count(distinct ({key})) from {staged}"):
        lost = take_out(
            connection, table,
            "_seq not in (select arg_max(_seq, "
            f"(coalesce(updated_at, '-infinity'::timestamptz), _seq)) "
            f"from {staged} group by {key})",
        )  # fmt: skip
    if not _any(connection, f"{table.name} semi join {staged} using ({key})"):
        _insert(connection, table, staged)
        return lost
    same = " and ".join(f't."{name}" = s."{name}"' for name in table.key)
    values = ", ".join(
        f'"{name}" = s."{name}"' for name in table.names if name not in table.key
    )
    connection.execute(
        f"merge into {table.name} as t using {staged} as s on {same} "
        "when matched and (s.updated_at >= t.updated_at) is not false "
        f"and {_content(table, 't')} is distinct from {_content(table, 's')} "
        f"then update set {values} "
        f"when not matched then insert ({_columns(table)}) values ({_columns(table, 's')})"
    ).fetchall()
    return lost


def drop_absent(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    source: str,
    group: str | None,
) -> None:
    """Remove rows of this source that are not staged; days or slices by their group."""
    same = group or f"hash({_columns(table, '', ('_run_id',))})"
    _run(
        connection,
        f"delete from {table.name} where source = $source and ({same}) not in "
        f"(select ({same}) from {staged_name(table)})",
        {"source": source},
    )


FEW = 20
"""Rows that may be missing at once without a doubt."""
FEWEST = 3
"""The same where the list of what is left is empty, as that of a broken server is."""


def drop_missing(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    source: str,
    run_id: str,
    started: dt.datetime,
    present: Present,
) -> tuple[int, int]:
    """Mark rows as deleted, or remove them, whose id the source has no more.

    Rows that this run has brought stay. Returns how many went, and how many would have
    gone where that is more than half of many: an empty answer is no proof of deletion.
    """
    ids = polars.DataFrame({"id": polars.Series(sorted(present.ids), dtype=polars.String)})
    connection.register("present_ids", ids)
    judged, values = _judged(table, source, run_id, present)
    missing = f'{judged} and "{present.key}" not in (select id from present_ids)'
    try:
        known = _run(
            connection, f"select count(*) from {table.name} where {judged}", values
        )
        gone = _run(
            connection, f"select count(*) from {table.name} where {missing}", values
        )
        if gone > (FEW if present.ids else FEWEST) and gone * 2 > known:
            return 0, gone
        if "deleted_at" in table.names:
            change = f"update {table.name} set deleted_at = $started where {missing}"
            values["started"] = started
        else:
            change = f"delete from {table.name} where {missing}"
        return _run(connection, change, values), 0
    finally:
        connection.unregister("present_ids")


def _judged(
    table: LandedTable, source: str, run_id: str, present: Present
) -> tuple[str, dict[str, object]]:
    """Return the condition of the rows that a list of ids speaks of."""
    conditions = ["source = $source", "_run_id is distinct from $run"]
    values: dict[str, object] = {"source": source, "run": run_id}
    if "deleted_at" in table.names:
        conditions.append("deleted_at is null")
    for name, sign in (("first", ">="), ("before", "<")):
        if (bound := getattr(present, name)) is not None:
            conditions.append(f"{table.time_column} {sign} ${name}")
            values[name] = bound
    return " and ".join(conditions), values


def replace_groups(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    source: str,
    group: str,
    extra: str | None = None,
) -> None:
    """Replace whole groups of rows that no file gave.

    `group` is an expression list, without the source; a group goes whose content is not
    the staged one. `extra` is a condition: landed rows of this source under it go too
    when nothing staged replaces them.
    """
    staged = staged_name(table)
    landed = f"{table.name} where _file is null and source = {quoted(source)}"
    came = f"({group}) in (select ({group}) from {staged} where _file is null)"
    if not any(
        _any(connection, f"{landed} and ({rows})") for rows in (came, extra) if rows
    ):
        _insert(connection, table, f"{staged} where _file is null")
        return
    content = f"sum(hash({_columns(table, '', ('_run_id',))})::hugeint)"
    shape = f"({group}) as g, count(*) as n, {content} as h"
    connection.execute(
        f"create or replace temp table groups as with old as (select {shape} "
        f"from {landed} and {came} group by all), "
        f"new as (select {shape} from {staged} where _file is null group by all) "
        "select coalesce(new.g, old.g) as g from new left join old using (g) "
        "where (old.n, old.h) is distinct from (new.n, new.h)"
    ).fetchall()
    _run(connection, f"delete from {landed} and ({group}) in (select g from groups)")
    if extra:
        _run(connection, f"delete from {landed} and ({extra}) and not ({came})")
    _insert(
        connection, table,
        f"{staged} where _file is null and ({group}) in (select g from groups)",
    )  # fmt: skip


def _any(connection: duckdb.DuckDBPyConnection, rows: str) -> bool:
    return bool(_run(connection, f"select count(*) from (select 1 from {rows} limit 1)"))


def _insert(connection: duckdb.DuckDBPyConnection, table: LandedTable, rows: str) -> None:
    columns = _columns(table)
    _run(connection, f"insert into {table.name} ({columns}) select {columns} from {rows}")


def insert_files(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> None:
    """Add the staged rows that files gave; the rows they gave before are gone by now."""
    _run(
        connection,
        f"insert into {table.name} ({_columns(table)}) "
        f"select {_columns(table)} from {staged_name(table)} "
        "where _file is not null",
    )


def day_group(table: LandedTable, zone: str) -> str:
    column = table.merge.columns[0]
    if table.column(column).type == "date":
        return column
    return f"timezone('{zone}', {column})::date"


def days_condition(
    table: LandedTable, zone: str, source: str, days: Sequence[tuple[dt.date, dt.date]]
) -> str | None:
    """Return the condition: rows of this source on one of the days read completely."""
    column = table.time_column
    if column is None or not days:
        return None
    day = column if table.column(column).type == "date" else (
        f"timezone('{zone}', {column})::date"
    )  # fmt: skip
    ranges = " or ".join(f"{day} between date '{a}' and date '{b}'" for a, b in days)
    name = source.replace("'", "''")
    return f"source = '{name}' and ({ranges})"


SAID_BESIDE = {"_run_id", "_file", "attribution", "currency", "time_zone"}
"""Texts of a report's line that may be told otherwise later without being another."""


def drop_repeated_slices(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> int:
    """Let the file read last win where two files give the same line of a report.

    Lines are the same when everything but their numbers, and what is said beside an id
    or a number, is. Several such lines in one file are parts of a sum and all stay.
    """
    staged = staged_name(table)
    if not _any(connection, f"{staged} where _file is not null"):
        return 0
    beside = SAID_BESIDE | ({"campaign_name", "utm_campaign"} & {
        name for name in table.names if "campaign_id" in table.names
    })  # fmt: skip
    same = [
        column.name
        for column in table.columns
        if column.type in ("varchar", "date") and column.name not in beside
    ]
    names = ", ".join(same)
    lost = take_out(
        connection, table,
        f"_file is not null and (({names}), _file) not in (select ({names}), "
        f"arg_max(_file, _seq) from {staged} where _file is not null group by all)",
    )  # fmt: skip
    equal = " and ".join(f"t.{name} is not distinct from s.{name}" for name in same)
    lost_before = _run(
        connection,
        f"delete from {table.name} as t where t._file is not null and exists "
        f"(select 1 from {staged} as s where s._file is not null and {equal})",
    )
    return lost + lost_before


def merge_files_by_key(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> int:
    """Land the children that files gave by their own key; the file read last wins."""
    staged = staged_name(table)
    if not _any(connection, f"{staged} where _file is not null"):
        return 0
    key = ", ".join(table.key)
    lost = take_out(
        connection, table,
        "_file is not null and _seq not in "
        f"(select max(_seq) from {staged} where _file is not null group by {key})",
    )  # fmt: skip
    lost += _run(
        connection,
        f"delete from {table.name} where ({key}) in "
        f"(select ({key}) from {staged} where _file is not null)",
    )
    insert_files(connection, table)
    return lost
