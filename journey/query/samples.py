"""What values a mart's columns have, for people who write SQL; nobody is in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from journey.query.catalog import Catalog, Reader
from journey.query.text import Text
from journey.query.traits import ALSO, FEWEST_PEOPLE, NUMBERS, PEOPLE_MARTS
from journey.query.tree import Reading
from journey.query.view import scoped
from journey.scope import Scope

MOST = 5
"""Values that are named of a column."""

MANY = 200
"""Different values from which on a column is no list of words but a text."""

ENOUGH = 30
"""Rows from which on a column of numbers tells between what it mostly lies."""


@dataclass(frozen=True)
class _Asked:
    reader: Reader
    catalog: Catalog
    scope: Scope
    text: Text
    people: None = None


def samples(reader: Reader, known: Catalog, mart: str, scope: Scope) -> dict[str, Any]:
    """Return column -> its most frequent words, each of at least five people or rows, or
    the two numbers or days between which nine in ten lie, under the scope's policy.

    Columns that lead to one person have none.
    """
    columns = known.marts[mart]
    told = {c: k for c, k in columns.items() if c not in NUMBERS | ALSO.get(mart, set())}
    text = Text("", mart, Reading((mart,), (), (), ()))
    found: dict[str, Any] = {}
    with scoped(_Asked(reader, known, scope.under_policy(), text)) as cursor:
        people = "count(distinct person_id)" if "person_id" in columns else "count(*)"
        for column, kind in told.items():
            if kind in ("VARCHAR", "BOOLEAN"):
                values = _words(cursor, mart, column, people)
            elif mart in PEOPLE_MARTS and kind != "DATE":
                values = []
            elif kind == "DATE" or kind.startswith(("INT", "BIGINT", "DOUBLE", "DECIMAL")):
                values = _between(cursor, mart, column)
            else:
                values = []
            if values:
                found[column] = values
    return found


def _words(cursor: Reader, mart: str, column: str, people: str) -> list[Any]:
    rows = cursor.execute(
        f'select "{column}"::varchar as value, {people} as people, count(*) as n'
        f' from "{mart}" where "{column}" is not null group by 1'
        f" order by n desc, value limit {MANY + 1}"
    ).fetchall()
    if len(rows) > MANY:
        return []
    return [value for value, count, _ in rows if count >= FEWEST_PEOPLE][:MOST]


def _between(cursor: Reader, mart: str, column: str) -> list[Any]:
    row = cursor.execute(
        f'select quantile_disc("{column}", 0.05), quantile_disc("{column}", 0.95),'
        f' count("{column}") from "{mart}"'
    ).fetchone()
    return [row[0], row[1]] if row and row[2] >= ENOUGH else []
