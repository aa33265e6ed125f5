"""Forgetting a person: every row that carries one of their keys goes, and stays away."""

from __future__ import annotations

import duckdb

from journey import people
from journey.home import Home
from journey.landing.keys import keys_of
from journey.landing.persons import resolve_persons
from journey.landing.store import open_landing, write_anew
from journey.landing.tables import TABLES, LandedTable
from journey.problem import Misuse, Problem


def forget(home: Home, email: str) -> int:
    """Remove the person with this address; return how many rows went.

    All keys known of that person (other addresses, phones, accounts, visits) are
    remembered as hashes, so that later reads leave their rows out. The file is written
    anew, because deleted rows may otherwise stay in its unused pages. Raises
    Misuse when the address is none. The caller holds the refresh lock.
    """
    address = people.email_of(email)
    if address is None:
        raise Misuse(
            Problem("forget", "no address of a single person", "an e-mail address",
                    "give the address as the shop has it")
        )  # fmt: skip
    key = people.hash_of(people.hash_key(home), address)
    with open_landing(home) as connection:
        connection.execute("begin").fetchall()
        _remember(connection, key)
        rows = sum(_remove(connection, table) for table in TABLES.values())
        connection.execute(
            "delete from person where (key_kind, key) in "
            "(select (key_kind, key) from erasure)"
        ).fetchall()
        resolve_persons(connection)
        connection.execute("commit").fetchall()
    write_anew(home)
    return rows


def _remember(connection: duckdb.DuckDBPyConnection, key: str) -> None:
    """Write every key of the person, their orders, visits and tickets into erasure."""
    connection.execute(
        "create or replace temp table gone as "
        "select 'email' as key_kind, $key as key union "
        "select key_kind, key from person where person_id in "
        "(select person_id from person where key_kind = 'email' and key = $key)",
        {"key": key},
    ).fetchall()
    _remember_owned(connection, "sales_order", "order")
    for sql in (_NUMBERS, _PURCHASES, _SESSIONS):
        connection.execute(sql).fetchall()
    _remember_owned(connection, "ticket", "ticket")
    connection.execute(
        "insert into erasure select distinct key_kind, key, now() from gone "
        "where (key_kind, key) not in (select (key_kind, key) from erasure)"
    ).fetchall()


def _remember_owned(connection: duckdb.DuckDBPyConnection, table: str, kind: str) -> None:
    theirs = " or ".join(
        f"{key} in (select key from gone where key_kind = '{of}')"
        for of, key in keys_of(TABLES[table])
        if of != kind
    )
    connection.execute(
        f"insert into gone select '{kind}', source || ':' || {kind}_id "
        f"from {table} where {theirs}"
    ).fetchall()


_NUMBERS = """
insert into gone
with tagged as (
    select number, bool_and(
        source || ':' || order_id in (select key from gone where key_kind = 'order')
    ) as is_theirs
    from order_number group by number
), theirs as (
    select number from tagged where is_theirs
), written as (
    select whole.number from named_number as whole
    join named_number as bare on bare.source = whole.source and bare.text = whole.text
    join theirs on theirs.number = bare.number
    where not whole.is_bare
)
select 'number', number from theirs
union select 'number', number from written
where number not in (select number from tagged where not is_theirs)
"""
"""What else names their orders, and nobody else's: by it alone a ticket may be theirs."""

_PURCHASES = """
insert into gone
select 'purchase', source || ':' || transaction_id from purchase_match
where is_sure and order_source || ':' || order_id in
    (select key from gone where key_kind = 'order')
"""

_SESSIONS = """
insert into gone
select distinct 'session', source || ':' || session_key from (
    select source, session_key, transaction_id from session
    union all select source, session_key, transaction_id from web_event
) as visit
where session_key is not null and source || ':' || transaction_id in
    (select key from gone where key_kind = 'purchase')
"""
"""Visits that ended in their orders, also where two buyers share the browser."""


def _remove(connection: duckdb.DuckDBPyConnection, table: LandedTable) -> int:
    gone = 0
    for kind, key in keys_of(table):
        rows = connection.execute(
            f"delete from {table.name} where {key} in "
            "(select key from erasure where key_kind = $kind)",
            {"kind": kind},
        ).fetchall()
        gone += int(rows[0][0])
    return gone
