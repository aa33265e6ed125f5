"""Query files: SQL with a TOML header, read without running anything."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from journey.problem import JourneyError, Problem, near, toml_error
from journey.query import lessons
from journey.query.chart import Chart, misplaced
from journey.query.header import CHART_KEYS, COLUMN_KEYS, KEYS, KINDS, Key


@dataclass(frozen=True)
class Column:
    """What the header says of one column of the result."""

    label: str | None = None
    format: str | None = None
    of: str | None = None
    """The column that counts the units behind this one; too few of them, no figure."""
    description: str | None = None
    needs: tuple[str, ...] = ()
    """Without what told the column is left out of a table."""


@dataclass(frozen=True)
class Query:
    """One query file whose header is right; its SQL has not been looked at."""

    name: str
    """Path below the folder without ending: conversion/checkout_completion."""
    path: Path
    kind: str
    sql: str
    """The whole text of the file, header included, so that lines are the file's own."""
    sha: str
    """SHA-256 of `sql`."""
    title: str
    question: str = ""
    unit: str = "number"
    interval: str = "none"
    better: str = "neither"
    headline: int | None = None
    grain: str = ""
    key: tuple[str, ...] = ()
    owner: str = ""
    description: str = ""
    window_days: int = 0
    benchmark: float | str | None = None
    benchmark_source: str = ""
    caveat: str = ""
    position: int = 1000
    group: str = ""
    """Under which heading of "More measures" it stands."""
    tags: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    across_rows: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    chart: Chart | None = None
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)
    """Header key -> its line; keys of [columns] and [chart] as "columns.name"."""
    own: bool = True
    """Whether the file is of the project's own folder."""
    where: str = ""
    """The file as people know it: queries/conversion/checkout_completion.sql."""

    @property
    def topic(self) -> str:
        """The folder: a stage, support, marts or segments."""
        return self.name.rpartition("/")[0]

    def problem(
        self, found: str, expected: str, fix: str, line: int | None = None
    ) -> Problem:
        return Problem(self.where, found, expected, fix, line)


@dataclass(frozen=True)
class Library:
    """All query files that can be read, and what is wrong with the others."""

    queries: Mapping[str, Query]
    problems: tuple[Problem, ...] = ()
    broken: Mapping[str, Problem] = field(default_factory=dict)
    """Name of a file that could not be read -> the first thing wrong with it."""

    def of(self, topic: str) -> list[Query]:
        """Return the queries of one folder in the order of the page."""
        found = [q for q in self.queries.values() if q.topic == topic]
        return sorted(found, key=lambda q: (q.headline or 99, q.position, q.name))


def parse(text: str, name: str, where: str = "", own: bool = True) -> Query:
    """Return the query that `text` is. Raises JourneyError with every problem.

    `where` is what a problem calls the file.
    """
    text = plain(text)
    reading = _Reading(text, where or f"{name}.sql")
    raw = reading.header()
    fields = reading.fields(raw)
    reading.body()
    if not own and fields.get("kind") == "mart":
        reading.refuse("kind", 'kind = "mart"', "a mart in the project's own folder",
                       "move the file to queries/marts of the project")  # fmt: skip
    if reading.problems:
        raise JourneyError(*reading.problems)
    return Query(
        name=name, path=Path(reading.where), where=reading.where, sql=text, own=own,
        sha=hashlib.sha256(text.encode()).hexdigest(),
        lines=MappingProxyType(reading.lines), **fields,
    )  # fmt: skip


