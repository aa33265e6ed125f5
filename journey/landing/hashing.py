"""Persons' keys become keyed hashes before a row leaves the stage."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import duckdb
import polars

from journey import people

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


def hash_persons(connection: duckdb.DuckDBPyConnection, hasher: Hasher) -> dict[str, int]:
    """Hash the persons' keys of `converted`; return how many values named nobody."""
    remarks = {}
    for column in connection.table("converted").columns:
        kind = HASHED.get(column)
        if kind in IN_SQL:
            hash_in_sql(connection, "converted", column, hasher.key)
        elif kind:
            lost = _hash_distinct(connection, column, kind, hasher)
            if lost:
                remarks[f"{kind}_names_nobody"] = lost
    return remarks


def hash_in_sql(
    connection: duckdb.DuckDBPyConnection, table: str, column: str, key: bytes
) -> None:
    """Put HMAC-SHA-256, made in SQL, in the place of every value of a column."""
    inner, outer = people.pads(key)
    connection.execute(
        f'update {table} set "{column}" = '
        f'sha256($outer || unhex(sha256($inner || encode("{column}")))) '
        f'where "{column}" is not null',
        {"inner": inner, "outer": outer},
    ).fetchall()


def _hash_distinct(
    connection: duckdb.DuckDBPyConnection, column: str, kind: str, hasher: Hasher
) -> int:
    found = connection.sql(
        f'select "{column}" as value, count(*) as times from converted '
        f'where "{column}" is not null group by all'
    ).pl()
    if found.is_empty():
        return 0
    hashes = [hash_value(kind, value, hasher) for value in found["value"]]
    found = found.with_columns(hash=polars.Series(hashes, dtype=polars.String))
    connection.register("hashes", found.select("value", "hash"))
    connection.execute(
        f'update converted set "{column}" = hash from hashes where "{column}" = value'
    ).fetchall()
    connection.unregister("hashes")
    return int(found.filter(polars.col("hash").is_null())["times"].sum())


@lru_cache(maxsize=100_000)
def hash_value(kind: str, value: str, hasher: Hasher) -> str | None:
    """Return the keyed hash of an e-mail or phone, None where it names nobody."""
    if kind == "phone":
        clear = people.phone_of(value, hasher.country)
    else:
        clear = people.email_of(value)
    return people.hash_of(hasher.key, clear) if clear else None
