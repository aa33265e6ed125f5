"""Where things lie on disk."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from journey import folders

PROJECT = Path(__file__).resolve().parent.parent
"""The folder of the product itself: queries, pages, connectors."""


@dataclass(frozen=True)
class Home:
    """The folder that holds settings and data; JOURNEY_HOME moves it."""

    root: Path

    @property
    def settings(self) -> Path:
        return self.root / "journey.toml"

    @property
    def secrets(self) -> Path:
        return self.root / ".streamlit" / "secrets.toml"

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def app(self) -> Path:
        """What the app itself writes; everything else in data/ it only reads."""
        return self.data / "app"

    @property
    def landing(self) -> Path:
        return self.data / "landing.duckdb"

    @property
    def published(self) -> Path:
        return self.data / "published"

    @property
    def current(self) -> Path:
        return self.data / "current"

    @property
    def status(self) -> Path:
        return self.data / "status.json"

    @property
    def queries(self) -> tuple[Path, ...]:
        """The project's own folder first, then those that the settings name, or else the
        one beside the settings."""
        own = PROJECT / folders.USUAL
        names = folders.named(self.settings)
        others = [(self.root / name).resolve() for name in names or ()]
        if names is None and folders.is_there(self.root / folders.USUAL):
            others = [self.root / folders.USUAL]
        return tuple(dict.fromkeys((own, *others)))

    @property
    def ours(self) -> Path:
        """Where files that are made here go: the last folder that the settings name and
        that is there, else the one beside them."""
        named = [folder for folder in self.queries[1:] if folders.is_there(folder)]
        return named[-1] if named else self.root / folders.USUAL


def home() -> Home:
    """Return JOURNEY_HOME, or the project's own folder; a page asks hundreds of times."""
    return _home(os.environ.get("JOURNEY_HOME") or str(PROJECT), os.getcwd())  # noqa: PTH109


@lru_cache
def _home(root: str, beside: str) -> Home:
    return Home(Path(beside, root).resolve())
