"""What a newer version has to change once in a landing that an older one filled."""

from __future__ import annotations

import duckdb

from journey import people
from journey.home import Home
from journey.landing.hashing import hash_in_sql
from journey.landing.tables import TABLES

SESSION_KEYS, ORDER_NUMBERS = "session_keys", "order_numbers"


def bring_up_to_date(connection: duckdb.DuckDBPyConnection, home: Home) -> bool:
    """Do what has not been done yet; return whether the file holds old clear texts.

    Visits' own keys became hashes, and the numbers of orders a book of their own: the
    first is done here as one change, the second is left to the next resolving of
    persons. Raises JourneyError when the key of the hashes is not the right one.
    """
    done = {name for (name,) in connection.execute("select name from upgrade").fetchall()}
    due = [name for name in (SESSION_KEYS, ORDER_NUMBERS) if name not in done]
    if not due:
        return False
    filled = connection.execute("select count(*) from sync_run").fetchall()[0][0] > 0
    connection.execute("begin").fetchall()
    if filled and SESSION_KEYS in due:
        _hash_session_keys(connection, people.hash_key(home))
    if filled and ORDER_NUMBERS in due:
        connection.execute(
            "insert into stale select 'person' where not exists (from stale)"
        ).fetchall()
    connection.execute("insert into upgrade select unnest($due), now()", {"due": due})
    connection.execute("commit").fetchall()
    return filled and SESSION_KEYS in due


def _hash_session_keys(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    for table in TABLES.values():
        if "session_key" in table.names:
            hash_in_sql(connection, table.name, "session_key", key)
