"""The contract between a source and the landing; all that a connector may import.

A connector is a module `connectors/<kind>.py` with three names:

- `Settings`: a dataclass; each field made with `setting(help=..., secret=...)`
- `TABLES`: the canonical tables it fills (journey/canonical.sql)
- `read(table, since, settings, http)`: a generator of `Batch`

and, where its source is reached over the web, of:

- `access(settings)`: an `Access`, the address and the credentials that `http` uses
- `explain(failure)`: a `Problem` in the words of the vendor, or None for the usual one
- `check(settings, http)`: a generator of `Problem`, what `doctor` says before it reads

and of `GUIDE`, the `Guide` that the page Data shows to who connects a shop.

It knows nothing of DuckDB, of state, of retries or of hashing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import polars

from journey import columns
from journey.documents import parsed
from journey.oddities import FEW, ODD, Unreadable, is_before, moment, one_by_one, unreadable
from journey.problem import JourneyError, Problem, near

__all__ = [
    "FEW", "ODD", "Access", "Batch", "Connector", "Days", "Failure", "Files", "Flag",
    "Frame", "Given", "Guide", "Http", "JourneyError", "Later", "Mark", "Pause", "Present",
    "Problem", "Reply", "Rows", "Since", "Unreadable", "Whole", "columns", "is_before",
    "moment", "near", "one_by_one", "parsed", "setting", "unreadable",
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
class Since:
    """What to read of a table: what changed lately, or what was created in a stretch.

    A source whose Settings have a date `since` is read newest first: the last 90 days,
    then stretch by stretch back to that date; from then on, what changed. Every other
    source is asked for everything, every time.
    """

    first: dt.datetime | None = None
    """Read what changed (without `before`: what was created) at or after this; UTC."""
    before: dt.datetime | None = None
    """Set in a stretch: read only what was created before this. None: up to now."""
    mark: str | None = None
    """What the connector's last `Mark` said: where an unfinished read goes on."""
    thorough: bool = True
    """Once a day: also look for what no list of changes shows, such as deletions."""
    newest: bool = True
    """Whether this read reaches up to now; False in the older stretches."""


@dataclass(frozen=True)
class Rows:
    """Canonical rows as dicts; `email` and `phone` in the clear, hashed on arrival."""

    rows: Sequence[Mapping[str, Any]]
    table: str | None = None
    """Their table when it is not the one that is read: an order brings its lines."""


@dataclass(frozen=True)
class Frame:
    """Canonical rows as a Polars frame; `email` and `phone` as in `Rows`."""

    frame: polars.DataFrame
    table: str | None = None
    """As of `Rows`."""


@dataclass(frozen=True)
class Mark:
    """All that came before is complete in itself and may be kept from here on.

    After a cut, a kill or a `Pause` the next read starts with the last mark that was
    kept. Of tables that are replaced by days or slices, mark only at the end of one.
    """

    text: str
    """What the next read needs to go on here: a vendor's cursor, a moment."""
    lasting: bool = False
    """Also the next read of changes begins with it, not only one that was cut off."""


@dataclass(frozen=True)
class Present:
    """The ids that the source still has: landed rows without one of them were deleted.

    `key` is the column that holds the ids; with `first` and `before` only rows whose
    time lies between them are judged.
    """

    key: str
    ids: Collection[str]
    first: dt.datetime | None = None
    before: dt.datetime | None = None
    table: str | None = None
    """As of `Rows`."""


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
    table: str | None = None
    """As of `Rows`."""


@dataclass(frozen=True)
class Whole:
    """This read gives all rows of the table: those of earlier reads go unless they come
    again. No `Mark` may stand before it."""

    table: str | None = None
    """As of `Rows`."""


@dataclass(frozen=True)
class Flag:
    """A remark on the quality of what was read, shown beside the figures."""

    flag: str
    period_start: dt.date
    period_end: dt.date
    value: float | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    table: str | None = None
    """As of `Rows`."""


