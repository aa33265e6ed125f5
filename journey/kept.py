"""What the process keeps between pages: settings, query files, readers, answers.

Every cache is bounded and keyed by values that change when the truth changes: the
snapshot, the text of the query, the scope with its row policy, the settings, the code.
A page asks more than a hundred times a run, so a hit must cost microseconds: keys are
plain values, and what lies on disk is looked at once a second.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import math
import os
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import polars as pl
from cachetools import Cache, LRUCache, TLRUCache, TTLCache, cached

from journey import folders, settings as settings_file, status as status_file, warehouse
from journey.answer import Answer
from journey.figures import answers
from journey.formats import Formats
from journey.home import PROJECT, Home, home
from journey.problem import JourneyError
from journey.query import Library, load, run
from journey.scope import Scope
from journey.settings import Reporting, Settings
from journey.status import Status
from journey.warehouse import Snapshot

P = ParamSpec("P")
R = TypeVar("R", covariant=True)
RETRY = 60.0
"""Seconds after which what has failed is tried again."""


class Kept(Protocol[P, R]):
    """A function whose values are kept."""

    cache: Cache[Any, Any]
    cache_lock: contextlib.AbstractContextManager[Any]

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...


def kept(
    entries: int,
    seconds: float | None = None,
    failed: Callable[[Any], bool] | None = None,
) -> Callable[[Callable[P, R]], Kept[P, R]]:
    """Decorate a function to make its value once for each first argument.

    Threads that ask for what is being made wait for it. Values are frozen, so that
    sessions share them as they are. Exceptions are not kept, and a value that `failed`
    tells for RETRY seconds only: what a busy moment stopped may work in the next one.
    """
    store: Cache[Any, Any] = LRUCache(entries)
    if seconds:
        store = TTLCache(entries, seconds)
    elif failed:
        store = TLRUCache(entries, _retried(failed), timer=time.monotonic)
    share = cached(store, key=lambda key, *_: key, condition=threading.Condition())

    def decorate(function: Callable[P, R]) -> Kept[P, R]:
        made = cast(Kept[P, R], share(function))
        _made.append(made)
        return made

    return decorate


_made: list[Kept[..., Any]] = []


def forget(there: Collection[Snapshot]) -> None:
    """Let go of all that was made of other files than those that are still there.

    Their readers stay a while: a page that is drawn just now may ask them once more.
    """
    for one in _made:
        if one is reader:
            continue
        with one.cache_lock:
            for key in [key for key in one.cache if _file(key) not in (None, *there)]:
                one.cache.pop(key, None)


def offer(now: Snapshot) -> None:
    """Say that what is usually asked of a snapshot is kept: pages may offer it."""
    _offered[:] = [now]


def offers(now: Snapshot) -> bool:
    """Return whether pages may offer a snapshot; any where nothing is kept beforehand."""
    return _offered in ([], [now])


_offered: list[Snapshot] = []


def _file(key: Any) -> Snapshot | None:
    """Return the snapshot that a kept value was made of."""
    first = key[0] if isinstance(key, tuple) and key else getattr(key, "now", key)
    return first if isinstance(first, Snapshot) else None


def _retried(failed: Callable[[Any], bool]) -> Callable[[Any, Any, float], float]:
    """Return until when a value is kept: for ever, or for RETRY seconds."""
    return lambda _, value, now: now + RETRY if failed(value) else math.inf


@dataclass(frozen=True)
class Asked:
    """Everything that an answer depends on."""

    now: Snapshot
    name: str
    scope: Scope
    text: Any
    """The version of the query, or the problem of a broken one."""
    group: str
    """The version of the scope's named segment."""
    version: Any
    """The versions of the settings and of the code."""
    more: tuple[Any, ...] = ()

    @cached_property
    def _hash(self) -> int:
        return hash(
            (
                self.now,
                self.name,
                self.scope,
                self.text,
                self.group,
                self.version,
                self.more,
            )
        )

    def __hash__(self) -> int:
        """Return the hash, worked out once: a look into a cache takes it four times."""
        return self._hash


@dataclass(frozen=True)
class Disk:
    """What lay on disk a moment ago, read when it is asked for."""

    place: Path
    touched: int
    """When the settings were last written."""
    queries: str
    """The version of all query files together."""
    folders: tuple[Path, ...] = ()

    @cached_property
    def settings(self) -> Settings:
        return _settings((self.place, self.touched))

    @cached_property
    def formats(self) -> Formats:
        return _formats(self.settings.reporting)

    @cached_property
    def library(self) -> Library:
        try:
            net = self.formats.money_label
        except JourneyError:  # told where money is shown
            net = Formats().money_label
        return _library(self.queries, self.folders, net)

    @cached_property
    def version(self) -> tuple[Any, ...]:
        return str(self.place), self.touched, _code()


