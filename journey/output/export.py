"""An answer as a file: the same figures as on the card, for people and machines."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import polars as pl

from journey.answer import Answer, Change, Estimate, Measure, Part, Period
from journey.days.comparison import Row
from journey.formats import Formats
from journey.output.about import About
from journey.output.workbook import plain, workbook
from journey.query import Query

ACTIVE = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""First characters that make a spreadsheet work a text out; also in full width."""

FORMATS = ("table", "csv", "json", "parquet", "xlsx")


def as_dict(answer: Answer, against: Sequence[Row] = ()) -> dict[str, Any]:
    """Return the answer for machines: plain numbers, ISO dates, None where no figure.

    `against`: what a measure is held against besides, and its target.
    """
    shared: dict[str, Any] = {
        "query": answer.name,
        "period": _period(answer.period),
        "compared": _period(answer.compared),
        "reads": list(answer.reads),
        "complete_through": answer.complete_through,
        "notes": list(answer.notes),
        "badges": [{"text": one.text, "help": one.help} for one in answer.badges],
        "hidden": answer.hidden,
    }
    if answer.problem is not None:
        return shared | {"problem": answer.problem.as_dict()}
    if answer.absence is not None:
        return shared | {"absence": answer.absence}
    if answer.measure is not None:
        more = {"against": [_against(row) for row in against]} if against else {}
        return shared | _measure(answer.measure) | more
    rows = answer.frame.to_dicts() if answer.frame is not None else []
    return shared | {"rows": rows}


def frame(answer: Answer, against: Sequence[Row] = ()) -> pl.DataFrame:
    """Return the answer as one table: of a measure a row for the total, for everything it
    is held against (segment "against"), for each day ("day", beside the day that it is
    compared with), for each time since entry ("step") and for each segment value."""
    if answer.frame is not None:
        return answer.frame
    rows: list[dict[str, Any]] = []
    if answer.measure is not None:
        measure = answer.measure
        rows.append(_row("total", None, measure.now, measure.before, measure.change))
        rows += [
            _row("against", row.key, measure.now, row.then, row.change) for row in against
        ]
        rows += _days(measure)
        rows += [_row("step", str(day), e, None, None) for day, e in measure.steps.items()]
        for segment, parts in measure.parts.items():
            rows += [_part_row(segment, part) for part in parts]
    return pl.DataFrame(rows, schema=ROW, orient="row")


ROW = {
    "segment": pl.String, "part": pl.String, "state": pl.String,
    "value": pl.Float64, "numerator": pl.Float64, "denominator": pl.Float64,
    "low": pl.Float64, "high": pl.Float64, "before": pl.Float64,
    "before_numerator": pl.Float64, "before_denominator": pl.Float64,
    "before_low": pl.Float64, "before_high": pl.Float64,
    "change": pl.Float64, "change_low": pl.Float64, "change_high": pl.Float64,
}  # fmt: skip
UNITS: dict[str, str | None] = {
    **dict.fromkeys(("value", "low", "high", "before", "before_low", "before_high",
                     "change", "change_low", "change_high")),
    **dict.fromkeys(("numerator", "denominator", "before_numerator",
                     "before_denominator"), "number"),
}  # fmt: skip
"""Columns of a measure's rows that are in its own unit (None), or in another."""


def to_bytes(
    answer: Answer,
    kind: str,
    formats: Formats,
    against: Sequence[Row] = (),
    about: About | None = None,
    query: Query | None = None,
) -> bytes:
    """Return a download: csv in the locale, json, parquet or xlsx with real types.

    about: what the file says of itself; query: labels and formats of its columns.
    """
    if kind == "json":
        return to_json(answer, against).encode()
    table = frame(answer, against)
    if kind == "parquet":
        return to_parquet(table, about)
    if kind == "xlsx":
        labels, units = named(answer, table, query)
        return workbook(table, formats, about, labels, units)
    return to_csv(table, formats, about)


def named(
    answer: Answer, table: pl.DataFrame, query: Query | None
) -> tuple[dict[str, str], dict[str, str]]:
    """Return what the columns of a table are called, and their units."""
    if query is None:
        return {}, {}
    if answer.measure is not None:
        own = (name for name, unit in UNITS.items() if unit is None)
        counts = {name: unit for name, unit in UNITS.items() if unit}
        return {}, dict.fromkeys(own, query.unit) | counts
    labels, units = {}, {}
    for name in table.columns:
        told = query.columns.get(name)
        if told and told.label:
            labels[name] = told.label
        drawn = query.chart is not None and name == query.chart.amount
        if unit := (told.format if told else None) or (query.unit if drawn else None):
            units[name] = unit
    return labels, units


