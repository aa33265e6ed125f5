"""A long file becomes canonical rows part by part, so that no copy of it is whole.

What is told of the file (bad rows, doubtful times, keys given twice) is what would be
told if it had been converted at once.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import duckdb
import polars

from journey.landing.convert import Dialect
from journey.landing.hashing import Hasher
from journey.landing.remarks import conflicts, count_clock_changes, version_of
from journey.landing.stage import SHOWN, BadRow, Staged, canonical
from journey.landing.tables import LandedTable

ROWS = 100_000
"""Rows of a part."""
ALIKE = 3
"""Rows of one pattern of value that are named."""

Keep = Callable[[polars.DataFrame], None]


def convert(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    dialect: Dialect,
    hasher: Hasher,
    where: str,
    keep: Keep,
) -> Staged:
    """Turn `mapped` into canonical rows and hand them to `keep`, a part at a time.

    Returned is what was found on the way, without the rows.
    """
    total = int(connection.sql("select count(*) from mapped").fetchall()[0][0])
    if total <= ROWS:
        return _part(connection, table, dialect, hasher, where, keep, whole=True)
    connection.execute("alter table mapped rename to all_mapped").fetchall()
    parts = []
    for first in range(0, total, ROWS):
        connection.execute(
            "create table mapped as select * from all_mapped "
            f"where rowid >= {first} and rowid < {first + ROWS}"
        ).fetchall()
        parts.append(_part(connection, table, dialect, hasher, where, keep, whole=False))
    connection.execute("drop table all_mapped").fetchall()
    return _joined(parts)


def _part(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    dialect: Dialect,
    hasher: Hasher,
    where: str,
    keep: Keep,
    whole: bool,
) -> Staged:
    doubtful = count_clock_changes(connection, table, dialect)
    staged = canonical(connection, table, dialect, hasher, where)
    staged.remarks |= doubtful
    connection.register("converted", staged.rows)
    if not whole:
        _take_out(connection, staged, *_known_before(connection, table))
    _take_out(connection, staged, *conflicts(connection, table))
    if not whole:
        _remember(connection, table)
    connection.unregister("converted")
    staged.days = _days(table, staged.rows)
    keep(staged.rows)
    staged.rows = polars.DataFrame()
    return staged


def _take_out(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    bad: Sequence[BadRow],
    rows: Sequence[int],
) -> None:
    """Take rows that contradict an earlier one out of `converted`, the first as bad."""
    if not rows:
        return
    staged.bad += bad
    staged.skipped += len(rows)
    staged.rows = staged.rows.filter(~polars.col("_row").is_in(rows))
    connection.register("converted", staged.rows)


def _known_before(
    connection: duckdb.DuckDBPyConnection, table: LandedTable
) -> tuple[list[BadRow], list[int]]:
    """Find rows whose key an earlier part gave with other content."""
    same = version_of(connection, table)
    if same is None:
        return [], []
    connection.execute(
        "create table if not exists given (version ubigint, content ubigint, row bigint)"
    ).fetchall()
    found = connection.execute(
        f"select _row, row as first, concat_ws(' ', {same.key}) from converted "
        f"join given on version = hash({same.version}) "
        f"where content <> hash({same.content}) order by _row"
    ).fetchall()
    return same.bad_rows(found)


def _remember(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> None:
    same = version_of(connection, table)
    if same is not None:
        connection.execute(
            f"insert into given select hash({same.version}) as version, "
            f"arg_min(hash({same.content}), _row), min(_row) from converted "
            f"where hash({same.version}) not in (select version from given) group by 1"
        ).fetchall()


def _days(table: LandedTable, rows: polars.DataFrame) -> tuple[dt.date, dt.date] | None:
    days = rows.get_column(table.time_column, default=None) if table.time_column else None
    if days is None or days.null_count() == len(days):
        return None
    first, last = days.min(), days.max()
    assert isinstance(first, dt.date) and isinstance(last, dt.date)
    return _day(first), _day(last)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _joined(parts: Sequence[Staged]) -> Staged:
    """Return what the parts found, as if they had been one."""
    days = [part.days for part in parts if part.days]
    remarks: Counter[str] = Counter()
    for part in parts:
        remarks.update(part.remarks)
    return Staged(
        polars.DataFrame(),
        sum(part.read for part in parts),
        _bad([part.bad for part in parts]),
        sum(part.skipped for part in parts),
        dict(remarks),
        (min(first for first, _ in days), max(last for _, last in days)) if days else None,
    )


def _bad(parts: Sequence[Sequence[BadRow]]) -> list[BadRow]:
    alike: Counter[tuple[str | None, str]] = Counter()
    for part in parts:
        told = {(bad.column, bad.group, bad.alike) for bad in part}
        for column, group, count in told:
            alike[column, group] += count
    kept: list[BadRow] = []
    named: Counter[tuple[str | None, str]] = Counter()
    for bad in (bad for part in parts for bad in part):
        kind = (bad.column, bad.group)
        named[kind] += 1
        if named[kind] <= (SHOWN if bad.group == "again" else ALIKE):
            kept.append(replace(bad, alike=alike[kind]))
    return sorted(kept, key=lambda bad: (bad.group == "again", bad.row))[: 2 * SHOWN]
