"""The published figures in one scope, for whoever asks without a screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import polars as pl

from journey import query, scope as scopes, settings as shop, warehouse
from journey.answer import Answer
from journey.days import comparison
from journey.days.comparison import Row
from journey.figures import answers
from journey.figures.answers import Versus
from journey.formats import Formats
from journey.home import Home
from journey.problem import JourneyError, Problem
from journey.query import Library, run
from journey.query.catalog import catalog
from journey.scope import Scope
from journey.settings import Settings
from journey.warehouse import Snapshot


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

    def prepare(self, names: Sequence[str]) -> None:
        """Nobody waits for a page here: every glance is worked out when asked for."""

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        asked = scope or self.scope
        return answers.answer(self.reader, self.library, name, asked, self.settings)

    def glance(self, name: str, scope: Scope | None = None) -> Answer:
        """Return the answer without its parts by segment."""
        asked = scope or self.scope
        return answers.answer(
            self.reader, self.library, name, asked, self.settings, split=False
        )

    def versus(self, name: str, scope: Scope, split: bool = False) -> Versus:
        """Return a measure of the scope's named segment and of everyone else."""
        return answers.versus(
            self.reader, self.library, name, scope, self.settings, split=split
        )

    def against(self, answer: Answer, scope: Scope, ways: Sequence[str]) -> Sequence[Row]:
        """Return what a measure is held against besides: several comparisons where more
        than one is asked for, and its target. Raises JourneyError for an unknown one."""
        calendar = self.settings.calendar
        for name in ways:
            scopes.against(name, scope.period, calendar)
        target = self.settings.targets.get(answer.name)
        if answer.measure is None or (len(ways) < 2 and target is None):
            return ()
        return comparison.against(
            lambda asked: self.glance(answer.name, asked),
            self.library.queries[answer.name], scope, ways, calendar,
            catalog(self.reader).first_day, target,
        ).rows  # fmt: skip

    def splits(self, name: str) -> tuple[str, ...]:
        """Return the columns a measure can be broken down by."""
        asked = self.library.queries[name]
        return run.splits(self.reader, self.library, asked, self.scope)

    def cuts(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, pl.DataFrame]:
        return {name: self.parts(name, by) for name, by in wanted.items()}

    def parts(
        self, name: str, by: Sequence[str], daily: bool = False, scope: Scope | None = None
    ) -> pl.DataFrame:
        """Return the additive parts of a measure, as `query.run.parts` does."""
        asked = self.library.queries[name]
        return run.parts(
            self.reader, self.library, asked, scope or self.scope, tuple(by), daily
        )


def published(home: Home) -> Snapshot:
    """Return the current snapshot. Raises JourneyError when nothing is published that
    can be read."""
    found = warehouse.find(home)
    if found.snapshot is None:
        raise JourneyError(
            found.problem
            or Problem("data/current", "nothing is published yet", "a published snapshot",
                       "run `python -m journey refresh`, or `demo` for the sample shop")
        )  # fmt: skip
    return found.snapshot


def figures(home: Home, role: str | None = None) -> Figures:
    """Return the figures of the usual scope: 28 days, own shop, the days before.

    `role` names a role of journey.toml. Raises JourneyError for an unknown one: a
    mistyped role must not see everything.
    """
    snapshot, settings = published(home), shop.load(home)
    reader = warehouse.open_reader(snapshot.path)
    scope = answers.default_scope(reader, settings, role)
    money = Formats(vat=settings.reporting.vat).money_label
    return Figures(reader, query.load(home.queries, money), settings, scope)
