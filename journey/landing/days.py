"""Which days the files of a table hold completely; above all whether the last one is.

A file says nowhere when it was made, and an export of eight in the morning looks like one
of midnight. A day before the last one with rows is complete. Of the last one, in turn:

1. Its file was written, or first read by us, before the day was over: not complete. A
   time of writing counts against a day only, never for it, because a copy has a new one;
   one from before the rows themselves is false and says nothing.
2. Rows carry days and no times: complete. Such exports are made of whole days.
3. Else its last row decides. It is complete when a tenth of the days like it had nothing
   later either (a sparse shop), or when days like it had at most a fiftieth of their rows
   later (a busy one on New Year's Eve at ten to twelve). Days like it are the same
   weekdays of the eight weeks before, days without rows among them; with fewer than four
   of those, all days of these weeks. A first day alone is complete from six in the
   evening: there is nothing to compare it with.

Rows of the future are typing errors and say nothing. docs/adr/0006 tells why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from journey.landing.convert import quoted
from journey.landing.tables import LandedTable

BEFORE = dt.timedelta(weeks=8)
LIKE_IT = 4
QUIET = 0.1
LATER = 0.02
EVENING = dt.time(18)
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Before:
    """One day before the last one, as far as its evening is concerned."""

    day: dt.date
    rows: int
    later: int
    """Rows at a later time of day than the last row of the last day."""


def whole_ranges(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    source: str,
    zone: str,
    written_in: Iterable[str],
    now: dt.datetime,
) -> list[tuple[dt.date, dt.date]]:
    """Return first and last complete day of every file of a source, days of `zone`.

    `written_in` are the zones in which its files write times without one.
    """
    if table.time_column is None:
        return []
    _make_times(connection, table, source, zone, written_in, now)
    span = connection.execute("select min(moment), max(moment) from row_time").fetchall()
    first, last = span[0]
    if last is None:
        return []
    end = last.date()
    known = _known_until(connection, table, source, zone, end, now)
    over = known is None or known >= dt.datetime.combine(end + DAY, dt.time())
    if not (over and _ends_whole(connection, first.date(), last)):
        end -= DAY
    ranges = connection.execute(
        "select min(moment)::date, least(max(moment)::date, $end) from row_time "
        "group by _file having min(moment)::date <= $end order by all",
        {"end": end},
    ).fetchall()
    return [(first, until) for first, until in ranges]


def _make_times(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    source: str,
    zone: str,
    written_in: Iterable[str],
    now: dt.datetime,
) -> None:
    """Make `row_time`: local time, file, and whether a time of day was written."""
    name = table.time_column or ""
    at, timed, until = f'cast("{name}" as timestamp)', "false", "$now::timestamptz::date"
    if table.column(name).type != "date":
        at, until = f'timezone({quoted(zone)}, "{name}")', "$now::timestamptz"
        timed = " and ".join(
            f"cast(timezone({quoted(other)}, \"{name}\") as time) <> time '00:00'"
            for other in sorted({zone, *written_in})
        )
    connection.execute(
        f"create or replace temp table row_time as select {at} as moment, "
        f"{timed} as timed, _file from {table.name} "
        f'where source = $source and "{name}" <= {until}',
        {"source": source, "now": now},
    ).fetchall()


def _ends_whole(
    connection: duckdb.DuckDBPyConnection, first: dt.date, last: dt.datetime
) -> bool:
    day = last.date()
    rows = connection.execute(
        "select moment::date, count(*), count(*) filter (moment::time > $time), "
        "count(*) filter (timed) from row_time where moment::date between $first and $day "
        "group by 1 order by 1",
        {"time": last.time(), "first": day - BEFORE, "day": day},
    ).fetchall()
    if sum(row[3] for row in rows) <= sum(row[1] for row in rows) / 10 and not rows[-1][3]:
        return True
    known = [Before(*row[:3]) for row in rows[:-1]]
    return is_ordinary_end(last, max(first, day - BEFORE), known)


def _known_until(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    source: str,
    zone: str,
    day: dt.date,
    now: dt.datetime,
) -> dt.datetime | None:
    """Return the local moment after which no file with rows of the day can know of any."""
    found = connection.execute(
        "with last as (select _file, max(moment) as moment from row_time group by 1 "
        "having max(moment)::date = $day), "
        "reads as (select run_id, min(started_at) as moment from sync_run group by 1), "
        "known as (select last.moment, "
        "timezone($zone, make_timestamptz(mtime_ns // 1000)) as written, "
        "timezone($zone, coalesce(reads.moment, $now)) as read "
        "from last join landed_file on file = last._file and source = $source "
        "and table_name = $table left join reads using (run_id)) "
        "select max(case when written >= moment then least(written, read) else read end) "
        "from known",
        {"day": day, "zone": zone, "now": now, "source": source, "table": table.name},
    ).fetchall()
    moment: dt.datetime | None = found[0][0]
    return moment


def is_ordinary_end(last: dt.datetime, first: dt.date, before: Sequence[Before]) -> bool:
    """Return whether a day may well have ended with this row, going by those before it.

    Days from `first` on that are not among `before` had no rows.
    """
    known = {item.day: item for item in before}
    every = [first + DAY * number for number in range((last.date() - first).days)]
    same = [day for day in every if day.weekday() == last.weekday()]
    like = [known.get(day) for day in (same if len(same) >= LIKE_IT else every)]
    if not like:
        return last.time() >= EVENING
    quiet = sum(item is None or not item.later for item in like)
    rows = sum(item.rows for item in like if item)
    later = sum(item.later for item in like if item)
    return quiet >= QUIET * len(like) or later <= LATER * rows
