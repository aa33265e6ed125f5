"""What a published file holds: its marts with their columns, and how fresh they are."""

from __future__ import annotations

import datetime as dt
import threading
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import duckdb

from journey.query.desks import Desks
from journey.query.lineage import Lineage

Reader = duckdb.DuckDBPyConnection
"""A connection that knows the published file as the catalog `published`."""


@dataclass(frozen=True)
class Freshness:
    """How far one mart goes."""

    landed: bool
    first_day: dt.date | None = None
    complete_through: dt.date | None = None


@dataclass(frozen=True)
class Remark:
    """What a source says against the data that a mart is made of."""

    source: str
    badge: str
    title: str
    first: dt.date
    last: dt.date
    detail: str = ""


@dataclass(frozen=True)
class Catalog:
    marts: Mapping[str, Mapping[str, str]]
    """Mart -> its columns with their types."""
    freshness: Mapping[str, Freshness]
    """Mart -> how fresh; a mart without an entry is taken as it is."""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Landed table that was given -> its sources; empty where nothing is known."""

    remarks: Mapping[str, Sequence[Remark]] = field(default_factory=dict)
    """Mart -> what is said against its data."""

    results: dict[str, dict[str, str]] = field(default_factory=dict, compare=False)
    """Text -> the columns of its result, filled as texts are run."""

    lineages: dict[str, Lineage] = field(default_factory=dict, compare=False)
    """Text -> what its result shows of people, filled as texts are looked at."""

    desks: Desks = field(default_factory=Desks, compare=False)
    """Cursors with the views of a scope, between two questions."""

    @property
    def landed_tables(self) -> frozenset[str]:
        """Return the landed tables that a source has given."""
        return frozenset(self.sources)

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the names of the marts."""
        return frozenset(self.marts)

    def columns(self, marts: Sequence[str]) -> frozenset[str]:
        """Return the columns that at least one of these marts has."""
        return frozenset(column for m in marts for column in self.marts.get(m, ()))

    def landed(self, marts: Sequence[str]) -> bool:
        return all(self.freshness[m].landed for m in marts if m in self.freshness)

    def complete_through(self, marts: Sequence[str]) -> dt.date | None:
        """Return the last day that is complete in every one of these marts."""
        days = [self.freshness[m].complete_through for m in marts if m in self.freshness]
        return min((day for day in days if day), default=None)

    def first_day(self, marts: Sequence[str]) -> dt.date | None:
        """Return the first day that every one of these marts has."""
        days = [self.freshness[m].first_day for m in marts if m in self.freshness]
        return max((day for day in days if day), default=None)

    def is_uneven(self, marts: Sequence[str]) -> bool:
        """Whether some of these marts begin on another day than the others."""
        days = [self.freshness[m].first_day for m in marts if m in self.freshness]
        return len({day for day in days if day}) > 1


_known: weakref.WeakKeyDictionary[Reader, Catalog] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def catalog(reader: Reader) -> Catalog:
    """Return what the reader's file holds; read once, a published file never changes."""
    with _lock:
        if reader not in _known:
            _known[reader] = read(reader)
        return _known[reader]


def read(reader: Reader) -> Catalog:
    """Return what the reader's file holds now."""
    cursor = reader.cursor()
    try:
        marts: dict[str, dict[str, str]] = {}
        for table, column, kind in cursor.execute(
            "select table_name, column_name, data_type from duckdb_columns()"
            " where database_name = 'published' and schema_name = 'main'"
            " order by table_name, column_index"
        ).fetchall():
            marts.setdefault(table.lower(), {})[column.lower()] = kind
        return Catalog(
            marts,
            _freshness(cursor) if "freshness" in marts else {},
            _sources(cursor) if "landed_tables" in marts else {},
            _remarks(cursor) if "remarks" in marts else {},
        )
    finally:
        cursor.close()


def _freshness(cursor: Reader) -> dict[str, Freshness]:
    rows = cursor.execute(
        "select lower(table_name), landed, first_day, complete_through"
        " from published.freshness"
    ).fetchall()
    return {
        name: Freshness(bool(landed), first, through)
        for name, landed, first, through in rows
    }


def _remarks(cursor: Reader) -> dict[str, list[Remark]]:
    rows = cursor.execute(
        "select table_name, source, badge, title, period_start, period_end,"
        " coalesce(detail, '') from published.remarks"
        " where period_start is not null and period_end is not null"
        " order by badge, period_start, detail"
    ).fetchall()
    found: dict[str, list[Remark]] = {}
    for table, *remark in rows:
        found.setdefault(table, []).append(Remark(*remark))
    return found


def _sources(cursor: Reader) -> dict[str, tuple[str, ...]]:
    rows = cursor.execute(
        "select table_name, list(distinct source order by source)"
        " from published.landed_tables group by 1"
    ).fetchall()
    return {str(table): tuple(sources) for table, sources in rows}
