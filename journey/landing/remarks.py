"""What is odd about rows that are otherwise fine: clock changes, a key given twice."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from journey.landing.convert import Dialect, clean, naive
from journey.landing.stage import SHOWN, BadRow, shown
from journey.landing.tables import LandedTable

HOUR = dt.timedelta(hours=1)
Span = tuple[dt.datetime, dt.datetime]


def clock_changes(zone: str, first: int, last: int) -> tuple[list[Span], list[Span]]:
    """Return the local times of these years that never were, and those that were twice."""
    gaps: list[Span] = []
    overlaps: list[Span] = []
    info = zoneinfo.ZoneInfo(zone)
    moment = dt.datetime(first, 1, 1, tzinfo=dt.UTC)
    end = dt.datetime(last + 1, 1, 2, tzinfo=dt.UTC)
    before = moment.astimezone(info).utcoffset() or dt.timedelta()
    while moment < end:
        moment += HOUR
        after = moment.astimezone(info).utcoffset() or dt.timedelta()
        if after != before:
            change = moment.replace(tzinfo=None)
            span = (change + min(before, after), change + max(before, after))
            (gaps if after > before else overlaps).append(span)
        before = after
    return gaps, overlaps


def count_clock_changes(
    connection: duckdb.DuckDBPyConnection, table: LandedTable, dialect: Dialect
) -> dict[str, int]:
    """Return how many local times of `mapped` a clock change makes doubtful.

    A time that never was is read an hour later; one that was twice is read as the
    second, which is in winter time.
    """
    found: dict[str, int] = {}
    if dialect.time_zone == "UTC":
        return found
    relation = connection.table("mapped")
    names = [name.lower() for name in relation.columns]
    for name, kind in zip(names, map(str, relation.types), strict=True):
        if name not in table.given or table.given[name].type != "timestamptz":
            continue
        if kind != "VARCHAR" and not (kind.startswith("TIMESTAMP") and "ZONE" not in kind):
            continue
        local = f'cast("{name}" as timestamp)'
        if kind == "VARCHAR":
            local = naive(clean(f'"{name}"', dialect), dialect)
        for flag, count in _doubtful(connection, local, dialect.time_zone).items():
            found[flag] = found.get(flag, 0) + count
    return found


def _doubtful(
    connection: duckdb.DuckDBPyConnection, local: str, zone: str
) -> dict[str, int]:
    connection.execute(
        f"create or replace temp table local_time as select {local} as t from mapped"
    ).fetchall()
    span = connection.execute("select min(t), max(t) from local_time").fetchall()[0]
    if span[0] is None or not 1900 <= span[0].year <= span[1].year <= 2200:
        return {}
    gaps, overlaps = clock_changes(zone, span[0].year, span[1].year)
    counts: dict[str, int] = {}
    for flag, spans in (("time_that_never_was", gaps), ("time_that_was_twice", overlaps)):
        if not spans:
            continue
        within = " or ".join(
            f"(t >= timestamp '{a}' and t < timestamp '{b}')"
            for a, b in spans
            if a <= span[1] and b >= span[0]
        )
        if within:
            count = connection.execute(
                f"select count(*) from local_time where {within}"
            ).fetchall()[0][0]
            counts |= {flag: int(count)} if count else {}
    return counts


@dataclass(frozen=True)
class Version:
    """The columns, for SQL, that make a row of a table a version of a thing."""

    names: tuple[str, ...]
    key: str
    version: str
    """The key, and updated_at where there is one."""
    content: str

    def bad_rows(
        self, found: Sequence[tuple[int, int, str]]
    ) -> tuple[list[BadRow], list[int]]:
        """Return what is told of rows that contradict an earlier one, and all of them.

        `found`: their number, that of the earlier one, and the key.
        """
        name = " ".join(self.names)
        told = [
            BadRow(
                row, name, f"{shown(value)} again, with other values",
                f"every {name} once, or updated_at to say which is newer", first=first,
                group="again", alike=len(found),
            )
            for row, first, value in found[:SHOWN]
        ]  # fmt: skip
        return told, [row for row, _, _ in found]


def version_of(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> Version | None:
    """Return what tells the rows of `converted` apart; None for a table without key."""
    names = tuple(name for name in table.key if name != "source")
    if not names:
        return None
    key = ", ".join(f'"{name}"' for name in names)
    own = connection.table("converted").columns
    content = ", ".join(f'"{name}"' for name in table.names if name in own)
    return Version(
        names, key, f"{key}, updated_at" if "updated_at" in own else key, content
    )


def conflicts(
    connection: duckdb.DuckDBPyConnection, table: LandedTable
) -> tuple[list[BadRow], list[int]]:
    """Find rows of `converted` with the key of an earlier row but other content.

    Versions of a thing with different updated_at are no conflict: the newest wins.
    Returned are the first of the later rows, and the numbers of all.
    """
    same = version_of(connection, table)
    if same is None:
        return [], []
    keys, version, content = same.key, same.version, same.content
    found = connection.execute(
        f"select _row, first, concat_ws(' ', {keys}) from ("
        f"select _row, {keys}, min(_row) over same as first, "
        f"hash({content}) as h, arg_min(hash({content}), _row) over same as h1 "
        f"from converted where ({version}) in (select ({version}) from converted "
        f"group by {version} having count(*) > 1) "
        f"window same as (partition by {version})) where h <> h1 order by _row"
    ).fetchall()
    return same.bad_rows(found)
