"""How far each table of a source has been read, kept together with its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import astuple, dataclass, fields
from typing import Any

import duckdb


@dataclass
class Cursor:
    """One table of one source; None where nothing is known yet. Moments are in UTC."""

    changed_until: dt.datetime | None = None
    """Changes before this are known."""
    created_since: dt.datetime | None = None
    """Everything created since this is known."""
    stretch_first: dt.datetime | None = None
    """With `stretch_before`: the stretch under way; both None while none is."""
    stretch_before: dt.datetime | None = None
    mark: str | None = None
    """Where that stretch goes on."""
    changes_mark: str | None = None
    """Where a read of changes goes on that was cut off."""
    lasting_mark: str | None = None
    """Where the next read of changes begins."""
    thorough_at: dt.datetime | None = None
    """When deletions were last looked for."""


NAMES = tuple(field.name for field in fields(Cursor))
TEXTS = ("mark", "changes_mark", "lasting_mark")


def load(connection: duckdb.DuckDBPyConnection, source: str) -> dict[str, Cursor]:
    """Return table -> cursor of every table of the source that was ever read."""
    chosen = ", ".join(n if n in TEXTS else f"epoch_us({n})" for n in NAMES)
    rows = connection.execute(
        f"select table_name, {chosen} from sync_cursor where source = $source",
        {"source": source},
    ).fetchall()
    return {row[0]: Cursor(**_values(row[1:])) for row in rows}


def _values(row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        name: value if name in TEXTS or value is None else _moment(value)
        for name, value in zip(NAMES, row, strict=True)
    }


def _moment(microseconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(microseconds / 1e6, dt.UTC)


def save(
    connection: duckdb.DuckDBPyConnection, source: str, cursors: Mapping[str, Cursor]
) -> None:
    """Write the cursors; inside the transaction that writes their rows."""
    if not cursors:
        return
    connection.execute(
        "delete from sync_cursor where source = $source and table_name in "
        "(select unnest($tables))",
        {"source": source, "tables": list(cursors)},
    ).fetchall()
    rows = [(source, table, *astuple(cursor)) for table, cursor in cursors.items()]
    places = f"({', '.join('?' * len(rows[0]))})"
    connection.execute(
        f"insert into sync_cursor (source, table_name, {', '.join(NAMES)}) "
        f"values {', '.join([places] * len(rows))}",
        [value for row in rows for value in row],
    ).fetchall()


def forget(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Forget how far a source was read, so that the next read begins anew."""
    connection.execute(
        "delete from sync_cursor where source = $source", {"source": source}
    ).fetchall()
