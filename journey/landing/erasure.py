"""Forgetting a person: every row that carries one of their keys goes, and stays away."""

from __future__ import annotations

import duckdb

from journey import people
from journey.home import Home
from journey.landing.merge import KEYS
from journey.landing.store import check_room, open_landing
from journey.landing.tables import TABLES
from journey.problem import JourneyError, Problem


def forget(home: Home, email: str) -> int:
    """Remove the person with this address; return how many rows went.

    All keys known of that person (other addresses, phones, accounts, visits) are
    remembered as hashes, so that later reads leave their rows out. The file is written
    anew, because deleted rows may otherwise stay in its unused pages. Raises
    JourneyError when the address is none. The caller holds the refresh lock.
    """
    address = people.email_of(email)
    if address is None:
        raise JourneyError(
            Problem("forget", "no address of a single person", "an e-mail address",
                    "give the address as the shop has it")
        )  # fmt: skip
    key = people.hash_of(people.hash_key(home), address)
    with open_landing(home) as connection:
        connection.execute("begin").fetchall()
        _remember(connection, key)
        rows = sum(_remove(connection, *column) for column in KEYS)
        connection.execute(
            "delete from person where (key_kind, key) in "
            "(select (key_kind, key) from erasure)"
        ).fetchall()
        connection.execute("commit").fetchall()
    _write_anew(home)
    return rows


def _remember(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    """Write every key of the person, and of their orders and tickets, into erasure."""
    connection.execute(
        "create or replace temp table gone as "
        "select 'email' as key_kind, $key as key union "
        "select key_kind, key from person where person_id in "
        "(select person_id from person where key_kind = 'email' and key = $key)",
        {"key": key},
    ).fetchall()
    for table, kind in (("sales_order", "order"), ("ticket", "ticket")):
        theirs = " or ".join(
            f"{expression.format(column)} in (select key from gone where key_kind = '{of}')"
            for column, of, expression in KEYS
            if column in TABLES[table].names and of not in ("order", "ticket")
        )
        connection.execute(
            f"insert into gone select '{kind}', source || ':' || {kind}_id "
            f"from {table} where {theirs}"
        ).fetchall()
    connection.execute(
        "insert into erasure select distinct key_kind, key, now() from gone "
        "where (key_kind, key) not in (select (key_kind, key) from erasure)"
    ).fetchall()


def _remove(
    connection: duckdb.DuckDBPyConnection, column: str, kind: str, expression: str
) -> int:
    gone = 0
    for table in TABLES.values():
        if column in table.names:
            rows = connection.execute(
                f"delete from {table.name} where {expression.format(column)} in "
                "(select key from erasure where key_kind = $kind)",
                {"kind": kind},
            ).fetchall()
            gone += int(rows[0][0])
    return gone


def _write_anew(home: Home) -> None:
    """Copy the landing into a new file and put it in the place of the old one."""
    check_room(home, home.landing.stat().st_size)
    fresh = home.landing.with_suffix(".duckdb.tmp")
    fresh.unlink(missing_ok=True)
    connection = duckdb.connect(":memory:")
    try:
        for name, path in (("old", home.landing), ("fresh", fresh)):
            quoted = str(path).replace("'", "''")
            connection.execute(f"attach '{quoted}' as {name}").fetchall()
        connection.execute("copy from database old to fresh").fetchall()
    finally:
        connection.close()
    fresh.replace(home.landing)
    home.landing.with_suffix(".duckdb.wal").unlink(missing_ok=True)
