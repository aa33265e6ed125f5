"""A landing in memory, to try what would happen."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

import duckdb

from journey.home import Home
from journey.landing.books import TableRun
from journey.landing.hashing import Hasher
from journey.landing.run import Run, land
from journey.landing.tables import create


def rehearse(
    home: Home,
    source: str,
    kind: str,
    batches: Callable[[Run], None],
    look: Callable[[duckdb.DuckDBPyConnection], None] = lambda connection: None,
) -> list[TableRun]:
    """Land what `batches(run)` takes in memory only, and forget it after a `look`.

    Raises JourneyError as `land` would.
    """
    with contextlib.closing(duckdb.connect()) as connection:
        connection.execute("set global timezone = 'UTC'").fetchall()
        create(connection)
        hasher = Hasher(b"a key for the rehearsal only", None)
        now = dt.datetime.now(dt.UTC)
        done = land(connection, home, source, kind, batches, hasher, now)
        look(connection)
        return done