def asked(now: Snapshot, name: str, scope: Scope, *more: Any) -> Asked:
    """Return the key of whatever is made of a query in a scope."""
    there = disk(home())
    found = there.library
    query = found.queries.get(name)
    text: Any = query.sha if query else found.broken.get(name)
    segment = found.queries.get(scope.segment) if scope.segment else None
    group = segment.sha if segment else ""
    known = tuple(tuple(sorted(m.items())) if isinstance(m, Mapping) else m for m in more)
    return Asked(now, name, scope, text, group, there.version, known)


def settings() -> Settings:
    """Return journey.toml as it is, at most a second ago. Raises JourneyError with all
    its problems."""
    return disk(home()).settings


def formats() -> Formats:
    return disk(home()).formats


def library() -> Library:
    """Return the query files as they are on disk, at most a second ago."""
    return disk(home()).library


def status() -> Status:
    """Return what runs now and how the last runs went; newest first."""
    return _status((home().status, _touched(home().status)), home())


def version() -> tuple[Any, ...]:
    """Return what changes with the settings and with the code."""
    return disk(home()).version


def side_by_side(make: Kept[..., Any], wanted: Sequence[tuple[Any, ...]]) -> None:
    """Make several values at once, so that asking for them is a hit.

    What fails here fails again, and is told, where it is asked for.
    """

    def made(arguments: tuple[Any, ...]) -> None:
        with contextlib.suppress(Exception):
            make(*arguments)

    missing = [arguments for arguments in wanted if arguments[0] not in make.cache]
    if len(missing) > 1:
        list(_POOL.map(made, missing))


@kept(3000, failed=lambda found: found.problem is not None)
def answer(asked: Asked, params: Mapping[str, Any] | None = None) -> Answer:
    """Return what a query answers; `asked.more` ends with whether parts are wanted."""
    return answers.answer(
        reader(asked.now), library(), asked.name, asked.scope, settings(),
        params=params, split=asked.more[-1],
    )  # fmt: skip


@kept(300)
def parts(asked: Asked, by: Sequence[str], daily: bool) -> pl.DataFrame:
    """Return the additive parts of a measure, as `query.run.parts` does."""
    found = library()
    query = found.queries[asked.name]
    return run.parts(reader(asked.now), found, query, asked.scope, tuple(by), daily)


@kept(warehouse.KEPT)
def reader(now: Snapshot) -> Any:
    """Return one locked connection a snapshot; a retired one closes with its last
    cursor. As many as files are kept: an open page stays with the one it began with."""
    return warehouse.open_reader(now.path)


atexit.register(reader.cache.clear)  # DuckDB complains of what is open at the end


@kept(4, seconds=1)
def disk(place: Home) -> Disk:
    """Look at the files that people edit; once a second, because every card asks."""
    there = [(f, folders.is_there(f), _entries(f)) for f in place.queries]
    settings = place.settings
    return Disk(settings, _touched(settings), repr(there), tuple(f for f, *_ in there))


_POOL = ThreadPoolExecutor(max(2, os.cpu_count() or 1), "figures")


@kept(4)
def _settings(file: tuple[Path, int]) -> Settings:
    return settings_file.load(Home(file[0].parent))


@kept(4)
def _formats(reporting: Reporting) -> Formats:
    return Formats(reporting.locale, reporting.currency, reporting.vat)


@kept(3)
def _library(version: str, folders: tuple[Path, ...], net: str) -> Library:
    return load(folders, net)


@kept(3, seconds=1)  # a refresh that is killed writes nothing
def _status(file: tuple[Path, int], place: Home) -> Status:
    return status_file.now_running(place)


@cache
def _code() -> str:
    """Return the version of the code: what its files were when the app started."""
    files = sorted((PROJECT / "journey").rglob("*.py"))
    told = "".join(f"{f}{f.stat().st_mtime_ns}" for f in files)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _entries(folder: Path) -> list[Any]:
    inside = folders.inside(folder)
    found: list[Any] = [inside.closed, inside.is_too_large]
    for path in inside.files:
        with contextlib.suppress(OSError):  # gone since, or a link to nothing
            about = path.stat()
            found.append((str(path), about.st_mtime_ns, about.st_size))
    return found


def _touched(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
