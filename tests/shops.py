"""Filling the home of a shop: what every test that asks published figures begins with."""

from __future__ import annotations

from journey import build, settings as settings_file
from journey.home import Home
from journey.settings import Settings
from journey.sources import sync


def fill(home: Home, settings: Settings | None = None) -> Home:
    """Read the sources of a home and publish its marts; every problem is a failure."""
    found = settings or settings_file.load(home)
    problems = [p for result in sync.sync(home, found) for p in result.problems]
    assert not problems, "\n".join(map(str, problems))
    build.build(home, found)
    return home
