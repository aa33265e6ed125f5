"""No value a column may hold stops the build, however odd."""

from __future__ import annotations

import random
from typing import Any

import pytest

from journey.landing.tables import TABLES, LandedTable
from tests.marts.given import MARTS, landing, make

TEXTS = (
    "", "  ", "x", "#1", "1", "gid://shop/Order/1", "(not set)", "a'b", "\u0142\U0001f600",
    "%", "email", "bot", "review", "nps", "Completed", "refunded", "sent", "clicked",
    "purchase", "view_item", "add_to_cart", "sessions", "steps", "items", "a", "google",
    '{"a": 1}', "[",
)  # fmt: skip
MOMENTS = (
    "1900-01-01 00:00+00", "2026-03-29 01:30+00", "2026-10-05 10:00+00",
    "2026-10-05 21:59:59.999999+00", "2026-10-06 22:00+00", "2199-12-31 23:59+00",
)  # fmt: skip
BY_TYPE: dict[str, tuple[Any, ...]] = {
    "varchar": TEXTS, "varchar[]": ([], ["A"], ["", "x"], [None]), "boolean": (True, False),
    "integer": (0, 1, 2, -1, 1_000_000), "bigint": (0, 1, 5, -1, 10**12),
    "double": (0.0, 1.0, -1.0, 0.5, 1e9, 9.0, float("nan"), float("inf")),
    "date": ("1900-01-01", "2026-10-05", "2026-10-06", "2199-12-31"),
    "timestamptz": MOMENTS, "decimal": (0, 1, -5, 0.0001, 1_000_000_000),
}  # fmt: skip
CLOSED = {"source": ("shop", "web", "it's"), "currency": ("PLN", "pln"),
          "to_currency": ("PLN", "pln")}  # fmt: skip
"""Currencies without a rate stop a build on purpose, so there is only one."""


def rows_of(table: LandedTable, dice: random.Random) -> list[dict[str, Any]]:
    """Return rows of a table with values drawn for every column, one row a key."""
    rows: dict[Any, dict[str, Any]] = {}
    for number in range(dice.choice([0, 3, 12])):
        row = {}
        for column in table.columns:
            must = column.required or column.name in table.key
            if must or dice.random() > 0.3:
                kind = column.type.split("(")[0].lower()
                row[column.name] = dice.choice(CLOSED.get(column.name) or BY_TYPE[kind])
        rows[tuple(row[name] for name in table.key) or number] = row
    return list(rows.values())


@pytest.mark.parametrize("seed", range(4))
def test_no_value_stops_the_build(seed: int) -> None:
    dice = random.Random(seed)
    given = {f"landed.{table.name}": rows_of(table, dice) for table in TABLES.values()}
    given["landed.person"] = [
        {"key_kind": kind, "key": prefix + text, "person_id": place % 4 + 1}
        for place, text in enumerate(TEXTS)
        for kind, prefix in (
            ("email", ""),
            ("user", ""),
            ("visitor", ""),
            ("customer", "shop:"),
        )
    ]
    connection = landing(given)
    make(connection, MARTS.values())
    assert connection.execute("select count(*) from snapshot").fetchall() == [(1,)]
