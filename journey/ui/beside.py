"""A figure beside everything it is held against: a table of the open drawer."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from journey import data, kept
from journey.answer import Answer
from journey.days import comparison
from journey.days.comparison import Against, Row
from journey.formats import NOTHING, Formats
from journey.query import Query
from journey.query.catalog import catalog
from journey.query.file import Column
from journey.scope import Scope
from journey.ui import tables
from journey.warehouse import Snapshot

LABELS = {
    "against": Column("Against"), "days": Column("Days"), "then": Column("Value"),
    "change": Column("Change"), "interval": Column("95% interval"),
    "beyond": Column("Beyond chance"), "covered": Column("With data"),
}  # fmt: skip


def against(name: str, scope: Scope, query: Query, now: Snapshot | None = None) -> Against:
    """Return a measure held against every comparison its days have, and its target.

    now: the snapshot of the page, where this is asked from outside its run.
    """
    settings, now = data.settings(), now or data.snapshot()
    calendar = settings.calendar

    def ask(asked: Scope) -> Answer:
        if now is None:
            return data.glance(name, asked)
        return kept.answer(kept.asked(now, name, asked, None, False))

    return comparison.against(
        ask,
        query,
        scope,
        comparison.ways(scope, calendar),
        calendar,
        catalog(kept.reader(now)).first_day if now else lambda _: None,
        settings.targets.get(name),
    )


def table(name: str, scope: Scope, query: Query) -> None:
    """Draw one row a comparison; nothing where nothing can be compared."""
    rows = against(name, scope, query).rows
    if rows:
        drawn = replace(query, columns=LABELS)
        tables.show(frame(rows, query, data.formats()), drawn, f"against_{name}")


def frame(rows: tuple[Row, ...], query: Query, formats: Formats) -> pl.DataFrame:
    """Return the rows in words, as the locale writes them."""
    return pl.DataFrame(
        [_told(row, query.unit, formats) for row in rows],
        schema=dict.fromkeys(LABELS, pl.String),
        orient="row",
    )


def _told(row: Row, unit: str, formats: Formats) -> tuple[str, ...]:
    change = row.change
    value = row.then.value if row.then else None
    return (
        comparison.named(row, formats),
        comparison.days_of(row, formats),
        formats.value(value, unit) if value is not None else NOTHING,
        formats.difference(change.absolute, change.relative, unit) if change else NOTHING,
        comparison.spread(change, row.then, unit, formats),
        comparison.beyond(row),
        comparison.covered(row, formats),
    )
