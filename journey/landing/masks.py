"""Addresses and phones in texts that should hold none: names of orders, tags, links.

Whatever a source writes into a text, an e-mail address or an international phone number
in it becomes `person-` and the start of its keyed hash, so that equal texts stay equal
and keys still join. Links keep of their query only what names a campaign.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from journey import people
from journey.landing.hashing import HASHED
from journey.landing.outgoing import Outgoing
from journey.landing.tables import Column, LandedTable

LINKS = ("landing_page", "page")
"""Columns that hold the address of a page."""

SUSPICIOUS = ("@", "%40", "\uff20", "\ufe6b", "+", "\uff0b", "%2B", "%2b")
FIRST_BYTES = frozenset(sign.encode()[:1] for sign in SUSPICIOUS)
"""A single byte is found ten times as fast as several."""


def mask(
    rows: Outgoing, table: LandedTable, given: Collection[str], key: bytes
) -> dict[str, int]:
    """Mask the texts among the columns given; return how many values held a person."""
    texts = [
        column
        for column in map(table.column, given)
        if column.type.startswith("varchar") and column.name not in HASHED
    ]
    for column in texts:
        if column.name in LINKS:
            rows.sql[column.name] = _shortened(rows.sql[column.name])
    found = sum(_mask_column(rows, name, key) for name in _suspects(rows, texts))
    return {"person_in_text": found} if found else {}


def _suspects(rows: Outgoing, columns: Sequence[Column]) -> list[str]:
    """Return the columns with a text in which a person may stand; some hold none."""
    if not columns:
        return []
    # one text of all values: a search in each value costs ten times as much
    texts = ", ".join(
        f"encode(string_agg({_raw(rows, column)}::varchar, ' '))" for column in columns
    )
    found = rows.connection.execute(f"select {texts} from mapped").fetchall()[0]
    return [
        column.name
        for column, text in zip(columns, found, strict=True)
        if text and any(byte in text for byte in FIRST_BYTES)
    ]


def _raw(rows: Outgoing, column: Column) -> str:
    """Return the text as it was given; what stands in a list may be written otherwise."""
    return f'"{column.name}"' if column.type == "varchar" else rows.sql[column.name]


def _suspect(text: str) -> str:
    return "(" + " or ".join(f"contains({text}, '{sign}')" for sign in SUSPICIOUS) + ")"


def _shortened(link: str) -> str:
    """Return an expression: a link without its fragment, and of its query only what
    names a campaign."""
    kept = (
        f"list_filter(string_split(regexp_extract({link}, '[?]([^#]*)', 1), '&'), "
        "lambda part: starts_with(lower(part), 'utm_'))"
    )
    return (
        f"case when contains({link}, '?') or contains({link}, '#') then "
        f"regexp_replace({link}, '[?#](.|\\n)*$', '') || "
        f"case when len({kept}) > 0 then '?' else '' end || array_to_string({kept}, '&') "
        f"else {link} end"
    )


def _mask_column(rows: Outgoing, column: str, key: bytes) -> int:
    values = rows.distinct(column, _suspect(f"{rows.sql[column]}::varchar"))
    masked = {n: text for n, value in enumerate(values)
              if (text := _masked(value, key)) != value}  # fmt: skip
    if not masked:
        return 0
    rows.replace(column, [values[n] for n in masked], list(masked.values()), only=True)
    return rows.count_replaced(column)


def _masked(value: Any, key: bytes) -> Any:
    if isinstance(value, list):
        return [_masked(item, key) for item in value]
    return people.masked(value, key) if isinstance(value, str) else value