def plain(text: str) -> str:
    """Return a text as it counts: without what an editor or a system puts at the ends."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


class _Reading:
    """One pass over one file; gathers every problem with its line."""

    def __init__(self, text: str, where: str) -> None:
        self.text = text
        self.where = where
        self.lines: dict[str, int] = {}
        self.problems: list[Problem] = []
        self.end = 0

    def problem(self, found: str, expected: str, fix: str, line: int | None) -> Problem:
        return Problem(self.where, found, expected, fix, line)

    def refuse(self, key: str, found: str, expected: str, fix: str) -> None:
        line = self.lines.get(key, self.lines.get(key.rpartition(".")[0], 1))
        self.problems.append(self.problem(found, expected, fix, line))

    def header(self) -> dict[str, Any]:
        """Return the parsed header. Raises JourneyError where none can be parsed."""
        if not self.text.startswith("/*"):
            start = self.text.lstrip()[:20].split("\n")[0] or "an empty file"
            raise JourneyError(
                self.problem(start, "a header between /* and */ as the first thing",
                             'begin the file with /* and title = "..."', 1)
            )  # fmt: skip
        close = self.text.find("*/")
        if close < 2:
            raise JourneyError(
                self.problem("/* without */", "*/ after the header",
                             "close the header with */ on a line of its own", 1)
            )  # fmt: skip
        self.end = close + 2
        inner = self.text[2:close]
        if (nested := inner.find("/*")) >= 0:
            line = self.text[: nested + 2].count("\n") + 1
            raise JourneyError(
                self.problem("/* inside the header", "one header without comments in it",
                             "take the inner /* out", line)
            )  # fmt: skip
        self.lines = dict(_key_lines(inner))
        return self.toml("  " + inner)

    def toml(self, inner: str) -> dict[str, Any]:
        try:
            return tomllib.loads(inner)
        except tomllib.TOMLDecodeError as error:
            found, line = toml_error(error, inner)
            lines = inner.split("\n")
            at = lines[line - 1] if line <= len(lines) else ""
            if lesson := lessons.of_header(found, at):
                raise JourneyError(
                    self.problem(lesson[0], 'lines like title = "..."', lesson[1], line)
                ) from error
            raise JourneyError(
                self.problem(
                    f"the header is not TOML: {found}", 'lines like title = "..."',
                    "mend that line; texts stand in double quotes", line,
                )
            ) from error  # fmt: skip

    def fields(self, raw: Mapping[str, Any]) -> dict[str, Any]:
        """Return the values of Query's fields; wrong ones are left out and told."""
        kind = raw.get("kind")
        if kind is None:
            self.refuse("kind", "no kind", KEYS["kind"].expected, "add kind to the header")
        good = dict(self.checked(raw, KEYS, "", kind if kind in KINDS else ""))
        if "key" in good:
            key = good["key"]
            good["key"] = tuple(re.split(r"\s*,\s*", key) if isinstance(key, str) else key)
        for name in ("tags", "needs", "optional"):
            if name in good:
                good[name] = tuple(good[name])
        if "columns" in good:
            good["columns"] = MappingProxyType(
                {name: self.column(name, value) for name, value in good["columns"].items()}
            )
        if "chart" in good:
            chart = dict(self.checked(good["chart"], CHART_KEYS, "chart.", "chart"))
            for told in misplaced(good["chart"], chart):
                self.refuse(*told)
            good["chart"] = Chart(**({"type": ""} | chart))
        if "benchmark" in good and "benchmark_source" not in good:
            self.refuse("benchmark", "benchmark without benchmark_source",
                        "where the figure comes from", "add benchmark_source")  # fmt: skip
        return good

    def checked(
        self, raw: Mapping[str, Any], keys: Mapping[str, Key], place: str, kind: Any
    ) -> Iterator[tuple[str, Any]]:
        """Yield what fits; unknown, misplaced, ill-typed and missing keys are told."""
        for name, value in raw.items():
            where = place + name
            if name not in keys:
                self.refuse(where, f'unknown key "{name}"', near(name, keys),
                            "correct the name or take the line out")  # fmt: skip
            elif not keys[name].fits(value):
                meant = lessons.of_value(value, keys[name].expected)
                self.refuse(where, f"{name} = {_shown(value)}", meant, f"correct {name}")
            elif kind and kind not in keys[name].kinds:
                self.refuse(where, f'{name} in a query of kind "{kind}"',
                            f"{name} only where kind is {' or '.join(keys[name].kinds)}",
                            "take the line out, or change kind")  # fmt: skip
            else:
                yield name, value
        for name, key in keys.items():
            if kind in key.required and name not in raw:
                self.refuse(place.rstrip("."), f"no {place}{name}", key.expected,
                            f"add {name} to the header")  # fmt: skip

    def column(self, name: str, value: Any) -> Column:
        if isinstance(value, str) and value.strip():
            return Column(label=value, description=value)
        if isinstance(value, dict):
            good = dict(self.checked(value, COLUMN_KEYS, f"columns.{name}.", ""))
            return Column(**good | {"needs": tuple(good.get("needs", ()))})
        fix = f"correct {name} in [columns]"
        if name in KEYS:
            fix = f"move {name} above [columns]: all below it is about columns"
        self.refuse(f"columns.{name}", f"{name} = {_shown(value)}",
                    'a label, or { label = "...", format = "..." }', fix)  # fmt: skip
        return Column()

    def body(self) -> None:
        """Refuse an empty body and a trailing semicolon, which hides in a subquery."""
        sql = without_comments(self.text)
        bare = sql.rstrip()
        if not bare.strip(" \n\t;"):
            self.problems.append(
                self.problem("no SQL after the header", "one SELECT",
                             "write the query below */", sql.count("\n") + 1)
            )  # fmt: skip
        elif bare.endswith(";"):
            self.problems.append(
                self.problem("a ; at the end", "one SELECT without ;",
                             "take the last ; out", bare.count("\n") + 1)
            )  # fmt: skip


_TOKENS = re.compile(
    r"(?P<comment>--[^\n]*|/\*)|(?P<text>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\""
    r"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)",
    re.DOTALL,
)


def without_comments(sql: str) -> str:
    """Return `sql` with comments blanked out, every line and column where it was."""
    out: list[str] = []
    at = 0
    while match := _TOKENS.search(sql, at):
        end = match.end()
        if match["comment"] == "/*":
            end = _comment_end(sql, end)
        out.append(sql[at : match.start()])
        chunk = sql[match.start() : end]
        out.append(chunk if match["text"] else re.sub(r"[^\n]", " ", chunk))
        at = end
    return "".join([*out, sql[at:]])


def _comment_end(sql: str, at: int) -> int:
    """Return where a block comment ends; DuckDB lets them nest."""
    depth = 1
    for match in re.finditer(r"/\*|\*/", sql[at:]):
        depth += 1 if match[0] == "/*" else -1
        if depth == 0:
            return at + match.end()
    return len(sql)


def _key_lines(inner: str) -> Iterator[tuple[str, int]]:
    """Yield each key of the header with its line; the first line is 1."""
    table = ""
    for number, line in enumerate(inner.split("\n"), 1):
        if match := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            table = match[1].replace('"', "").replace(" ", "") + "."
            yield table.rstrip("."), number
        elif match := re.match(r"\s*([\w.\"'-]+)\s*=", line):
            yield table + match[1].strip("\"'"), number


def _shown(value: Any) -> str:
    """Return a header's value as it looks in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
