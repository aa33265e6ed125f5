"""SQL that turns a value of a source into the type of a canonical column.

Strict: what cannot be read becomes NULL beside a value that is not NULL, and the
caller reports exactly those rows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

WHOLE = {"integer": "int32", "bigint": "int64"}
NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT",
           "UINTEGER", "UBIGINT", "UHUGEINT")  # fmt: skip
FLOATS = ("DOUBLE", "FLOAT")


@dataclass(frozen=True)
class Dialect:
    """How a source writes numbers and times."""

    time_zone: str = "UTC"
    decimal: str = "."
    thousands: str | None = None
    date_formats: Sequence[str] = ()
    empty_words: Sequence[str] = ()
    trimmed: bool = False
    """Whether texts come without spaces around them, and NULL where they are empty."""


@dataclass(frozen=True)
class Conversion:
    sql: str
    """An expression of the target type, NULL where the value cannot be read."""
    expected: str
    """What a value should look like, for the error."""


def quoted(text: str) -> str:
    """Return a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


YEARS = (1900, 2199)
"""A time outside of these is a typing error or stands for "never"."""

SPACES = " \t\r\n\u00a0\u2007\u2009\u202f\ufeff"
"""What spreadsheets and web pages put around a value."""


def clean(text: str, dialect: Dialect) -> str:
    """Return an expression: the text without spaces around it, NULL where it is none."""
    if dialect.trimmed:
        return text
    bare = f"nullif(trim({text}, {quoted(SPACES)}), '')"
    if not dialect.empty_words:
        return bare
    words = ", ".join(quoted(word.strip()) for word in dialect.empty_words)
    return f"case when {bare} not in ({words}) then {bare} end"


def is_type(given: str, wanted: str) -> bool:
    """Return whether a DuckDB type is one that canonical.sql writes like this."""
    return given == (
        "TIMESTAMP WITH TIME ZONE" if wanted == "timestamptz" else wanted.upper()
    )


def is_nested(given: str) -> bool:
    """Return whether values of a DuckDB type are no single values."""
    return given.endswith("]") or given.startswith(("STRUCT", "MAP", "UNION", "BLOB"))


def conversion(value: str, given: str, wanted: str, dialect: Dialect) -> Conversion | None:
    """Return how `value` of DuckDB type `given` becomes `wanted`; None if it never can."""
    if given == '"NULL"':
        return Conversion(f"cast(null as {wanted})", "anything")
    if is_type(given, wanted) and wanted not in ("varchar", "double"):
        return Conversion(value, _room(wanted))
    if given.startswith(("ENUM", "UUID", "JSON")):
        value, given = f"({value})::varchar", "VARCHAR"
    if wanted == "varchar":
        return _text(value, given, dialect)
    if wanted == "varchar[]":
        return _list(value, given, dialect)
    if given == "VARCHAR":
        return _from_text(clean(value, dialect), wanted, dialect)
    if wanted in ("timestamptz", "date"):
        return _moment(value, given, wanted, dialect)
    if wanted == "boolean":
        whole = given in NUMBERS
        sql = f"case {value} when 1 then true when 0 then false end" if whole else value
        return Conversion(sql, "true or false") if whole or given == "BOOLEAN" else None
    if given in (*NUMBERS, *FLOATS) or given.startswith("DECIMAL"):
        return _number(value, given, wanted)
    return None


def _text(value: str, given: str, dialect: Dialect) -> Conversion | None:
    if given == "VARCHAR":
        return Conversion(clean(value, dialect), "text")
    if given in FLOATS:
        # Spreadsheets hold order numbers as floats: 10012.0 is the order 10012.
        sql = (
            f"case when {value} = trunc({value}) and abs({value}) < 1e15 "
            f"then cast(cast({value} as bigint) as varchar) "
            f"else cast({value} as varchar) end"
        )
        return Conversion(sql, "text")
    return None if is_nested(given) else Conversion(f"cast({value} as varchar)", "text")


def _list(value: str, given: str, dialect: Dialect) -> Conversion | None:
    if given.endswith("[]"):
        return Conversion(f"try_cast({value} as varchar[])", "a list of texts")
    if given != "VARCHAR":
        return None
    text = clean(value, dialect)
    sql = (
        f"case when {text} is null then null "
        f"when starts_with({text}, '[') then "
        f"coalesce(try(from_json({text}, '[\"varchar\"]')), try_cast({text} as varchar[])) "
        f"else list_filter(list_transform(string_split({text}, ','), "
        "lambda item: trim(item)), lambda item: item <> '') end"
    )
    return Conversion(sql, "texts between commas, or a JSON list")


def _from_text(text: str, wanted: str, dialect: Dialect) -> Conversion:
    if wanted == "boolean":
        sql = (
            f"case when lower({text}) in ('true','t','yes','y','1','on') then true "
            f"when lower({text}) in ('false','f','no','n','0','off') then false end"
        )
        return Conversion(sql, "true or false (also yes/no, 1/0)")
    if wanted == "timestamptz":
        return Conversion(instant(text, dialect), _expected_time("a time", dialect))
    if wanted == "date":
        return Conversion(day(text, dialect), _expected_time("a date", dialect))
    plain = number_text(text, dialect)
    return _number(plain, "VARCHAR", wanted, _expected_number(wanted, dialect))


