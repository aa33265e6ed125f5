"""Tells bad rows to the person who can mend the file or its mapping: alike ones once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from journey.landing.hints import hint
from journey.landing.stage import SHOWN, BadRow
from journey.problem import Problem

EXAMPLES = 3
SKIP = 'or set on_bad_rows = "skip" to go on without such rows'


def bad_problems(
    name: str,
    bad: Sequence[BadRow],
    count: int | None = None,
    columns: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Return one problem for every column and pattern of value, the rest counted.

    `columns` maps a canonical column to what the mapping takes it from.
    """
    groups: dict[tuple[str | None, str], list[BadRow]] = {}
    for item in bad:
        key = (item.column, item.group or _pattern(item.found))
        groups.setdefault(key, []).append(item)
    shown = list(groups.values())[:SHOWN]
    problems = [_problem(name, items, columns or {}) for items in shown]
    more = (count or len(bad)) - sum(_alike(items) for items in shown)
    if more > 0:
        problems.append(Problem(name, f"{more} more bad rows", "none", "correct the file"))
    return problems


def broken_by(name: str, place: str, bad: Sequence[BadRow]) -> Problem:
    """Return one problem for all rows with the value that a mapping broke on."""
    first = bad[0]
    found = f"{place} broke on {first.found}{_others(bad)}"
    return Problem(name, found, first.expected, _fix(first, ""), first.line)


def _pattern(found: str) -> str:
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", found))


def _alike(items: Sequence[BadRow]) -> int:
    return max(len(items), *(item.alike for item in items))


def _problem(name: str, items: Sequence[BadRow], columns: Mapping[str, str]) -> Problem:
    first = items[0]
    found = f"{_place(first.column, columns)} is {first.found}" if first.column else (
        first.found
    )  # fmt: skip
    found += _others(items)
    own = columns.get(first.column or "", first.column or "").strip()
    return Problem(name, found, first.expected, _fix(first, own), first.line)


def _others(items: Sequence[BadRow]) -> str:
    """Return how many rows are like the first, and where the next of them are."""
    count = _alike(items)
    if count < 2:
        return ""
    others = [_example(item, items[0]) for item in items[1:EXAMPLES]]
    also = f", also {' and '.join(others)}" if others else ""
    return f"; {count:,} rows like it{also}"


def _place(column: str, columns: Mapping[str, str]) -> str:
    """Return the canonical column and what the file calls it."""
    own = columns.get(column, column).strip()
    return column if own == column else f"{column} (mapped from {own})"


def _example(item: BadRow, first: BadRow) -> str:
    line = f"on line {item.line}" if item.line else "again"
    return line if item.found == first.found else f"{item.found} {line}"


def _fix(first: BadRow, own: str) -> str:
    """Return what docs/connecting-files.md advises for this kind of row."""
    if first.row == 1 and first.expected.endswith("as in the header"):
        return (
            "set delimiter to the sign that separates the columns, or header_line to the "
            f"line that names them: already the first row is unlike the header; {SKIP}"
        )
    told = hint(first.column or "", own, first.found, first.expected)
    if told and not first.column and told.startswith("write "):
        told = None  # which column a SELECT was reading is not known
    if told and first.first is None:
        return f"{told}, {SKIP}"
    if first.first is not None:
        return (
            "map a finer key (like order_id || ':' || row_number), or updated_at, so that "
            f"the newest wins, {SKIP}"
        )
    if re.search("set date_formats|written as", first.expected) and (
        _formats(first.found) != "..." or "set date_formats" in first.expected
    ):
        return f"set date_formats = [{_formats(first.found)}] in the mapping, {SKIP}"
    return f"correct the file, {SKIP}"


def _formats(found: str) -> str:
    """Return the format of a date as it is quoted in a problem, or dots."""
    match = re.search(
        r"(?<!\d)\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d\d)(?!\d)"
        r"(,? \d{1,2}:\d{2}(:\d{2})?)?",
        found,
    )
    if match is None:
        return "..."
    time = match[2] or ""
    comma = "," if time.startswith(",") else ""
    clock = f"{comma} %H:%M{':%S' if match[3] else ''}" if time else ""
    mark = match[1]
    year = "%Y" if re.search(r"\d{4}", match[0]) else "%y"
    day_first, month_first = (
        f'"{mark.join(parts)}{clock}"' for parts in (("%d", "%m", year), ("%m", "%d", year))
    )
    return day_first if mark == "." else f"{day_first}] or [{month_first}"
