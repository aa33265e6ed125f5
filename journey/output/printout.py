"""An answer as the command line prints it for people: aligned texts of the locale."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from journey import words
from journey.answer import Answer, Estimate, Measure, Part
from journey.days import comparison
from journey.days.comparison import Row
from journey.formats import NOTHING, Formats
from journey.query import Library, Query
from journey.scope import Scope

ROWS = 50
"""Rows of a table that are printed; the other formats have them all."""

WIDEST = 60
"""Characters of one cell; a longer text is cut."""

STATES = {
    "too_few": "fewer than 30",
    "suppressed": "withheld",
    "immature": "too early",
    "missing": NOTHING,
    "ready": NOTHING,
}
"""What stands in the place of a figure that there is not."""


def text(
    answer: Answer,
    library: Library,
    scope: Scope,
    formats: Formats,
    zone: str,
    against: Sequence[Row] = (),
) -> str:
    """Return heading, figures or rows, and notes. `scope` is what the query saw,
    `against` what a measure is held against besides."""
    query, group = library.queries[answer.name], library.queries.get(scope.segment or "")
    lines = [heading(answer, query, scope, formats, group)]
    if answer.absence is not None:
        lines.append(answer.absence)
    if answer.measure is not None:
        lines.append(figures(answer.measure, query.unit, formats))
    if against:
        lines.append("\n" + beside(against, query.unit, formats) + "\n")
    if answer.frame is not None:
        lines.append(rows(answer.frame, query, formats, zone))
    remarks = [f"[{badge.text}] {badge.help}" for badge in answer.badges]
    return "\n".join([*lines, *answer.notes, *remarks])


def heading(
    answer: Answer, query: Query, scope: Scope, formats: Formats, group: Query | None
) -> str:
    """Return "Orders · 24 Oct – 20 Nov 2026 · Own shop · Phones · Promoters", with the
    comparison where it is not the days before."""
    parts = [query.title, formats.day_range(answer.period.first, answer.period.last)]
    for column, values in scope.where:
        parts.append(", ".join(words.value(column, value, formats) for value in values))
    if group is not None:
        parts.append(group.title)
    if scope.comparison not in (None, scope.period.before()):
        parts.append(comparison.words(scope, formats))
    return " · ".join(parts)


def figures(measure: Measure, unit: str, formats: Formats) -> str:
    """Return one line for the total and one for each value of each segment."""
    lines = [("", "", "now", "95% interval", "before", "change")]
    total = Part("all", measure.now, measure.before, measure.change)
    for segment, parts in (("", (total,)), *measure.parts.items()):
        title = words.SEGMENTS.get(segment, segment)
        for number, part in enumerate(parts):
            change = part.change
            told = (
                formats.difference(change.absolute, change.relative, unit) if change else ""
            )
            lines.append(
                (
                    "" if number else title,
                    part.label,
                    _figure(part.now, unit, formats),
                    formats.range(part.now.low, part.now.high, unit),
                    _figure(part.before, unit, formats) if part.before else "",
                    told or "",
                )
            )
    return aligned(lines, (False, False, True, True, True, True))


def beside(against: Sequence[Row], unit: str, formats: Formats) -> str:
    """Return one line for each thing a figure is held against, its target last."""
    lines = [("against", "days", "value", "change", "95% interval", "beyond chance",
              "with data")]  # fmt: skip
    for row in against:
        change, then = row.change, row.then
        told = formats.difference(change.absolute, change.relative, unit) if change else ""
        lines.append(
            (
                comparison.named(row, formats),
                comparison.days_of(row, formats),
                _figure(then, unit, formats) if then else NOTHING,
                told,
                comparison.spread(change, then, unit, formats),
                comparison.beyond(row),
                comparison.covered(row, formats),
            )
        )
    return aligned(lines, (False, False, True, True, True, False, True))


def _figure(estimate: Estimate, unit: str, formats: Formats) -> str:
    if estimate.value is None:
        empty = estimate.state == "too_few" and estimate.units == 0
        return "nothing to count" if empty else STATES[estimate.state]
    return formats.value(estimate.value, unit)


@dataclass(frozen=True)
class Grid:
    """The rows of a chart or table as texts of the locale."""

    labels: list[str]
    rows: list[list[str]]
    is_number: list[bool]
    """By column: whether its texts stand right."""
    more: int
    """Rows that are not among them."""


def grid(
    frame: pl.DataFrame, query: Query, formats: Formats, zone: str, most: int = ROWS
) -> Grid:
    """Return at most so many rows; segment values as people say them."""
    about = [query.columns.get(name) for name in frame.columns]
    labels = [
        (told.label if told else None) or name.replace("_", " ").capitalize()
        for told, name in zip(about, frame.columns, strict=True)
    ]
    styles = [
        (told.format if told else None) or _unit(name, query)
        for told, name in zip(about, frame.columns, strict=True)
    ]
    lines = [
        [
            cell(_said(name, value, formats), style, formats, zone)
            for name, value, style in zip(frame.columns, row, styles, strict=True)
        ]
        for row in frame.head(most).iter_rows()
    ]
    right = [kind.is_numeric() for kind in frame.dtypes]
    return Grid(labels, lines, right, max(0, frame.height - most))


def _said(column: str, value: Any, formats: Formats) -> Any:
    named = column in words.SEGMENTS or column in words.VALUES
    return (
        words.value(column, value, formats) if named and isinstance(value, str) else value
    )


def rows(frame: pl.DataFrame, query: Query, formats: Formats, zone: str) -> str:
    """Return the rows of a chart or table, at most `ROWS` of them."""
    if frame.is_empty():
        return "No rows in these days and segments."
    found = grid(frame, query, formats, zone)
    shown = aligned([found.labels, *found.rows], found.is_number)
    if not found.more:
        return shown
    more = formats.number(found.more)
    return f"{shown}\n... and {more} more rows; --format csv has them all."


def _unit(column: str, query: Query) -> str | None:
    """Return the unit of a chart's value: its y, or the colour of a grid."""
    if query.chart is None:
        return None
    return query.unit if column == query.chart.amount else None


def cell(value: Any, style: str | None, formats: Formats, zone: str) -> str:
    """Return one value as text; an empty one is a dash, never a zero."""
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return formats.stamp(value, zoneinfo.ZoneInfo(zone))
    if isinstance(value, dt.date):
        return formats.date(value)
    if isinstance(value, (int, float, Decimal)):
        return formats.value(float(value), style or "number")
    shown = " ".join(str(value).split())
    return shown if len(shown) <= WIDEST else f"{shown[: WIDEST - 1]}…"


def aligned(lines: Sequence[Sequence[str]], right: Sequence[bool]) -> str:
    """Return the lines as columns two spaces apart; numbers stand right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            text.rjust(width) if is_right else text.ljust(width)
            for text, width, is_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    )
