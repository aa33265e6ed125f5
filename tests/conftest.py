"""What several test folders share: a browser, and one small sample shop, built once."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from journey import lines, settings as settings_file
from journey.home import Home
from journey.settings import Source
from tests import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SAMPLE_END = dt.date(2026, 11, 16)
SAMPLE_VISITS = 30_000
LONGEST = (
    "browser/test_browser.py", "examples/test_truths.py", "connectors/test_services.py",
    "access/test_browser_sign_in.py", "marts/test_marts.py", "core/test_cli.py",
    "core/test_docs.py", "examples/test_sparse_shops.py", "warehouse/test_build.py",
    "connectors/test_files.py", "pages/test_pages.py", "landing/test_run.py",
)  # fmt: skip
"""The files that take longest: begun first, so that no process ends long after others."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = {Path(__file__).parent / file: place for place, file in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


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
    from tests.shops import fill

    options = {"visits": SAMPLE_VISITS, "end": SAMPLE_END}
    sample = Source("sample", "sample", options)
    settings = replace(settings_file.load(place), sources=(sample,))
    fill(place, settings)


@pytest.fixture
def in_sample_home(sample_home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """The sample shop as the home of whatever runs in this process."""
    monkeypatch.setenv("JOURNEY_HOME", str(sample_home.root))
    yield sample_home


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A running Chromium.

    Not for the session: as long as one is open, nothing else in this process may run an
    event loop, another Chromium included.
    """
    if not Path(chromium.PATH).is_file():
        pytest.skip(f"no Chromium at {chromium.PATH}: run `make test`, which installs it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium.PATH, args=chromium.FLAGS
        )
        yield opened
        opened.close()
