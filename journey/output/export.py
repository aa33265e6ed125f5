"""An answer as a file: the same figures as on the card, for people and machines."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import polars as pl
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from journey.answer import Answer, Change, Estimate, Measure, Part, Period
from journey.days.comparison import Row
from journey.formats import Formats

XLSX = {
    "in_memory": True, "nan_inf_to_errors": True,
    "strings_to_formulas": False, "strings_to_urls": False,
}  # fmt: skip
"""A text of a source stays text: no formula, no link to click."""

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
    """Return the answer as one table: a row for the total, for everything it is held
    against (segment "against"), and for each segment value."""
    if answer.frame is not None:
        return answer.frame
    rows: list[dict[str, Any]] = []
    if answer.measure is not None:
        measure = answer.measure
        rows.append(_row("total", None, measure.now, measure.before, measure.change))
        rows += [
            _row("against", row.key, measure.now, row.then, row.change) for row in against
        ]
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


def to_bytes(
    answer: Answer, kind: str, formats: Formats, against: Sequence[Row] = ()
) -> bytes:
    """Return a download: csv in the locale, json, parquet or xlsx with real types."""
    if kind == "json":
        return to_json(answer, against).encode()
    table, buffer = frame(answer, against), io.BytesIO()
    if kind == "parquet":
        table.write_parquet(buffer)
    elif kind == "xlsx":
        with Workbook(buffer, XLSX) as book:
            _plain(table).write_excel(book, autofit=True)
    else:
        return to_csv(table, formats)
    return buffer.getvalue()


def to_json(answer: Answer, against: Sequence[Row] = ()) -> str:
    told = as_dict(answer, against)
    return json.dumps(told, default=_json, ensure_ascii=False, indent=2)


def to_csv(table: pl.DataFrame, formats: Formats) -> bytes:
    """Return CSV as the locale's spreadsheet opens it by a double click."""
    settings = formats.csv
    out = io.StringIO()
    writer = csv.writer(out, delimiter=settings.delimiter, lineterminator="\r\n")
    writer.writerow([_cell(name, settings.decimal) for name in table.columns])
    for row in table.iter_rows():
        writer.writerow([_cell(value, settings.decimal) for value in row])
    return out.getvalue().encode("utf-8-sig" if settings.bom else "utf-8")


def _cell(value: Any, decimal: str) -> Any:
    if isinstance(value, bool) or value is None:
        return "" if value is None else str(value).lower()
    if isinstance(value, float):
        if not math.isfinite(value):
            return ""
        text = str(int(value)) if value.is_integer() else repr(value)
        return text.replace(".", decimal)
    if isinstance(value, str) and value.startswith(ACTIVE):
        return f"'{value}"
    text = str(value)
    return text.replace(".", decimal) if isinstance(value, Decimal) else text


def _plain(table: pl.DataFrame) -> pl.DataFrame:
    """Excel knows no zones: instants become the wall time they are shown in."""
    zoned = [
        pl.col(name).dt.replace_time_zone(None)
        for name, kind in table.schema.items()
        if isinstance(kind, pl.Datetime) and kind.time_zone
    ]
    return table.with_columns(zoned)


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
