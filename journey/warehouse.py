"""The published files: written whole, swapped at once, read while they are replaced.

`data/published/journey-<stamp>.duckdb` is never changed after it has its name, and
`data/current` is one line that names the file to read. A reader that has the old
file open keeps it, even after the file is deleted.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import math
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import duckdb
from cachetools import TLRUCache, cached

from journey import disk
from journey.home import Home
from journey.problem import JourneyError, Problem

KEPT = 3
"""Published files that stay, so that a bad one can be rolled back."""

ROOM = 64 * 1024 * 1024
"""Bytes that must stay free beside what a new file is expected to take."""

READER = {
    "temp_directory": "",
    "max_temp_directory_size": "0B",
    "python_enable_replacements": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
    "allow_persistent_secrets": "false",
    "memory_limit": "1GB",
    # A page asks many small questions side by side, so that more threads for one of
    # them only cost: a second thread takes a third more CPU time.
    "threads": str(max(1, (os.cpu_count() or 1) // 2)),
    # It splits a statement of grouping sets into many, which pays from millions of rows.
    "disabled_optimizers": "grouping_sets",
    "max_expression_depth": "250",
    "max_execution_time": "10000",
    "enable_external_access": "false",
    "lock_configuration": "true",
}
"""Settings of a reader in the order in which they are made; the last one locks them."""

NAME = re.compile(r"journey-[\w.-]+\.duckdb")
STAMP = "%Y%m%dT%H%M%S%fZ"
RETRY = 10.0
"""Seconds after which a file that could not be read is tried again."""


@dataclass(frozen=True)
class Snapshot:
    """One published file; equal snapshots hold equal data."""

    path: Path = field(hash=False)
    """Left out of the hash, which every look into a cache takes: paths are slow there."""
    stamp: str
    mark: disk.Mark = ()


@dataclass(frozen=True)
class Found:
    """The snapshot to read and, where it is not the one that should be, why not."""

    snapshot: Snapshot | None = None
    problem: Problem | None = None


def current(home: Home) -> Snapshot | None:
    """Return the snapshot to read, None while nothing is published that can be read."""
    return find(home).snapshot


def find(home: Home) -> Found:
    """Return the snapshot that `data/current` names, else the newest that can be read.

    After a rollback none newer than the one that was gone back to.
    """
    named, problem = _named(home)
    if problem is None:
        _shown[home] = named
        return Found(named)
    allowed = _newest_allowed(home)
    kept = [s for s in snapshots(home) if s.stamp <= allowed]
    shown = _shown.get(home)
    if shown and shown.stamp <= allowed and disk.closed_file(shown.path, home):
        return Found(shown, problem)  # this process has it open
    good = next((s for s in reversed(kept) if wrong_with(s) is None), None)
    # Before the first publish there is neither a line nor a file: nothing is wrong.
    is_new = named is None and not kept and problem.found == os.strerror(errno.ENOENT)
    return Found() if is_new else Found(good, problem)


_shown: dict[Home, Snapshot | None] = {}
"""What was found as it should be last: rights to it may be taken away."""


def is_there(snapshot: Snapshot) -> bool:
    """Return whether the file is still the one it was, and can be read."""
    return snapshot.mark == disk.mark(snapshot.path) and wrong_with(snapshot) is None


def snapshots(home: Home) -> list[Snapshot]:
    """Return every published file, oldest first; none where their folder is closed."""
    try:
        there = sorted(home.published.glob("journey-*.duckdb"))
    except PermissionError:
        return []
    marked = [(path, disk.mark(path)) for path in there]
    return [Snapshot(path, _stamp(path), mark) for path, mark in marked if mark]


def _named(home: Home) -> tuple[Snapshot | None, Problem | None]:
    """Return the snapshot that `data/current` names, and what is wrong with it."""
    try:
        with home.current.open("rb") as file:
            name = file.read(300).decode("utf-8", "replace").strip()
    except OSError as error:
        return None, disk.refused(error, home) or _pointless(error.strerror or str(error))
    if not NAME.fullmatch(name):
        return None, _pointless("it names no published file")
    path = home.published / name
    snapshot = _shared(path, disk.mark(path))
    return snapshot, _unreadable(snapshot, home)


def _unreadable(snapshot: Snapshot, home: Home) -> Problem | None:
    """Return why a published file cannot be read, None when it can."""
    if (wrong := wrong_with(snapshot)) is None:
        return None
    return disk.closed_file(snapshot.path, home) or Problem(
        f"data/published/{snapshot.path.name}", wrong, "a published file that can be read",
        "run `python -m journey build`, or put the file back from a backup",
    )  # fmt: skip


@lru_cache(16)
def _shared(path: Path, mark: disk.Mark) -> Snapshot:
    """Return one and the same snapshot each time: what is the same is equal at once."""
    return Snapshot(path, _stamp(path), mark)


def _pointless(found: str) -> Problem:
    return Problem(
        "data/current", found, "one line with the name of a file of data/published",
        "run `python -m journey build`",
    )  # fmt: skip


def _newest_allowed(home: Home) -> str:
    """Return the stamp that a rollback went back to; the end of time without one."""
    with contextlib.suppress(OSError):
        return _hold(home).read_text("utf-8").strip().rpartition(" ")[2]
    return "~"


def _retried(_: Snapshot, wrong: str | None, now: float) -> float:
    return math.inf if wrong is None else now + RETRY


@cached(TLRUCache(16, _retried, timer=time.monotonic), condition=threading.Condition())
def wrong_with(snapshot: Snapshot) -> str | None:
    """Return why a published file cannot be read, None when it can.

    It is read once from end to end: what is damaged in its midst would else be met by
    one query of many, days later.
    """
    if not snapshot.mark:
        return "it is missing or no file"
    try:
        if (noted := disk.noted(snapshot.path)) and noted != disk.digest(snapshot.path):
            return "it is damaged: it is not what was written"
        open_reader(snapshot.path).close()
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    except duckdb.Error:
        return "it is damaged, or no file of DuckDB that this version can read"
    return None


def open_reader(
    path: Path, more: Mapping[str, str] | None = None
) -> duckdb.DuckDBPyConnection:
    """Return a locked connection that knows the file as the catalog `published`.

    Nothing can be written, attached, read from disk or set through it. Take a
    `.cursor()` per query; temporary views of a cursor are its own. Days are cut in
    the time zone the snapshot was built for. `more`: settings in place of those of
    READER.
    """
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach {_quoted(path)} as published (read_only)").fetchall()
    _set(connection, "TimeZone", _time_zone(connection))
    for name, value in {**READER, **(more or {})}.items():
        _set(connection, name, value)
    return connection


def new_stamp(home: Home) -> str:
    """Return a stamp for a new file, later than all there are: clocks are set back."""
    now = dt.datetime.now(dt.UTC)
    with contextlib.suppress(IndexError, ValueError, OverflowError):
        newest = dt.datetime.strptime(snapshots(home)[-1].stamp, STAMP)
        now = max(now, newest.replace(tzinfo=dt.UTC) + dt.timedelta(seconds=1))
    return now.strftime(STAMP)


def publish(
    home: Home, fill: Callable[[duckdb.DuckDBPyConnection], None], stamp: str
) -> Snapshot:
    """Let `fill` write a new file, make it the current one, and return it.

    `fill` gets a connection whose catalog in use is the new, empty file. Whatever
    it raises leaves the old snapshot current and nothing behind. Raises
    JourneyError when the disk is too full, a rollback holds refreshes back, or the
    stamp has been used; a disk that fills while it writes is told the same way.
    """
    tidy(home)
    _refuse_while_held(home)
    _refuse_without_room(home)
    path = home.published / f"journey-{stamp}.duckdb"
    if path.exists():
        raise JourneyError(
            Problem(
                f"data/published/{path.name}", "a snapshot of this stamp exists",
                "a stamp of its own for every snapshot", "build again",
            )
        )  # fmt: skip
    temporary = path.with_suffix(".duckdb.tmp")
    try:
        _write(temporary, fill)
        _refuse_while_held(home)
        disk.write_line(disk.digest_file(path), f"{disk.digest(temporary)}  {path.name}")
        temporary.replace(path)
    except (duckdb.Error, OSError) as error:
        if told := disk.full(error) or disk.refused(error, home):
            raise JourneyError(told) from error
        if isinstance(error, duckdb.IOException | OSError):
            raise JourneyError(disk.unwritten(str(error))) from error
        raise
    finally:
        disk.remove(temporary)
        if not path.exists():
            disk.remove(disk.digest_file(path))
    disk.sync_folder(home.published)
    shown = current(home)
    _point(home, path)
    _prune(home, [path, *([shown.path] if shown else [])])
    return Snapshot(path, stamp, disk.mark(path))


def rollback(home: Home, tell: Callable[[Problem], None] = lambda _: None) -> Snapshot:
    """Make the snapshot before the current one current; hold refreshes back.

    `tell` gets why one is passed over. Raises JourneyError with why there is none.
    """
    found = find(home)
    now = found.snapshot
    before = [s for s in snapshots(home) if now and s.stamp < now.stamp]
    wrong = {snapshot: _unreadable(snapshot, home) for snapshot in before}
    older = [snapshot for snapshot in before if wrong[snapshot] is None]
    if not older:
        none = Problem("data/published", "no snapshot older than the current one",
                       "an older one that can be read", "build again")  # fmt: skip
        told = [problem for problem in (found.problem, *wrong.values()) if problem]
        raise JourneyError(*(told or [none]))
    for passed in before[before.index(older[-1]) + 1 :]:
        if problem := wrong[passed]:
            tell(problem)
    disk.write_line(_hold(home), f"rolled back to {older[-1].stamp}")
    _point(home, older[-1].path)
    return older[-1]


def resume(home: Home) -> None:
    """Let refreshes publish again after a rollback."""
    _hold(home).unlink(missing_ok=True)


def is_held(home: Home) -> bool:
    """Return whether a rollback holds refreshes back."""
    return bool(disk.mark(_hold(home)))


def is_sample(path: Path) -> bool:
    """Return whether a published file holds the sample shop."""
    asked = "select is_sample from published.snapshot"
    with contextlib.suppress(duckdb.Error), contextlib.closing(open_reader(path)) as reader:
        return bool(reader.execute(asked).fetchall() == [(True,)])
    return False


def tidy(home: Home) -> None:
    """Make the folders and remove what a killed build left; run with the lock held."""
    home.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    home.published.mkdir(exist_ok=True)
    for leftover in (*home.published.glob("*.tmp*"), *home.data.glob("status.*.tmp")):
        disk.remove(leftover)
    for digest in home.published.glob("journey-*.sha256"):
        if not digest.with_suffix(".duckdb").exists():
            disk.remove(digest)


def _write(path: Path, fill: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
    connection = duckdb.connect(":memory:")
    try:
        _set(connection, "temp_directory", f"{path}.spill")
        connection.execute(f"attach {_quoted(path)} as published").fetchall()
        connection.execute("use published").fetchall()
        fill(connection)
        connection.execute("use memory").fetchall()
        connection.execute("checkpoint published").fetchall()
        connection.execute("detach published").fetchall()
    finally:
        connection.close()
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _refuse_while_held(home: Home) -> None:
    if is_held(home):
        raise JourneyError(
            Problem(
                "data/published", _hold(home).read_text("utf-8").strip(),
                "no rollback in force", 'run "journey resume", then refresh',
            )
        )  # fmt: skip


def _refuse_without_room(home: Home) -> None:
    free = shutil.disk_usage(home.published).free
    needed = _expected_size(home) + ROOM
    if free < needed:
        raise JourneyError(
            Problem(
                "data/published", f"{free / 1e6:,.0f} MB free on this disk",
                f"{needed / 1e6:,.0f} MB for a new snapshot",
                "free some room; the snapshot shown now stays as it is",
            )
        )  # fmt: skip


def _expected_size(home: Home) -> int:
    """Return bytes: twice the largest kept file, else what the landing takes."""
    sizes = [s.path.stat().st_size for s in snapshots(home)]
    if sizes:
        return 2 * max(sizes)
    return home.landing.stat().st_size if home.landing.is_file() else 0


def _point(home: Home, path: Path) -> None:
    disk.write_line(home.current, path.name)


def _prune(home: Home, shown: Sequence[Path]) -> None:
    """Delete all but the newest files and those just shown; open readers keep theirs."""
    for old in snapshots(home)[:-KEPT]:
        if old.path not in shown:
            disk.remove(old.path)


def _time_zone(connection: duckdb.DuckDBPyConnection) -> str:
    known = connection.execute(
        "select 1 from duckdb_tables() "
        "where database_name = 'published' and table_name = 'snapshot'"
    ).fetchall()
    if not known:
        return "UTC"
    zones = connection.execute("select time_zone from published.snapshot").fetchall()
    return str(zones[0][0]) if zones else "UTC"


def _set(connection: duckdb.DuckDBPyConnection, name: str, value: str) -> None:
    connection.execute(f"set global {name} = {_quoted(value)}").fetchall()


def _quoted(value: Path | str) -> str:
    return "'" + str(value).replace("'", "''") + "'"


def _hold(home: Home) -> Path:
    return home.data / "held"


def _stamp(path: Path) -> str:
    return path.stem.removeprefix("journey-")