def to_parquet(table: pl.DataFrame, about: About | None = None) -> bytes:
    """Return Parquet with the types of the answer and what it is as its metadata."""
    buffer = io.BytesIO()
    facts = about.facts() if about else {}
    told = {f"journey.{name.lower().replace(' ', '_')}": text
            for name, text in facts.items()}  # fmt: skip
    table.write_parquet(buffer, metadata=told)
    return buffer.getvalue()


def to_json(answer: Answer, against: Sequence[Row] = ()) -> str:
    told = as_dict(answer, against)
    return json.dumps(told, default=_json, ensure_ascii=False, indent=2)


def to_csv(table: pl.DataFrame, formats: Formats, about: About | None = None) -> bytes:
    """Return CSV as the locale's spreadsheet opens it by a double click.

    What the file is stands in its last columns, the same in every row; without any row
    they stand in one whose other cells are empty.
    """
    settings, table = formats.csv, plain(table)
    told = about.columns() if about else {}
    out = io.StringIO()
    writer = csv.writer(out, delimiter=settings.delimiter, lineterminator="\r\n")
    heads = [*table.columns, *(_free(name, table.columns) for name in told)]
    writer.writerow([_cell(name, settings.decimal) for name in heads])
    more = [_cell(text, settings.decimal) for text in told.values()]
    rows = table.iter_rows() if table.height or not told else [(None,) * table.width]
    for row in rows:
        writer.writerow([*(_cell(value, settings.decimal) for value in row), *more])
    return out.getvalue().encode("utf-8-sig" if settings.bom else "utf-8")


def _free(name: str, taken: Sequence[str]) -> str:
    while name in taken:
        name += "_"
    return name


def _cell(value: Any, decimal: str) -> Any:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        text = str(int(value)) if value.is_integer() else repr(value)
        return text.replace(".", decimal)
    if isinstance(value, str):
        text = value.replace("\0", "")  # ends the file for some readers
        return f"'{text}" if text.startswith(ACTIVE) else text
    text = str(value)
    return text.replace(".", decimal) if isinstance(value, Decimal) else text


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _period(period: Period | None) -> dict[str, str] | None:
    if period is None:
        return None
    return {"from": period.first.isoformat(), "to": period.last.isoformat()}


def _estimate(estimate: Estimate | None) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {
        "value": estimate.value,
        "state": estimate.state,
        "numerator": estimate.numerator,
        "denominator": estimate.denominator,
        "low": estimate.low,
        "high": estimate.high,
        "ready_on": estimate.ready_on,
    }


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "absolute": change.absolute,
        "relative": change.relative,
        "low": change.low,
        "high": change.high,
        "moved": change.moved,
        "good": change.good,
    }


def _measure(measure: Measure) -> dict[str, Any]:
    now = _estimate(measure.now) or {}
    return {
        **now,
        "before": _estimate(measure.before),
        "change": _change(measure.change),
        "trend": [{"day": p.day, **(_estimate(p.estimate) or {})} for p in measure.trend],
        "parts": {
            segment: [
                {
                    "label": part.label,
                    **(_estimate(part.now) or {}),
                    "before": _estimate(part.before),
                    "change": _change(part.change),
                }
                for part in parts
            ]
            for segment, parts in measure.parts.items()
        },
        "steps": {str(day): _estimate(e) for day, e in measure.steps.items()},
    }


def _against(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "title": row.title,
        "compared": _period(row.days),
        "days_covered": row.covered if row.days else None,
        **(_estimate(row.then) or {}),
        "change": _change(row.change),
    }


def _days(measure: Measure) -> list[dict[str, Any]]:
    past = [point.estimate for point in measure.trend_before]
    return [
        _row("day", point.day.isoformat(), point.estimate, then, None)
        for point, then in zip_longest(measure.trend, past[: len(measure.trend)])
    ]


def _part_row(segment: str, part: Part) -> dict[str, Any]:
    return _row(segment, part.label, part.now, part.before, part.change)


def _row(
    segment: str,
    label: str | None,
    now: Estimate,
    before: Estimate | None,
    change: Change | None,
) -> dict[str, Any]:
    return {
        "segment": segment,
        "part": label,
        "state": now.state,
        "value": now.value,
        "numerator": now.numerator,
        "denominator": now.denominator,
        "low": now.low,
        "high": now.high,
        "before": before.value if before else None,
        "before_numerator": before.numerator if before else None,
        "before_denominator": before.denominator if before else None,
        "before_low": before.low if before else None,
        "before_high": before.high if before else None,
        "change": change.absolute if change else None,
        "change_low": change.low if change else None,
        "change_high": change.high if change else None,
    }
