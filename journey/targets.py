"""[targets] of journey.toml: each names a figure that there is, in its own unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from journey.folders import inside
from journey.problem import JourneyError, near
from journey.query.file import Query, parse

FIGURES = ("measure", "period")
"""Kinds of queries that have one figure."""


def problems(
    targets: Mapping[str, float], folders: Sequence[Path]
) -> Iterator[tuple[str, str, str, str]]:
    """Return target, found, expected and fix of every target that cannot be held.

    `folders`: those of the query files. A file that is broken is told elsewhere.
    """
    names = {
        path.relative_to(folder).with_suffix("").as_posix()
        for folder in (folders if targets else ())
        for path in inside(folder).files
    }
    for name, value in targets.items():
        if not math.isfinite(value):
            yield name, f"{name} = {value}", "a number, 0.03 for 3%", "write a number"
        elif name not in names:
            yield (name, f'no query "{name}"', near(name, names),
                   "name a measure; the page Queries lists them")  # fmt: skip
        elif query := _read(name, folders):
            yield from _unfit(query, value)


def _unfit(query: Query, value: float) -> Iterator[tuple[str, str, str, str]]:
    if query.kind not in FIGURES:
        yield (query.name, f"{query.name} is a {query.kind}", "a measure: one figure",
               "name the measure that shall reach the value")  # fmt: skip
    elif query.unit == "percent" and not -1 <= value <= 1:
        yield (query.name, f"{query.name} = {value:g}, which is {value * 100:g}%",
               f"a share: {value / 100:g} for {value:g}%",
               "write the value as a share of 1")  # fmt: skip


def _read(name: str, folders: Sequence[Path]) -> Query | None:
    for folder in folders:
        path = folder / f"{name}.sql"
        try:
            return parse(path.read_text("utf-8"), name)
        except (JourneyError, OSError, UnicodeDecodeError):
            continue
    return None
