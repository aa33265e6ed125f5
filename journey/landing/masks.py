"""Addresses and phones in texts that should hold none: names of orders, tags, links.

Whatever a source writes into a text, an e-mail address or an international phone number
in it becomes `person-` and the start of its keyed hash, so that equal texts stay equal
and keys still join. Links keep of their query only what names a campaign.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import duckdb
import polars

from journey import people
from journey.landing.tables import LandedTable

LINKS = ("landing_page", "page")
"""Columns that hold the address of a page."""

SUSPICIOUS = ("@", "%40", "\uff20", "\ufe6b", "+", "\uff0b", "%2B", "%2b")


def mask(
    connection: duckdb.DuckDBPyConnection,
    table: LandedTable,
    hashed: Collection[str],
    key: bytes,
) -> dict[str, int]:
    """Mask the texts of `converted`; return how many values held a person."""
    there = connection.table("converted").columns
    texts = [
        column.name
        for column in table.given.values()
        if column.name in there
        and column.type.startswith("varchar")
        and column.name not in hashed
    ]
    for name in LINKS:
        if name in texts:
            _shorten(connection, name)
    suspects = _suspects(connection, texts)
    found = sum(_mask_column(connection, name, key) for name in suspects)
    return {"person_in_text": found} if found else {}


def _suspects(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> list[str]:
    """Return the columns with a text in which a person may stand."""
    if not names:
        return []
    # one text of all values: a search in each value costs ten times as much
    texts = ", ".join(f'string_agg("{name}"::varchar, \' \') as "{name}"' for name in names)
    tests = ", ".join(map(_suspect, names))
    found = connection.execute(
        f"select {tests} from (select {texts} from converted)"
    ).fetchall()[0]
    return [name for name, is_suspect in zip(names, found, strict=True) if is_suspect]


def _suspect(column: str) -> str:
    text = f'"{column}"::varchar'
    return "(" + " or ".join(f"contains({text}, '{sign}')" for sign in SUSPICIOUS) + ")"


def _shorten(connection: duckdb.DuckDBPyConnection, column: str) -> None:
    """Cut the query and the fragment of a link; parameters of campaigns stay."""
    kept = (
        f"list_filter(string_split(regexp_extract(\"{column}\", '[?]([^#]*)', 1), '&'), "
        "lambda part: starts_with(lower(part), 'utm_'))"
    )
    connection.execute(
        f'update converted set "{column}" = '
        f"regexp_replace(\"{column}\", '[?#](.|\\n)*$', '') || "
        f"case when len({kept}) > 0 then '?' else '' end || array_to_string({kept}, '&') "
        f"where contains(\"{column}\", '?') or contains(\"{column}\", '#')"
    ).fetchall()


def _mask_column(connection: duckdb.DuckDBPyConnection, column: str, key: bytes) -> int:
    values = connection.sql(
        f'select distinct "{column}" as value from converted where {_suspect(column)}'
    ).pl()["value"]
    masked = [_masked(value, lambda text: people.masked(text, key)) for value in values]
    pairs = polars.DataFrame(
        {"value": values, "masked": polars.Series(masked, dtype=values.dtype)}
    ).filter(polars.col("value") != polars.col("masked"))
    if pairs.is_empty():
        return 0
    connection.register("masks", pairs)
    rows = connection.execute(
        f'update converted set "{column}" = masked from masks where "{column}" = value'
    ).fetchall()
    connection.unregister("masks")
    return int(rows[0][0])


def _masked(value: object, masked: Callable[[str], str]) -> object:
    if isinstance(value, polars.Series):
        value = value.to_list()
    if isinstance(value, list):
        return [_masked(item, masked) for item in value]
    return masked(value) if isinstance(value, str) else value
