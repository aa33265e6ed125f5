"""What several test folders share: one small sample shop, built once a session."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest

from journey import lines, settings as settings_file
from journey.home import Home
from journey.settings import Source

SAMPLE_END = dt.date(2026, 11, 16)
SAMPLE_VISITS = 30_000


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with the sample shop of 30,000 visits, landed and published.

    Made once for all test processes; each has a copy, for pages write into it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "shop"
    with lines.alone(shared.with_name("shop.lock")):
        if not shared.is_dir():
            made = tmp_path_factory.mktemp("unfinished")
            _make(Home(made))
            made.rename(shared)
    own = tmp_path_factory.mktemp("sample")
    shutil.copytree(shared, own, dirs_exist_ok=True)
    return Home(own)


def _make(place: Home) -> None:
    from journey.build import build
    from journey.sources.sync import sync

    options = {"visits": SAMPLE_VISITS, "end": SAMPLE_END}
    sample = Source("sample", "sample", options)
    settings = replace(settings_file.load(place), sources=(sample,))
    for result in sync(place, settings):
        assert not result.problems, result.problems
    build(place, settings)


@pytest.fixture
def in_sample_home(sample_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The sample shop as the home of whatever runs in this process."""
    monkeypatch.setenv("JOURNEY_HOME", str(sample_home.root))
    yield sample_home
