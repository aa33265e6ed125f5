"""What to set when a value cannot be read, guessed from what it looks like."""

from __future__ import annotations

import json
import re

EMPTY = re.compile(
    r"null|nil|none|nan|\\n|\(null\)|undefined|#?n/?a!?|n\.a\.|k\.a\.|brak|b/?d|nie dotyczy"
    r"|-+|\u2013|\u2014|\?|0000-00-00( 00:00:00(\.0+)?)?|9999-12-31.*",
    re.IGNORECASE,
)
"""What systems write where they have nothing."""

MONEY = re.compile(
    r"z\u0142|\u20ac|\$|\u00a3|\u20b4|\u0433\u0440\u043d\.?|K\u010d|Ft|lei|kr\.?|[A-Z]{3}",
)
"""Signs and codes of currencies."""

SPACE = " \u00a0\u2009\u202f"


def hint(column: str, own: str, found: str, expected: str) -> str | None:
    """Return what to write into the mapping, None where nobody can guess.

    `own` is what the mapping takes `column` from, `found` the value in quotes.
    """
    text = found.strip('"')
    if expected.startswith("all its digits"):
        return "export it again with that column as text, not as a number"
    if EMPTY.fullmatch(text):
        return f"set {_empty(text)} in the mapping if that stands for nothing"
    if " digits before the point" in expected or "number" in expected:
        return _number(column, own, text)
    if "a time of" in expected or "a date of" in expected:
        return _time(column, own, text)
    return None


def _number(column: str, own: str, text: str) -> str | None:
    sign = MONEY.search(text)
    bare = text.replace(sign[0], "").strip(SPACE) if sign else text
    ways = _ways(bare)
    if sign and (ways is not None or re.fullmatch(r"[+-]?\d+(\.\d+)?", bare)):
        taken = f"number(replace({_name(own)}, '{sign[0]}', ''))"
        more = f" and {ways}" if ways else ""
        return f'write {column} = "{_toml(taken)}"{more} in the mapping'
    return f"set {ways} in the mapping" if ways else None


def _ways(text: str) -> str | None:
    """Return the settings that read a number, None where it needs none or is none."""
    text = text.lstrip("+-\u2212")
    mark = rf"[.,'\u2019{SPACE}]"
    grouped = re.fullmatch(rf"\d{{1,3}}({mark})\d{{3}}(?:\1\d{{3}})*(?:([.,])\d+)?", text)
    if grouped and grouped[2] != grouped[1] and (grouped[2] or grouped[1] not in ".,"):
        between = " " if grouped[1] in SPACE else grouped[1]
        return f'decimal = "{grouped[2] or "."}" and thousands = "{between}"'
    plain = re.fullmatch(r"\d+([.,])\d+", text)
    return f'decimal = "{plain[1]}"' if plain else None


def _time(column: str, own: str, text: str) -> str | None:
    name = _name(own)
    if re.fullmatch(r"[2-9]\d{4}([.,]\d+)?", text):
        days = f"timestamp '1899-12-30' + to_seconds(86400 * number({name})::double)"
        return f'write {column} = "{_toml(days)}": these are days as Excel counts them'
    if re.fullmatch(r"1\d{9}(\d{3})?", text):
        divided = " / 1000" if len(text) == 13 else ""
        moment = f"to_timestamp(number({name})::double{divided})"
        return f'write {column} = "{_toml(moment)}": these are seconds since 1970'
    year = re.match(r"(\d{4})-\d\d-\d\d", text)
    if year and not 1900 <= int(year[1]) < 2200:
        return f"correct the year, or set {_empty(text)} in the mapping if that means never"
    return None


def _empty(text: str) -> str:
    return f"empty_words = [{json.dumps(text, ensure_ascii=False)}]"


def _name(own: str) -> str:
    return '"' + own.replace('"', '""') + '"'


def _toml(expression: str) -> str:
    return expression.replace('"', '\\"')
