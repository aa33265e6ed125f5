"""The run history tells of what is set up now."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import threading
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from journey import lock, status
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


def without_room(path: Path, text: str, encoding: str) -> int:
    path.write_bytes(text.encode(encoding)[:10])
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_is_told_over_the_oldest_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path)
    status.add(home, *[BUILT] * 4)
    full = replace(FAILED, problems=({"where": "data", "found": "a full disk"},))
    monkeypatch.setattr(Path, "write_text", without_room)
    status.add(home, full)
    told = status.read(home)
    assert told.runs == (full, BUILT, BUILT) or told.runs == (full, BUILT, BUILT, BUILT)
    assert [path.name for path in home.data.iterdir()] == ["status.json"]


def test_a_disk_without_room_for_a_first_status_is_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "write_text", without_room)
    with pytest.raises(JourneyError, match="No space left"):
        status.add(Home(tmp_path), BUILT)


def test_what_was_killed_does_not_run_for_ever(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with lock.refresh_lock(home):
        status.say_running(home, "sync shop", status.myself())
        assert status.now_running(home).running == "sync shop"
    told = status.now_running(home)
    assert told.running is None and told.cut_off == "sync shop"
    assert "was cut off" in status.as_text(told)


def test_looking_for_a_refresh_never_stops_one(tmp_path: Path) -> None:
    home = Home(tmp_path)
    with lock.refresh_lock(home):
        pass
    looking = os.open(lock.path_of(home), os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    threading.Timer(0.06, os.close, [looking]).start()
    with lock.refresh_lock(home):
        assert not lock.is_free(home)


GOOD = {**asdict(BUILT), "problems": []}


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "null", "[]", "7", "{}", "\x00" * 40, "[" * 100_000, '{"runs": 7}',
        '{"runs": [7, null, {}, {"what": "build"}]}',
        json.dumps({"runs": [{**GOOD, "finished_at": None}]}),
        json.dumps({"runs": [{**GOOD, "started_at": "yesterday"}]}),
        json.dumps({"runs": [{**GOOD, "problems": ["broken"]}], "running": 7}),
        json.dumps({"runs": [{**GOOD, "unknown": 1}], "holder": "me"}),
    ],
)  # fmt: skip
def test_a_broken_status_is_an_empty_one(tmp_path: Path, text: str) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    home.status.write_text(text)
    assert status.now_running(home) == status.Status()


def test_one_broken_run_takes_no_other_with_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.data.mkdir()
    home.status.write_text(json.dumps({"runs": [{**GOOD, "ok": "no"}, GOOD]}))
    assert status.read(home).runs == (BUILT,)


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