@dataclass(frozen=True)
class Later:
    """Batches to be made of what has been read, while the next pages are asked for.

    Where that takes long they are made in another process. So the function belongs to a
    module (functools.partial gives it what it needs), and what it needs can be sent
    there: bytes of answers, plain values, no `http`; nothing of it changes any more.
    """

    batches: Callable[[], Iterator[Batch]]


Batch = Rows | Frame | Files | Days | Whole | Present | Mark | Flag | Unreadable
Given = Batch | Later


class Pause(JourneyError):
    """The source wants no more calls for now: what came up to the last `Mark` is kept,
    the run counts as partial, and the next one goes on."""


@dataclass(frozen=True)
class Guide:
    """What a person does at the vendor before the source can be read."""

    title: str
    steps: tuple[str, ...]
    """One click or decision each, in the vendor's words for its menus."""
    name: str
    """What the source may be called."""
    example: str = ""
    """Lines of TOML beside those that every setting without a default makes."""


@dataclass(frozen=True)
class Access:
    """Where a source is reached, and as whom. Nothing of it is ever printed."""

    url: str
    """Base address; calls name the rest of the path."""
    basic: tuple[str, str] | None = None
    """User and password, sent over HTTPS, or to this machine, only."""
    oauth1: tuple[str, str] | None = None
    """Key and secret that sign every call anew (OAuth 1.0a, HMAC-SHA256)."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Sent with every call: a token, a version."""
    per_minute: float | None = None
    """Most calls that the vendor allows."""
    timeout: float = 60.0
    """Seconds without a byte after which a call is tried again."""


@dataclass(frozen=True)
class Reply:
    """The answer to one call."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case. Never print one: some vendors repeat secrets in them."""
    json: Any
    body: bytes = b""
    """What came, for `parsed` to read anew as another type."""


@dataclass(frozen=True)
class Failure:
    """A call that failed for good, for a connector to explain in the vendor's words."""

    kind: Literal["status", "not json", "redirect", "no connection", "graphql"]
    path: str
    """Path of the call, without query."""
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    """The body where it was JSON; of GraphQL the list of errors."""
    text: str = ""
    """The first characters of a body that was not JSON."""


class Http(Protocol):
    """Calls with authentication, timeouts, pace, retries and clean errors.

    Every method raises JourneyError (Pause when the source asks for a long wait) after
    the retries that the failure deserves: none for a wrong key, some for a busy server.
    """

    def get(
        self,
        path: str,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        of: type | None = None,
    ) -> Reply:
        """Ask for JSON below the base address; None among `params` is left out.

        With `of`, a msgspec.Struct, the things of a list come as that type: much faster,
        since nothing else of them is made. One that does not fit stays as it came.
        """
        ...

    def head(self, path: str, params: Mapping[str, Any] | None = None) -> Reply:
        """Ask for the headers alone; `json` is None."""
        ...

    def post(self, path: str, json: Any, headers: Mapping[str, str] | None = None) -> Reply:
        """Ask with a JSON body; for reading only, so it may be tried again."""
        ...

    def graphql(
        self,
        path: str,
        document: str,
        variables: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Mapping[str, Any]:
        """Return `data` of a GraphQL answer together with its `extensions`.

        Errors inside HTTP 200 are failures; THROTTLED waits as long as it costs.
        """
        ...

    def wait(self, seconds: float, why: str) -> None:
        """Wait for work that the source does by itself; a stopped sync ends it."""
        ...

    def lines(self, url: str) -> Iterator[bytes]:
        """Yield the lines of a file at a full address of any host, without credentials;
        goes on where it was cut off. Nothing is written to disk."""
        ...


class Connector(Protocol):
    Settings: type
    TABLES: Sequence[str]

    def read(
        self, table: str, since: Since, settings: Any, http: Http
    ) -> Iterator[Given]: ...
