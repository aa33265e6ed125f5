"""Published files: swapped at once, read while replaced, left alone by failures."""

from __future__ import annotations

import datetime as dt
import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import namedtuple
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from journey import retired, warehouse
from journey.answer import Period
from journey.home import PROJECT, Home
from journey.problem import JourneyError
from journey.query import run, view, watchdog
from journey.query.catalog import catalog
from journey.query.text import admit, frame
from journey.scope import Scope

Fill = Callable[[duckdb.DuckDBPyConnection], None]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def numbered(number: int) -> Fill:
    """Return a fill whose two tables hold `number` thousand rows of `number`."""

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        for table in ("one", "two"):
            connection.execute(
                f"create table {table} as select {number} as n from range({number * 1000})"
            ).fetchall()

    return fill


def published(home: Home, *numbers: int) -> None:
    for number in numbers:
        warehouse.publish(home, numbered(number), f"2026-{number:03}")


def number_in(home: Home) -> int:
    snapshot = warehouse.current(home)
    assert snapshot is not None
    reader = warehouse.open_reader(snapshot.path)
    return int(reader.execute("select max(n) from published.one").fetchall()[0][0])


def test_nothing_is_current_before_the_first_publish(home: Home) -> None:
    assert warehouse.current(home) is None


def test_publish_makes_the_new_file_current_and_keeps_three(home: Home) -> None:
    published(home, 1, 2, 3, 4, 5)
    assert number_in(home) == 5
    assert home.current.read_text() == "journey-2026-005.duckdb\n"
    assert [s.stamp for s in warehouse.snapshots(home)] == [
        "2026-003",
        "2026-004",
        "2026-005",
    ]


def test_readers_never_fail_nor_see_half_a_snapshot_during_publishes(home: Home) -> None:
    published(home, 1)
    stop, torn, seen, errors = threading.Event(), [], set(), []

    def read() -> None:
        opened: dict[Path, duckdb.DuckDBPyConnection] = {}
        while not stop.is_set():
            try:
                snapshot = warehouse.current(home)
                assert snapshot is not None
                if snapshot.path not in opened:
                    opened = {snapshot.path: warehouse.open_reader(snapshot.path)}
                cursor = opened[snapshot.path].cursor()
                rows = cursor.execute(
                    "select (select count(*) from published.one), max(n), count(*) "
                    "from published.two"
                ).fetchall()[0]
                cursor.close()
                seen.add(rows[1])
                if len({rows[0], rows[1] * 1000, rows[2]}) != 1:
                    torn.append(rows)
            except Exception as error:  # whatever it is, the test shows it
                errors.append(repr(error))
                return

    readers = [threading.Thread(target=read) for _ in range(20)]
    for reader in readers:
        reader.start()
    try:
        for number in range(2, 7):
            published(home, number)
            for _ in range(200):
                if number in seen or errors:
                    break
                stop.wait(0.02)
    finally:
        stop.set()
        for reader in readers:
            reader.join()
    assert errors == []
    assert torn == []
    assert seen == {1, 2, 3, 4, 5, 6}


def test_an_open_reader_goes_on_after_its_file_is_deleted(home: Home) -> None:
    published(home, 1)
    snapshot = warehouse.current(home)
    assert snapshot is not None
    reader = warehouse.open_reader(snapshot.path)
    published(home, 2, 3, 4)
    assert not snapshot.path.exists()
    assert reader.execute("select count(*) from published.two").fetchall() == [(1000,)]


def test_a_retired_reader_lets_go_of_its_file(home: Home) -> None:
    published(home, 1)
    path = home.published / "journey-2026-001.duckdb"

    def asked() -> int:
        reader = warehouse.open_reader(path)
        known = catalog(reader)
        text = admit("select count(*) as rows from one", "a test", known)
        first = dt.date(2026, 10, 1)
        scope = Scope(Period(first, first), None)
        question = run.Question(reader, known, None, text, scope)  # type: ignore[arg-type]
        with view.scoped(question) as cursor:
            return int(frame(cursor, text, {})["rows"][0])

    assert asked() == 1000
    time.sleep(3 * watchdog.EVERY)
    gc.collect()
    descriptors = Path("/proc/self/fd")
    if not descriptors.is_dir():
        pytest.skip("only Linux lists what a process has open")
    assert str(path) not in {os.path.realpath(fd) for fd in descriptors.iterdir()}


def test_a_failing_fill_leaves_the_old_snapshot_and_nothing_else(home: Home) -> None:
    published(home, 1)

    def fail(connection: duckdb.DuckDBPyConnection) -> None:
        numbered(2)(connection)
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        warehouse.publish(home, fail, "2026-002")
    assert number_in(home) == 1
    assert sorted(p.name for p in home.published.iterdir()) == [
        "journey-2026-001.duckdb", "journey-2026-001.sha256"
    ]  # fmt: skip


KILLED = """
import sys, time
from pathlib import Path
from journey import warehouse
from journey.home import Home

def fill(connection):
    connection.execute("create table one as select 2 as n from range(100000)").fetchall()
    connection.execute("checkpoint published").fetchall()
    print("written", flush=True)
    time.sleep(60)

warehouse.publish(Home(Path(sys.argv[1])), fill, "2026-002")
"""


