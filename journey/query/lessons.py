"""What people who come from other databases and tools write, and what it is here."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

CLOCK_FIX = "say it with the days of the reader: day > $end - 7 for the last week"

FUNCTIONS: Mapping[str, str] = {
    **dict.fromkeys(
        ("now", "today", "getdate", "curdate", "sysdate", "current_timestamp",
         "get_current_timestamp"), CLOCK_FIX,
    ),
    "age": "date_diff('day', from, to)",
    "date_format": "strftime(day, '%Y-%m'), the column first",
    "to_char": "strftime(day, '%Y-%m'), the column first",
    "format_date": "strftime(day, '%Y-%m'), the column first",
    "to_date": "day::date, or strptime(text, '%d.%m.%Y')::date",
    "parse_date": "strptime(text, '%d.%m.%Y')::date",
    "isnull": "coalesce(column, 'other'), or: column is null",
    "nvl": "coalesce(column, 'other')",
    "iif": "if(condition, yes, no)",
    "dateadd": "day + interval 7 days",
    "date_trunc_week": "date_trunc('week', day)",
    "safe_divide": "a / nullif(b, 0)",
    "div0": "a / nullif(b, 0)",
    "countd": "count(distinct column)",
    "percentile_cont": "quantile_cont(column, 0.9)",
    "approx_count": "approx_count_distinct(column)",
    "array_join": "string_agg(column, ', ')",
    "regexp_like": "regexp_matches(text, 'pattern')",
    "regexp_contains": "regexp_matches(text, 'pattern')",
    "charindex": "strpos(text, 'part')",
    "to_timestamp_ntz": "column::timestamp",
    "random": "every row: figures must repeat exactly",
    "rand": "every row: figures must repeat exactly",
    **dict.fromkeys(
        ("read_csv", "read_parquet", "read_json", "read_text", "glob"),
        "a mart; a file is connected as a source: docs/connecting-files.md",
    ),
}  # fmt: skip
"""Function of another database, or one that is refused -> what to write here."""

UNITS: Mapping[str, str] = {
    "%": "percent", "pct": "percent", "rate": "percent", "share": "percent",
    "pp": "percent_points", "p.p.": "percent_points", "#": "count", "orders": "count",
    "eur": "money", "pln": "money", "zł": "money", "usd": "money", "gbp": "money",
    "currency": "money", "revenue": "money", "sec": "seconds", "s": "seconds",
    "min": "minutes", "h": "hours", "d": "days", "float": "number",
}  # fmt: skip
"""What people call a unit -> its name."""

WORDS = (
    "select", "from", "where", "group", "order", "by", "having", "limit", "with", "join",
    "left", "inner", "using", "distinct", "union", "between", "case", "when", "then",
    "else", "end", "filter", "over", "partition", "qualify",
)  # fmt: skip

_SYNTAX = (
    (r"\{\{|\{%|\$\{", "a placeholder of another tool",
     "$start and $end, the days of the reader", "write where day between $start and $end"),
    (r"\bselect\s+top\s+\d", "select top",
     "limit at the end", "take top out and end with: limit 10"),
    (r"[=<>(,]\s*[:@]\w", "a parameter with : or @",
     "$start, $end or $through", "write a dollar sign: $start"),
    (r"\b(?:from|join)\s+order\b", 'a table "order", which is a word of SQL',
     'did you mean "orders"?', "write from orders"),
    (r"\b(?:from|join)\s+\[", "a table between [ and ]",
     "the plain name of a mart", "take the brackets out"),
    (r"\blimit\s+\d+\s*,", "limit with a comma", "limit 10 offset 20",
     "write offset for what is left out"),
    (r",\s*(?:where|group by|order by)\b", "a comma before the next part of the query",
     "no comma there", "take that comma out"),
)  # fmt: skip


def of_function(name: str) -> tuple[str, str] | None:
    """Return what to expect and to do in place of a function; None without a lesson."""
    instead = FUNCTIONS.get(name)
    if instead is None:
        return None
    if instead == CLOCK_FIX:
        return "figures that do not depend on the clock", instead
    return instead, f"write {instead}" if "(" in instead else "choose another way"


def of_syntax(text: str, line: int | None, said: str = "") -> tuple[str, str, str] | None:
    """Return found, expected and to do for what DuckDB cannot read near a line; `said`
    is how it tells that."""
    lines = text.split("\n")
    near = "\n".join(lines[max(0, (line or 1) - 2) : line or 1])
    for pattern, *lesson in _SYNTAX:
        if re.search(pattern, near, re.IGNORECASE):
            return lesson[0], lesson[1], lesson[2]
    near_to = re.search(r'at or near "(\w+)"', said)
    word = near_to[1].lower() if near_to else ""
    close = difflib.get_close_matches(word, WORDS, 1, 0.75) if word not in WORDS else []
    if close:
        meant = f'did you mean "{close[0]}"?'
        return f'"{word}", which SQL does not know', meant, "correct the word"
    return None


def of_error(found: str, hints: Iterable[str], text: str) -> tuple[str, str] | None:
    """Return what to expect and to do for what DuckDB says of a query."""
    if match := re.search(r'Referenced column "(.+?)" not found', found):
        name = match[1]
        known = re.findall(r'"([^"]+)"', " ".join(hints))
        if f'"{name}"' in text and not difflib.get_close_matches(name, known, 1, 0.75):
            return f"a text stands in single quotes: '{name}'", (
                f"write '{name}', or name a column without quotes"
            )
        if known:
            others = f" Also near: {', '.join(known[1:4])}." if known[1:] else ""
            return f'did you mean "{known[0]}"?{others}', (
                "correct the name; the data dictionary lists every column"
            )
    if match := re.search(r'^Column "(.+?)" referenced that exists in the SELECT', found):
        return "a column of the tables read", (
            f"none of them has {match[1]}, the name given in this SELECT; read the table "
            "that has it, or compute it in a WITH before"
        )
    if "must appear in the GROUP BY" in found:
        return "every column grouped by or summed up", (
            "write group by all at the end, or sum that column up"
        )
    if found.startswith("Ambiguous reference"):
        return "a column with its table before it", "write orders.day, for example"
    if "lambda arrow" in found:
        return "lambda x: x + 1", "write lambda and a colon in place of the arrow"
    if match := re.search(r"argument types '(datediff|date_diff)\(", found):
        return (
            "date_diff('day', from, to)",
            "write the unit first, in quotes, then both days",
        )
    return None


def of_header(message: str, line: str) -> tuple[str, str] | None:
    """Return what was found and what to do for a line of a header that is no TOML."""
    key, sign, value = (part.strip() for part in line.partition("="))
    if "overwrite" in message:
        return f"{key or 'a key'} a second time", "keep one of both lines"
    if sign and value and not re.match(r"[\"'\[{0-9+-]|true\b|false\b", value):
        return f"{key} = {value}, a text without quotes", f'write {key} = "{value}"'
    if not sign and ":" in line:
        return f"{line.strip()[:40]}, with a colon", 'write key = "value"'
    return None


def of_value(value: object, expected: str) -> str:
    """Return which of the words of a key was meant, else all of them."""
    words = re.findall(r'"([^"]+)"', expected) if expected.startswith("one of") else []
    if not isinstance(value, str) or not words:
        return expected
    meant = UNITS.get(value.casefold().strip(), value)
    close = [meant] if meant in words else difflib.get_close_matches(meant, words, 1)
    return f'did you mean "{close[0]}"?' if close else expected


def of_table(name: str) -> tuple[str, str] | None:
    """Return what to expect and to do for a table that no query may read."""
    if name.startswith("landed."):
        return "a mart: landed tables are read by marts only", (
            "look in the data dictionary which mart is made of it"
        )
    if re.search(r"\.(csv|parquet|json|xlsx|duckdb|db)$|/|https?:", name):
        return "a mart: no query reads a file", (
            "connect the file as a source: docs/connecting-files.md"
        )
    return None
