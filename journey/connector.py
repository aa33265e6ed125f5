"""The contract between a source and the landing; all that a connector may import.

A connector is a module `connectors/<kind>.py` with three names:

- `Settings`: a dataclass; each field made with `setting(help=..., secret=...)`
- `TABLES`: the canonical tables it fills (journey/canonical.sql)
- `read(table, since, settings, http)`: a generator of `Batch`

It knows nothing of DuckDB, of state, of retries or of hashing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import polars

from journey.problem import JourneyError, Problem, near

__all__ = [
    "Batch", "Connector", "Days", "Files", "Flag", "Frame", "Http",
    "JourneyError", "Problem", "Rows", "Whole", "near", "setting",
]  # fmt: skip


def setting(*, help: str, secret: bool = False, default: Any = ...) -> Any:
    """Declare one setting of a source; without a default it must be given."""
    metadata = {"help": help, "secret": secret}
    if default is ...:
        return field(metadata=metadata)
    if isinstance(default, (list, dict)):
        return field(metadata=metadata, default_factory=lambda: default.copy())
    return field(metadata=metadata, default=default)


@dataclass(frozen=True)
class Rows:
    """Canonical rows as dicts; `email` and `phone` in the clear, hashed on arrival."""

    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Frame:
    """Canonical rows as a Polars frame; `email` and `phone` as in `Rows`."""

    frame: polars.DataFrame


@dataclass(frozen=True)
class Files:
    """Files that the landing shall read; unchanged ones are skipped by the landing.

    `columns` maps canonical column -> DuckDB expression over the file's columns;
    `select` is one SELECT over `input` instead. Rows of a changed file replace
    the rows that file gave before.
    """

    paths: Sequence[Path]
    format: Literal["csv", "tsv", "ndjson", "parquet", "excel"]
    columns: Mapping[str, str] = field(default_factory=dict)
    select: str | None = None
    select_file: str | None = None
    time_zone: str = "UTC"
    """Zone of times that carry none."""
    currency: str | None = None
    """Currency of money whose currency column is not mapped."""
    decimal: str = "."
    thousands: str | None = None
    date_formats: Sequence[str] = ()
    encoding: str = "utf-8"
    delimiter: str | None = None
    sheet: str | None = None
    header_line: int = 1
    """Line of a CSV or row of a sheet on which the names of the columns stand."""
    empty_words: Sequence[str] = ()
    """What the source writes where it has nothing: "NULL", "-"."""
    schema: Mapping[str, str] | None = None
    """Declared DuckDB types of the file's columns, for nested NDJSON."""
    where: str = ""
    """What to call this mapping in an error: 'journey.toml, source exports'."""
    on_bad_rows: Literal["stop", "skip"] = "stop"
    lookups: Mapping[str, Path] = field(default_factory=dict)
    """Further files that `select` may join: name of the table -> file."""
    replaces: Sequence[str] = ()
    """Name patterns ("events_intraday_20260101*") of files that landed earlier: rows of
    those that this read names nowhere go, because these files stand in their place."""


@dataclass(frozen=True)
class Days:
    """Days whose rows were read completely: days without rows are then true zeros."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Whole:
    """This read gives all rows of the table: those of earlier reads go unless they come
    again."""


@dataclass(frozen=True)
class Flag:
    """A remark on the quality of what was read, shown beside the figures."""

    flag: str
    period_start: dt.date
    period_end: dt.date
    value: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


Batch = Rows | Frame | Files | Days | Whole | Flag


class Http(Protocol):
    """One call with authentication, timeout, retries and clean errors; the core owns it."""

    def get(self, url: str, params: Mapping[str, Any] | None = None) -> Any: ...


class Connector(Protocol):
    Settings: type
    TABLES: Sequence[str]

    def read(
        self, table: str, since: dt.datetime | None, settings: Any, http: Http
    ) -> Iterator[Batch]: ...