def test_a_killed_publish_leaves_the_old_snapshot(home: Home) -> None:
    published(home, 1)
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(home.root)],
        cwd=PROJECT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "written\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    assert [p.name for p in home.published.glob("*.tmp*")] != []
    assert number_in(home) == 1
    published(home, 3)
    assert number_in(home) == 3
    assert [p.name for p in home.published.glob("*.tmp*")] == []


def test_what_killed_runs_left_is_cleared_away(home: Home) -> None:
    published(home, 1)
    left = [home.data / "status.7.tmp", home.published / "journey-2026-002.duckdb.tmp"]
    for path in left:
        path.write_text("half")
    warehouse.tidy(home)
    assert not any(path.exists() for path in left)
    assert number_in(home) == 1


def test_too_full_a_disk_is_said_before_anything_is_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(home, 1)
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 5 * 10**6))
    with pytest.raises(JourneyError) as raised:
        published(home, 2)
    problem = raised.value.problems[0]
    assert problem.found == "5 MB free on this disk"
    assert "for a new snapshot" in problem.expected
    assert "free some room" in problem.fix
    assert number_in(home) == 1


def test_a_stamp_serves_once(home: Home) -> None:
    published(home, 1)
    with pytest.raises(JourneyError, match="a snapshot of this stamp exists"):
        published(home, 1)


def test_rollback_shows_the_file_before_and_holds_refreshes_until_resume(
    home: Home,
) -> None:
    published(home, 1, 2, 3)
    assert warehouse.rollback(home).stamp == "2026-002"
    assert number_in(home) == 2
    with pytest.raises(JourneyError, match="journey resume"):
        published(home, 4)
    assert warehouse.rollback(home).stamp == "2026-001"
    with pytest.raises(JourneyError, match="no snapshot older"):
        warehouse.rollback(home)
    warehouse.resume(home)
    assert number_in(home) == 1
    published(home, 4)
    assert number_in(home) == 4


def test_a_rollback_during_a_build_is_not_undone_by_it(home: Home) -> None:
    published(home, 1, 2)

    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        warehouse.rollback(home)
        numbered(3)(connection)

    with pytest.raises(JourneyError, match="journey resume"):
        warehouse.publish(home, fill, "2026-003")
    assert number_in(home) == 1
    assert [s.stamp for s in warehouse.snapshots(home)] == ["2026-001", "2026-002"]
    assert list(home.published.glob("*.tmp*")) == []


def test_drop_older_leaves_the_current_snapshot_alone(home: Home) -> None:
    published(home, 1, 2, 3)
    assert retired.drop_older(home) == 2
    assert [s.stamp for s in warehouse.snapshots(home)] == ["2026-003"]
    assert number_in(home) == 3


def test_a_broken_pointer_leads_to_the_newest_file_and_nowhere_else(home: Home) -> None:
    published(home, 1)
    published(home, 2)
    newest = home.published / "journey-2026-002.duckdb"
    shutil.copy(newest, home.data / "journey-secret.duckdb")
    for line in ("", "journey-none.duckdb", "../journey-secret.duckdb", "\0", "x" * 9999):
        home.current.write_text(line + "\n")
        found = warehouse.find(home)
        assert found.snapshot is not None and found.snapshot.stamp == "2026-002"
        assert found.problem is not None and found.problem.fix


FORBIDDEN = (
    "create table published.x as select 1", "insert into published.one values (1)",
    "drop table published.one", "attach '{folder}/x.duckdb' as other",
    "copy published.one to '{folder}/x.csv'", "select * from '{folder}/x.csv'",
    "select * from read_text('{folder}/data/current')", "set global threads = 8",
    "set threads = 8",
    "set timezone = 'UTC'", "install httpfs", "load httpfs", "export database '{folder}/x'",
    "reset memory_limit", "create secret (type s3)", "pragma enable_profiling",
)  # fmt: skip


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_a_reader_is_locked(home: Home, statement: str) -> None:
    published(home, 1)
    reader = warehouse.open_reader(home.published / "journey-2026-001.duckdb")
    with pytest.raises(duckdb.Error):
        reader.cursor().execute(statement.format(folder=home.root)).fetchall()


def test_a_bare_name_is_an_error_until_a_cursor_has_its_view(home: Home) -> None:
    published(home, 1)
    reader = warehouse.open_reader(home.published / "journey-2026-001.duckdb")
    with_view, without = reader.cursor(), reader.cursor()
    with_view.execute("create temp view one as from published.one").fetchall()
    assert with_view.execute("select count(*) from one").fetchall() == [(1000,)]
    with pytest.raises(duckdb.CatalogException):
        without.execute("select count(*) from one").fetchall()


def test_a_reader_cuts_days_in_the_zone_of_the_snapshot(home: Home) -> None:
    def fill(connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute(
            "create table snapshot as select 'Europe/Warsaw' as time_zone, "
            "timestamptz '2026-10-05 22:30:00+00' as built_at"
        ).fetchall()

    reader = warehouse.open_reader(warehouse.publish(home, fill, "2026-001").path)
    found = reader.cursor().execute(
        "select built_at::date::varchar from published.snapshot"
    )
    assert found.fetchall() == [("2026-10-06",)]
