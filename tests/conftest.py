"""What several test folders share: one small sample shop, built once a session."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from journey import settings as settings_file
from journey.home import Home
from journey.settings import Source

SAMPLE_END = dt.date(2026, 11, 16)
SAMPLE_VISITS = 30_000


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the sample shop of 30,000 visits, landed and published."""
    from journey.build import build
    from journey.sources.sync import sync

    place = Home(tmp_path_factory.mktemp("sample"))
    options = {"visits": SAMPLE_VISITS, "end": SAMPLE_END}
    sample = Source("sample", "sample", options)
    settings = replace(settings_file.load(place), sources=(sample,))
    for result in sync(place, settings):
        assert not result.problems, result.problems
    build(place, settings)
    return place


@pytest.fixture
def in_sample_home(sample_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The sample shop as the home of whatever runs in this process."""
    monkeypatch.setenv("JOURNEY_HOME", str(sample_home.root))
    yield sample_home
