"""The run history tells of what is set up now."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from journey import status
from journey.home import Home
from journey.problem import JourneyError
from journey.settings import Settings, Source
from journey.sources import sync

FAILED = status.Entry("sync", "old", status.now(), status.now(), ok=False)
BUILT = status.Entry("build", "a", status.now(), status.now(), ok=True)


def test_a_source_that_was_taken_out_no_longer_counts_as_failed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    status.add(home, FAILED, BUILT)
    assert status.read(home).failed
    sync.sync(home, Settings(sources=(Source("new", "files", {"tables": []}),)))
    assert [run.name for run in status.read(home).runs] == ["new", "a"]


def test_a_full_disk_is_told_and_leaves_the_old_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    status.add(home, BUILT)
    write = Path.write_text

    def half(path: Path, text: str, encoding: str) -> int:
        write(path, text[:10], encoding=encoding)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(JourneyError, match="No space left"):
        status.say_running(home, "sync", status.myself())
    assert [run.name for run in status.read(home).runs] == ["a"]
    assert [path.name for path in home.data.iterdir()] == ["status.json"]


def test_only_the_last_run_of_a_source_says_whether_it_fails(tmp_path: Path) -> None:
    home = Home(tmp_path)
    good = status.Entry("sync", "shop", status.now(), status.now(), ok=True, rows=7)
    broken = status.Entry("sync", "desk", status.now(), status.now(), ok=False)
    paused = status.Entry("sync", "web", status.now(), status.now(), ok=True, partial=True)
    for entry in (FAILED, good, broken, paused, BUILT):
        status.add(home, entry)
    mended = status.Entry("sync", "old", status.now(), status.now(), ok=True)
    status.add(home, mended)
    told = status.read(home)
    assert told.failures == (broken,)
    assert told.last_good("shop") == good and told.last_good("desk") is None
    assert "web: partial" in status.as_text(told)


def test_the_last_good_run_of_a_source_that_fails_for_long_is_kept(tmp_path: Path) -> None:
    home = Home(tmp_path)
    good = status.Entry("sync", "old", status.now(), status.now(), ok=True, rows=7)
    status.add(home, good, *[FAILED] * (status.KEPT + 5))
    status.add(home, FAILED)
    told = status.read(home)
    assert told.last_good("old") == good and len(told.runs) == status.KEPT + 1
