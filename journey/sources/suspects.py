"""Columns that may hold persons although they should not: by their name, by their values.

Addresses and phone numbers are masked wherever they stand. A name or a street looks like
any other text, so nobody can mask it; what can be done is to ask before it lands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from journey import landing
from journey.connector import Files
from journey.problem import Problem

PERSONAL = re.compile(
    r"(first|last|given|family|full|middle|customer|client|buyer|contact|billing|shipping|"
    r"recipient|receiver|requester|sender)[\s_.-]*name|surname|maiden|salutation|"
    r"\bname\b|street|address|\bzip\b|zip[\s_-]?code|post(al)?[\s_-]?code|house[\s_-]?n|"
    r"\bip\b|ip[\s_-]?addr|remote[\s_-]?addr|user[\s_-]?agent|birth|passport|iban|"
    r"imi[eę]|nazwisk|ulica|adres|kod[\s_-]?pocztowy|odbiorc|nabywc|pesel|\bnip\b|"
    r"\bklient\b(?!\s*(id|nr))|urodz|"
    r"vorname|nachname|kundenname|stra(ss|ß)e|anschrift|\bplz\b|postleitzahl|empf(ä|ae)nger|"
    r"geburt|hausnummer|"
    r"ім['’ʼ]?я|прізвищ|по[\s_-]батькові|вулиц|поштовий|отримувач|одержувач|покупець|"
    r"\bклієнт\b|дата[\s_-]народження",
    re.IGNORECASE,
)
"""Names of columns in English, Polish, German and Ukrainian."""

THINGS = re.compile(
    r"(product|item|order|file|campaign|brand|category|shop|store|team|group|variant|"
    r"event|page|status|produkt\w*|towar\w*|artikel|товар\w*)[\s_.-]*name|"
    r"e-?mail[\s_-]?address|adres[\s_-]?e-?mail|web[\s_-]?address|page[\s_-]?address",
    re.IGNORECASE,
)
"""Names of things, and addresses that are masked anyway."""

FREE = re.compile(
    r".*(_id|_key|_ref|_name|_code|title|sku|page|url|tags|coupon)|name|id|merged_into"
)
"""Canonical columns in which every row may well have a value of its own."""

FEW = 20
"""Rows below which all values being different says nothing."""


def by_name(table: str, batch: Files) -> list[Problem]:
    """Return the mapped columns of texts whose own name says that they hold a person."""
    given = landing.TABLES[table].given
    where = batch.where or table
    return [
        Problem(
            where, f"{column} is mapped from {own.strip()}, which may name persons",
            "a word that many rows share; names, streets and addresses of devices are not "
            "masked, for they look like any other text",
            f"take {column} out of the mapping, or map another column; if it names nobody, "
            "leave it",
        )
        for column, own in batch.columns.items()
        if column in given and given[column].type.startswith("varchar")
        and column not in HASHED and PERSONAL.search(THINGS.sub("", own.replace("_", " ")))
    ]  # fmt: skip


HASHED = ("email", "phone", "referred_email", "visitor_key", "user_key")


def by_values(connection: Any, tables: Iterable[str]) -> list[Problem]:
    """Return the columns of words in which all rows differ, as names and texts do."""
    found = []
    for table in tables:
        names = [
            column.name
            for column in landing.TABLES[table].given.values()
            if column.type == "varchar" and not FREE.fullmatch(column.name)
            and not column.name.endswith("_hash")
        ]  # fmt: skip
        if not names:
            continue
        counts = ", ".join(f'count("{n}"), count(distinct "{n}")' for n in names)
        (row,) = connection.execute(f"select {counts} from {table}").fetchall()
        pairs = zip(names, row[::2], row[1::2], strict=True)
        found += [
            Problem(
                table, f"{name} has {different:,} different values in {rows:,} rows",
                "a word that many rows share, like a reason or a method",
                f"see that {name} is not mapped from names or texts that people write",
            )
            for name, rows, different in pairs
            if rows >= FEW and different == rows
        ]  # fmt: skip
    return found
