"""What whoever looks for findings asks of the published figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import polars as pl

from journey.answer import Answer
from journey.formats import Formats
from journey.query import Library
from journey.scope import Scope


class Figures(Protocol):
    """The published figures in one scope; pages have a cached one, commands a plain one."""

    @property
    def scope(self) -> Scope: ...

    @property
    def library(self) -> Library: ...

    @property
    def formats(self) -> Formats: ...

    def prepare(self, names: Sequence[str]) -> None:
        """Take notice that these glances will be asked for."""

    def answer(self, name: str, scope: Scope | None = None) -> Answer: ...

    def glance(self, name: str, scope: Scope | None = None) -> Answer: ...

    def splits(self, name: str) -> tuple[str, ...]: ...

    def cuts(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, pl.DataFrame]:
        """Return the additive parts of several measures, each by its own columns."""
        ...

    def parts(
        self, name: str, by: Sequence[str], daily: bool = False, scope: Scope | None = None
    ) -> pl.DataFrame: ...
