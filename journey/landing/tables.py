"""The landed tables as journey/canonical.sql declares them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import duckdb

CANONICAL = Path(__file__).resolve().parent.parent / "canonical.sql"
BOOKKEEPING = Path(__file__).resolve().parent / "bookkeeping.sql"

OWN_COLUMNS = ("source", "_run_id", "_file")
"""Filled by the landing, never by a source."""

CLEAR = MappingProxyType(
    {
        "email_hash": "email",
        "phone_hash": "phone",
        "referred_email_hash": "referred_email",
    }
)
"""Stored column -> the column a source gives in the clear."""


@dataclass(frozen=True)
class Column:
    name: str
    type: str
    """A DuckDB type in lower case."""
    required: bool = False
    default: str | None = None
    """A SQL literal."""


@dataclass(frozen=True)
class Merge:
    """How a later read of the same thing lands; see the head of canonical.sql."""

    rule: str
    """newest, with, day, slice or none."""
    columns: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class LandedTable:
    name: str
    grain: str
    merge: Merge
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def given(self) -> Mapping[str, Column]:
        """What a source may give: name -> column, with `email` for `email_hash`."""
        return {
            CLEAR.get(column.name, column.name): column
            for column in self.columns
            if column.name not in OWN_COLUMNS
        }

    @property
    def must(self) -> tuple[str, ...]:
        """What a source has to give: the key and everything that may not be empty."""
        return tuple(
            name
            for name, column in self.given.items()
            if column.default is None and (column.required or column.name in self.key)
        )

    @property
    def time_column(self) -> str | None:
        """The column that says on which day a row belongs."""
        if self.merge.rule == "day":
            return self.merge.columns[0]
        wanted = (
            "date", "period_start", "placed_at", "created_at", "happened_at",
            "requested_at", "refunded_at", "shipped_at", "started_at",
            "attempted_at", "answered_at",
        )  # fmt: skip
        return next((name for name in wanted if name in self.names), None)

    def ddl(self, schema: str = "") -> str:
        """Return the statement that makes this table.

        Without a primary key: an index on millions of rows costs seven times the
        load, and the merge keeps keys unique.
        """
        columns = ", ".join(self._declare(column) for column in self.columns)
        return f"create table if not exists {schema}{self.name} ({columns})"

    def _declare(self, column: Column) -> str:
        required = " not null" if column.required or column.name in self.key else ""
        default = f" default {column.default}" if column.default else ""
        return f'"{column.name}" {column.type}{required}{default}'


def read_tables(path: Path) -> dict[str, LandedTable]:
    """Return the tables that a file declares, in its order."""
    text = path.read_text(encoding="utf-8")
    pattern = r"((?:^--[^\n]*\n)+)create table (\w+) \(\n(.*?)\n\);"
    found = re.finditer(pattern, text, re.MULTILINE | re.DOTALL)
    return {match[2]: _table(match[2], match[1], match[3]) for match in found}


def _table(name: str, comment: str, body: str) -> LandedTable:
    said = dict(re.findall(r"^-- (grain|merge): (.*)$", comment, re.MULTILINE))
    columns, key = [], ()
    for part in _parts(body):
        if part.startswith("primary key"):
            key = tuple(re.findall(r"\w+", part.removeprefix("primary key")))
            continue
        columns.append(_column(part))
    return LandedTable(name, said["grain"], _merge(said["merge"]), tuple(columns), key)


def _parts(body: str) -> Iterator[str]:
    """Yield the declarations between commas that stand outside parentheses."""
    for part in re.split(r",(?![^(]*\))", " ".join(body.split())):
        yield part.strip()


def _column(part: str) -> Column:
    match = re.fullmatch(
        r"(\w+) ([\w]+(?:\([\d,]+\))?(?:\[\])?)( not null)?(?: default (.+))?", part
    )
    if match is None:
        raise ValueError(f"canonical.sql: cannot read the column {part!r}")
    return Column(match[1], match[2], bool(match[3]), match[4])


def _merge(rule: str) -> Merge:
    word, _, rest = rule.partition(" ")
    names = tuple(re.findall(r"\w+", rest))
    return Merge(word, parent=names[0]) if word == "with" else Merge(word, names)


TABLES: Mapping[str, LandedTable] = MappingProxyType(read_tables(CANONICAL))
"""Canonical tables, parents before what is replaced together with them."""

BOOKS: Mapping[str, LandedTable] = MappingProxyType(read_tables(BOOKKEEPING))
"""Tables of the landing itself."""


def create(connection: duckdb.DuckDBPyConnection, catalog: str = "") -> None:
    """Make every table that is absent and add every column that is new."""
    schema = f"{catalog}.main." if catalog else ""
    for table in (*TABLES.values(), *BOOKS.values()):
        connection.execute(table.ddl(schema)).fetchall()
        _add_columns(connection, table, schema)


def _add_columns(
    connection: duckdb.DuckDBPyConnection, table: LandedTable, schema: str
) -> None:
    present = connection.table(schema + table.name).columns
    for column in table.columns:
        if column.name in present:
            continue
        # A new column is NULL in the rows that landed before it existed, so a
        # "not null" could not be kept for them.
        default = f" default {column.default}" if column.default else ""
        connection.execute(
            f"alter table {schema}{table.name} "
            f'add column "{column.name}" {column.type}{default}'
        ).fetchall()