def number_text(text: str, dialect: Dialect) -> str:
    """Return an expression: the number in plain notation, NULL if it is none."""
    text = f"replace({text}, '−', '-')"
    if dialect.decimal == "." and not dialect.thousands:
        return f"case when not contains({text}, '_') then {text} end"
    point = re.escape(dialect.decimal)
    mark = dialect.thousands
    if mark and mark.isspace():
        text, mark = f"regexp_replace({text}, '[\u00a0\u2009\u202f]', ' ', 'g')", " "
    grouped = rf"|\d{{1,3}}({re.escape(mark)}\d{{3}})+" if mark else ""
    pattern = rf"[+-]?(\d+{grouped})?({point}\d*)?"
    bare = f"replace({text}, {quoted(mark)}, '')" if mark else text
    plain = f"replace({bare}, {quoted(dialect.decimal)}, '.')"
    return f"case when regexp_full_match({text}, {quoted(pattern)}) then {plain} end"


def _number(value: str, given: str, wanted: str, expected: str | None = None) -> Conversion:
    if wanted in WHOLE:
        exact = f"try_cast({value} as decimal(38,9))"
        sql = f"case when {exact} = trunc({exact}) then try_cast({exact} as {wanted}) end"
        if given in NUMBERS:
            sql = f"try_cast({value} as {wanted})"
        return Conversion(sql, expected or "a whole number")
    if wanted == "double":
        real = f"try_cast({value} as double)"
        return Conversion(f"case when isfinite({real}) then {real} end",
                          expected or "a number")  # fmt: skip
    return Conversion(f"try_cast({value} as {wanted})", expected or _room(wanted))


def _expected_number(wanted: str, dialect: Dialect) -> str:
    kind = "a whole number" if wanted in WHOLE else _room(wanted)
    if dialect.decimal == "," or dialect.thousands:
        sample = "1" + (dialect.thousands or "") + "234" + dialect.decimal + "50"
        return f'{kind} written like "{sample}"'
    return f'{kind} with a decimal point; for others set decimal = "," and thousands'


def expected_by(reader: str, dialect: Dialect) -> str:
    """Return what number(x), instant(x) or day(x) of a mapping expects of a text."""
    if reader == "number":
        return _expected_number("number", dialect)
    return _expected_time("a time" if reader == "instant" else "a date", dialect)


def _room(wanted: str) -> str:
    match = re.fullmatch(r"decimal\((\d+),(\d+)\)", wanted)
    if match is None:
        return "a number"
    return f"a number of at most {int(match[1]) - int(match[2])} digits before the point"


def _expected_time(kind: str, dialect: Dialect) -> str:
    kind += f" of {YEARS[0]} to {YEARS[1]}"
    if dialect.date_formats:
        return f"{kind} written as {' or '.join(dialect.date_formats)}, or ISO 8601"
    return f"{kind} in ISO 8601 (2026-11-20 17:51:02); for others set date_formats"


def _formats(dialect: Dialect, zoned: bool) -> str:
    chosen = [f for f in dialect.date_formats if ("%z" in f or "%Z" in f) == zoned]
    return "[" + ", ".join(quoted(item) for item in chosen) + "]" if chosen else ""


def naive(text: str, dialect: Dialect) -> str:
    """Return an expression: the written local time as timestamp, NULL if zoned or none."""
    plain = _formats(dialect, zoned=False)
    parsed = [f"try_strptime({text}, {plain})"] if plain else []
    parsed.append(
        f"case when not ({_has_zone(text)}) then try_cast({text} as timestamp) end"
    )
    return f"coalesce({', '.join(parsed)})"


def _has_zone(text: str) -> str:
    tail = f"upper(substr({text}, 12))"
    return (
        f"contains({tail}, '+') or contains({tail}, '-') "
        f"or regexp_matches({tail}, '[A-Z]$')"
    )


def instant(text: str, dialect: Dialect) -> str:
    """Return an expression: the instant; times without a zone are in the dialect's."""
    zoned = _formats(dialect, zoned=True)
    local = f"timezone({quoted(dialect.time_zone)}, {naive(text, dialect)})"
    # Shops write the offset apart and without a colon: 2026-05-01 10:00:00 +0200.
    plain = rf"regexp_replace({text}, '\s*([+-]\d\d):?(\d\d)$', '\1:\2')"
    parts = [
        local,
        f"case when {_has_zone(text)} then try_cast({plain} as timestamptz) end",
    ]
    if zoned:
        parts.append(f"try_cast(try_strptime({text}, {zoned}) as timestamptz)")
    return _plausible(f"coalesce({', '.join(parts)})")


def _plausible(moment: str) -> str:
    """Return an expression: NULL for year 26, which is 2026 read with the wrong format."""
    return f"case when year({moment}) between {YEARS[0]} and {YEARS[1]} then {moment} end"


def day(text: str, dialect: Dialect) -> str:
    """Return an expression: the day; of an instant its day in the dialect's zone."""
    zone = quoted(dialect.time_zone)
    return _plausible(
        f"coalesce(try_cast({naive(text, dialect)} as date), "
        f"try_cast(timezone({zone}, {instant(text, dialect)}) as date))"
    )


def _moment(value: str, given: str, wanted: str, dialect: Dialect) -> Conversion | None:
    zone = quoted(dialect.time_zone)
    local = given == "DATE" or (given.startswith("TIMESTAMP") and "ZONE" not in given)
    if wanted == "timestamptz":
        if local:
            sql = f"timezone({zone}, cast({value} as timestamp))"
            return Conversion(sql, "a time")
        return Conversion(value, "a time") if "ZONE" in given else None
    if local:
        return Conversion(f"cast({value} as date)", "a date")
    zoned = f"cast(timezone({zone}, {value}) as date)"
    return Conversion(zoned, "a date") if "ZONE" in given else None
