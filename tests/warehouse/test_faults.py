"""Whatever happens to the files, the last good figures stay and what is wrong is told."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from journey import build, cli, disk, retired, warehouse
from journey.build import checks
from journey.home import Home
from journey.problem import JourneyError
from journey.settings import Source
from journey.sources.kinds import unforeseen
from journey.warehouse import Snapshot


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path)
    publish(place, "2026-001")
    publish(place, "2026-002")
    return place


def publish(home: Home, stamp: str) -> Snapshot:
    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute(f"create table snapshot as select '{stamp}' as stamp")
        connection.execute("alter table snapshot add column time_zone varchar")
        connection.execute("update snapshot set time_zone = 'Europe/Warsaw'")
        connection.execute("create table filler as select range as n from range(200000)")

    return warehouse.publish(home, fill, stamp)


def now(home: Home) -> Snapshot:
    found = warehouse.find(home).snapshot
    assert found is not None
    return found


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip(path: Path) -> None:
    """Change one byte in the midst, as a failing disk does."""
    with path.open("rb+") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte ^ 1]))


def empty(path: Path) -> None:
    os.truncate(path, 0)


def other(path: Path) -> None:
    path.write_bytes(b"<html>gateway timeout</html>" * 1000)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def loop(path: Path) -> None:
    path.unlink()
    path.symlink_to(path)


DAMAGES = [cut, flip, empty, other, folder, loop, Path.unlink]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_file_gives_way_to_the_last_good_one_until_it_is_mended(
    home: Home, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    newest = now(home)
    shutil.copy(newest.path, tmp_path / "copy")
    damage(newest.path)
    found = warehouse.find(home)
    assert found.snapshot is not None and found.snapshot.stamp == "2026-001"
    assert found.problem is not None and newest.path.name in found.problem.where
    assert not warehouse.is_there(newest)
    if newest.path.is_dir() and not newest.path.is_symlink():
        newest.path.rmdir()
    (tmp_path / "copy").replace(newest.path)
    mended = warehouse.find(home)
    assert mended.problem is None
    assert mended.snapshot is not None and mended.snapshot.stamp == "2026-002"
    # It is another file now: nothing that was opened or worked out of the old one counts.
    assert mended.snapshot != newest


def test_a_full_disk_is_told_as_one_and_no_file_blamed_for_it() -> None:
    words = f'Could not write file "x.wal": {os.strerror(errno.ENOSPC)}'
    error = duckdb.TransactionException(f"TransactionContext Error: {words}")
    told = disk.full(error)
    assert told is not None and "free some room" in told.fix
    assert checks.failure(build.marts_by_name()["orders"], error).problems == (told,)
    assert unforeseen(Source("shop", "files"), error) == told
    assert disk.full(duckdb.TransactionException("Could not write")) is None


def test_status_tells_damage_in_words_and_by_its_exit_code(
    home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(home.root))
    assert cli.main(["status"]) == 0
    damaged = now(home).path
    empty(damaged)
    capsys.readouterr()
    assert cli.main(["status"]) == 1
    told = capsys.readouterr().out
    assert "Published: 2026-001" in told and damaged.name in told
    assert cli.main(["status", "--format", "json"]) == 1
    assert damaged.name in json.loads(capsys.readouterr().out)["damage"]["where"]


@pytest.mark.parametrize(
    "line", ["", "\n", "../../x.duckdb", "journey-x.duckdb", "\0" * 50]
)
def test_a_broken_pointer_is_told_and_the_newest_file_shown(home: Home, line: str) -> None:
    home.current.write_text(line)
    found = warehouse.find(home)
    assert found.snapshot is not None and found.snapshot.stamp == "2026-002"
    assert found.problem is not None
    home.current.unlink()
    home.current.mkdir()
    assert now(home).stamp == "2026-002"


def test_what_was_rolled_back_from_never_comes_back_by_damage(home: Home) -> None:
    publish(home, "2026-003")
    warehouse.rollback(home)
    cut(home.published / "journey-2026-002.duckdb")
    assert now(home).stamp == "2026-001"
    home.current.unlink()
    assert now(home).stamp == "2026-001"


def test_without_any_good_file_it_is_told_and_nothing_shown(home: Home) -> None:
    for snapshot in warehouse.snapshots(home):
        cut(snapshot.path)
    found = warehouse.find(home)
    assert found.snapshot is None
    assert found.problem is not None and "journey build" in found.problem.fix
    assert warehouse.find(Home(home.root / "new")) == warehouse.Found()


def test_a_file_that_may_not_be_read_is_told_and_read_once_it_may(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest, open_ = now(home), Path.open

    def refused(path: Path, *arguments: str, **more: str) -> object:
        if path == newest.path:
            raise PermissionError(13, "Permission denied")
        return open_(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    newest.path.chmod(0)
    found = warehouse.find(home)
    assert found.snapshot == newest, "whoever has it open goes on with it"
    assert found.problem is not None and "Permission denied" in found.problem.found
    assert "chown" in found.problem.fix
    warehouse._shown.clear()
    found = warehouse.find(home)
    assert found.snapshot is not None and found.snapshot.stamp == "2026-001"
    monkeypatch.undo()
    newest.path.chmod(0o600)
    assert now(home).stamp == "2026-002"


def test_what_is_closed_is_named_without_the_folders_of_the_server(home: Home) -> None:
    said = f'Cannot open file "{home.landing}.wal": Permission denied'
    found = disk.refused(duckdb.TransactionException(said), home)
    assert found is not None and found.where == "data/landing.duckdb.wal"
    found = disk.refused(PermissionError(13, "Permission denied", str(home.root)), home)
    assert found is not None and found.where == home.root.name
    assert disk.refused(duckdb.BinderException("no column placed"), home) is None


def test_a_closed_folder_is_told_and_takes_no_page_down(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shut(path: Path, *_: object, **more: object) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    newest = now(home)
    assert disk.closed(home) is None
    for action in ("open", "glob", "stat"):
        monkeypatch.setattr(Path, action, shut)
    found = warehouse.find(home)
    assert found.snapshot == newest
    assert found.problem is not None and found.problem.where == "data/current"
    monkeypatch.undo()
    home.app.mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: Path(path) != home.app)
    told = disk.closed(home)
    assert told is not None and told.where == "data/app"


def test_what_is_shown_outlives_files_that_killed_builds_left(home: Home) -> None:
    shown = now(home)
    for number in range(3, 7):  # renamed, never named in data/current
        shutil.copy(shown.path, home.published / f"journey-2026-00{number}.duckdb")
    publish(home, "2026-007")
    assert shown in warehouse.snapshots(home)
    publish(home, "2026-008")
    assert [s.stamp[-1] for s in warehouse.snapshots(home)] == ["6", "7", "8"]


def test_the_next_publish_mends_it(home: Home) -> None:
    cut(now(home).path)
    publish(home, "2026-003")
    assert warehouse.find(home) == warehouse.Found(now(home), None)
    retired.drop_samples(home)
    assert now(home).stamp == "2026-003"


def test_a_damaged_file_is_not_of_the_marts_of_today(home: Home) -> None:
    newest = now(home)
    other(newest.path)
    assert not build.is_current(newest)


def test_a_clock_set_back_never_makes_a_new_file_an_old_one(tmp_path: Path) -> None:
    home, tomorrow = Home(tmp_path), dt.datetime.now(dt.UTC) + dt.timedelta(1)
    publish(home, tomorrow.strftime(warehouse.STAMP))
    for _ in range(4):
        stamp = warehouse.new_stamp(home)
        assert publish(home, stamp).stamp > tomorrow.strftime(warehouse.STAMP)
        assert now(home).stamp == stamp == warehouse.snapshots(home)[-1].stamp
    assert warehouse.rollback(home).stamp < stamp


def test_digests_stay_with_their_files_and_are_checked_by_common_tools(home: Home) -> None:
    publish(home, "2026-003")
    publish(home, "2026-004")
    stems = sorted(path.name for path in home.published.iterdir())
    assert len(stems) == 2 * warehouse.KEPT
    for snapshot in warehouse.snapshots(home):
        line = disk.digest_file(snapshot.path).read_text()
        assert line == f"{disk.digest(snapshot.path)}  {snapshot.path.name}\n"
    (home.published / "journey-gone.sha256").write_text("0  journey-gone.duckdb\n")
    warehouse.tidy(home)
    assert not (home.published / "journey-gone.sha256").exists()


@pytest.mark.parametrize("suffix", [".duckdb", ".sha256"])
def test_a_rollback_names_the_file_and_the_right_that_it_lacks(
    home: Home, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    publish(home, "2026-003")
    old = [s.path.with_suffix(suffix) for s in warehouse.snapshots(home)[:-1]]
    open_ = Path.open

    def refused(path: Path, *arguments: str, **more: str) -> object:
        if path in old:
            raise PermissionError(13, "Permission denied", str(path))
        return open_(path, *arguments, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refused)
    warehouse.wrong_with.cache_clear()
    with pytest.raises(JourneyError) as error:
        warehouse.rollback(home)
    told = error.value.problems
    assert [p.where for p in told] == [f"data/published/{path.name}" for path in old]
    assert all("Permission denied" in p.found and "chown" in p.fix for p in told)
    assert not warehouse.is_held(home) and now(home).stamp == "2026-003"
    del old[0]
    warehouse.wrong_with.cache_clear()
    told = []
    assert warehouse.rollback(home, told.append).stamp == "2026-001"
    assert [p.where for p in told] == [f"data/published/{path.name}" for path in old]
