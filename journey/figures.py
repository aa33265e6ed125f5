"""The published figures in one scope, for whoever asks without a screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from journey import answers, query, settings as shop, warehouse
from journey.answer import Answer, Period
from journey.formats import Formats
from journey.home import Home
from journey.problem import JourneyError, Problem, near
from journey.query import Library, run
from journey.scope import Scope
from journey.settings import Settings
from journey.warehouse import Snapshot

USUAL_DAYS = 28
"""Days of a period when nobody chose any."""
USUAL_WHERE = (("sales_channel", ("own_shop",)),)
"""What is chosen when nobody chose: the map and its visits are those of the own shop."""


@dataclass(frozen=True)
class Figures:
    """One snapshot, one library, one scope; implements what findings need."""

    reader: Any
    library: Library
    settings: Settings
    scope: Scope

    @cached_property
    def formats(self) -> Formats:
        reporting = self.settings.reporting
        return Formats(reporting.locale, reporting.currency, reporting.vat)

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        asked = scope or self.scope
        return answers.answer(self.reader, self.library, name, asked, self.settings)

    def parts(
        self, name: str, by: Sequence[str], daily: bool = False, scope: Scope | None = None
    ) -> pl.DataFrame:
        """Return the additive parts of a measure, as `query.run.parts` does."""
        asked = self.library.queries[name]
        return run.parts(
            self.reader, self.library, asked, scope or self.scope, tuple(by), daily
        )


def published(home: Home) -> Snapshot:
    """Return the current snapshot. Raises JourneyError when nothing is published."""
    snapshot = warehouse.current(home)
    if snapshot is None:
        raise JourneyError(
            Problem("data/current", "nothing is published yet", "a published snapshot",
                    "run `python -m journey refresh`, or `demo` for the sample shop")
        )  # fmt: skip
    return snapshot


def figures(home: Home, role: str | None = None) -> Figures:
    """Return the figures of the usual scope: 28 days, own shop, the days before."""
    snapshot, settings = published(home), shop.load(home)
    reader = warehouse.open_reader(snapshot.path)
    scope = usual_scope(data_through(reader), settings, role)
    return Figures(reader, query.load(home.queries), settings, scope)


def usual_scope(through: dt.date, settings: Settings, role: str | None = None) -> Scope:
    """Return the scope when nothing is chosen; `role` names a role of journey.toml.

    Raises JourneyError for an unknown role: a mistyped one must not see everything.
    """
    period = Period(through - dt.timedelta(USUAL_DAYS - 1), through)
    if role is None:
        return Scope(period, period.before(), USUAL_WHERE)
    if role not in settings.roles:
        raise JourneyError(
            Problem("--role", f'no role "{role}"', near(role, settings.roles),
                    "name a role of journey.toml")
        )  # fmt: skip
    policy = tuple(settings.roles[role].rows.items())
    return Scope(period, period.before(), USUAL_WHERE, policy=policy)


def data_through(reader: Any) -> dt.date:
    """Return the last day that is complete. Raises JourneyError when no day is."""
    cursor = reader.cursor()
    try:
        rows = cursor.execute("select data_through from published.snapshot").fetchall()
    finally:
        cursor.close()
    day = rows[0][0] if rows else None
    if not isinstance(day, dt.date):
        raise JourneyError(
            Problem("data/current", "a snapshot without a complete day",
                    "at least one day of visits, orders or contacts",
                    "check the Data page, then refresh")
        )  # fmt: skip
    return day
