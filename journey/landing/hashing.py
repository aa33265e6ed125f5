"""Persons' keys become keyed hashes before a row leaves the stage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import duckdb

from journey import people
from journey.landing.outgoing import Outgoing

HASHED = {"email_hash": "email", "phone_hash": "phone", "referred_email_hash": "email",
          "visitor_key": "visitor", "user_key": "user",
          "session_key": "session"}  # fmt: skip
"""Stored column -> the kind of key it holds."""

IN_SQL = frozenset({"visitor", "user", "session"})
"""Kinds of which a shop has a million, and that need no cleaning."""


@dataclass(frozen=True, eq=False)
class Hasher:
    """How persons' keys are hashed; one of them is told from another as an object, as it
    is looked up for every value."""

    key: bytes
    country: str | None = None
    """Country of phone numbers without a country code."""


def hash_persons(rows: Outgoing, hasher: Hasher) -> dict[str, int]:
    """Put hashes in the place of persons' keys; return how many values named nobody."""
    remarks = {}
    for column, kind in HASHED.items():
        if column not in rows.sql:
            continue
        if kind in IN_SQL:
            rows.hash(column, _hmac(rows.sql[column]), _pads(hasher.key))
        elif lost := _hash_distinct(rows, column, kind, hasher):
            remarks[f"{kind}_names_nobody"] = lost
    return remarks


def _hmac(text: str) -> str:
    """Return an expression: HMAC-SHA-256 of a text, with `_pads` as parameters."""
    return f"sha256($outer || unhex(sha256($inner || encode({text}))))"


def _pads(key: bytes) -> dict[str, bytes]:
    return dict(zip(("inner", "outer"), people.pads(key), strict=True))


def hash_in_sql(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, key: bytes
) -> None:
    """Put hashes, made in SQL, in the place of every value of a landed column."""
    connection.execute(
        f'update {table} set "{column}" = {_hmac(column)} where "{column}" is not null',
        _pads(key),
    ).fetchall()


def _hash_distinct(rows: Outgoing, column: str, kind: str, hasher: Hasher) -> int:
    values = rows.distinct(column)
    if not values:
        return 0
    hashes = [hash_value(kind, value, hasher) for value in values]
    rows.replace(column, values, hashes, only=False)
    return rows.count_replaced(column, "_by is null") if None in hashes else 0


@lru_cache(maxsize=100_000)
def hash_value(kind: str, value: str, hasher: Hasher) -> str | None:
    """Return the keyed hash of an e-mail or phone, None where it names nobody."""
    if kind == "phone":
        clear = people.phone_of(value, hasher.country)
    else:
        clear = people.email_of(value)
    return people.hash_of(hasher.key, clear) if clear else None
