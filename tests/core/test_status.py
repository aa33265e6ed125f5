"""The run history tells of what is set up now."""

from __future__ import annotations

from pathlib import Path

from journey import status, sync
from journey.home import Home
from journey.settings import Settings, Source

FAILED = status.Entry("sync", "old", status.now(), status.now(), ok=False)
BUILT = status.Entry("build", "a", status.now(), status.now(), ok=True)


def test_a_source_that_was_taken_out_no_longer_counts_as_failed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    status.add(home, FAILED, BUILT)
    assert status.read(home).failed
    sync.sync(home, Settings(sources=(Source("new", "files", {"tables": []}),)))
    assert [run.name for run in status.read(home).runs] == ["new", "a"]
