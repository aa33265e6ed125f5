"""What pages read, cached: settings, query files, answers and finished charts.

Every cache is bounded and keyed by values that change when the truth changes: the
snapshot, the text of the query, the scope with its row policy, the settings, the code.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from journey import (
    answers,
    findings as search,
    settings as settings_file,
    status as status_file,
    warehouse,
)
from journey.answer import Answer, Period
from journey.charts import PALETTES, Look, Spec
from journey.dropoff import Leak
from journey.formats import Formats
from journey.home import PROJECT, Home, home
from journey.problem import Problem
from journey.query import Library, Query, load, run
from journey.scope import Scope
from journey.settings import Settings
from journey.status import Status
from journey.warehouse import Snapshot

LOG = logging.getLogger(__name__)
EVER = Period(dt.date(2000, 1, 1), dt.date(2099, 12, 31))

NUMBERS = frozenset(
    {
        "order_key", "order_id", "order_name", "first_order_key", "line_key", "refund_key",
        "ticket_key", "ticket_id", "feedback_key", "checkout_key", "attempt_key",
        "person_id", "visitor_id", "unit_id", "session_id", "ref",
    }
)  # fmt: skip
"""Columns that lead to one person; only a role that may see who is shown them."""
WITHHELD = "your role sees figures, not the numbers of orders or tickets"

__all__ = [
    "Figures",
    "Findings",
    "always_low",
    "answer",
    "before",
    "choices",
    "findings",
    "formats",
    "home",
    "library",
    "look",
    "query",
    "settings",
    "snapshot",
    "spec",
    "status",
    "table",
    "unfiltered",
]


def snapshot() -> Snapshot | None:
    """Return the file that is published now; None while there is none."""
    return warehouse.current(home())


def settings() -> Settings:
    """Return journey.toml as it is now. Raises JourneyError with all its problems."""
    return _settings(home(), _touched(home().settings))


def formats() -> Formats:
    reporting = settings().reporting
    return Formats(reporting.locale, reporting.currency, reporting.vat)


def library() -> Library:
    """Return the query files as they are on disk, at most a second ago."""
    folders = home().queries
    return _library(folders, _fingerprint(folders))


def query(name: str) -> Query | None:
    return library().queries.get(name)


def glance(name: str, scope: Scope) -> Answer:
    """Return what a query answers, a measure without its parts by segment."""
    return answer(name, scope, split=False)


def answer(
    name: str, scope: Scope, params: Mapping[str, Any] | None = None, split: bool = True
) -> Answer:
    """Return what a query answers in a scope; broken and missing ones say why."""
    now = snapshot()
    if now is None:
        return Answer(name, scope.period, absence="nothing has been published yet")
    try:
        key = _key(now, name, scope, (params, split))
        found = _answer(key, now, name, scope, params, split)
        return found if _may_see(found) else replace(found, frame=None, absence=WITHHELD)
    except Exception as error:  # one figure must never take its page down
        LOG.exception("no answer from %s", name)
        return Answer(name, scope.period, problem=_unforeseen(name, error))


def _may_see(found: Answer) -> bool:
    """Whether the reader's role may see these rows; the cache is everybody's."""
    named = found.frame is not None and NUMBERS & set(found.frame.columns)
    return not named or bool(st.session_state.get("see_who"))


def before(name: str, scope: Scope) -> Answer | None:
    """Return the same query over the days compared with; None without a comparison, or
    where the data do not reach back so far."""
    if scope.comparison is None or answer(name, scope).compared is None:
        return None
    return answer(name, replace(scope, period=scope.comparison, comparison=None))


def table(name: str) -> pl.DataFrame:
    """Return the rows of a table query over everything the reader may see.

    Empty where it has no answer: a file about the data itself must not fail a page.
    """
    now = snapshot()
    if now is None:
        return pl.DataFrame()
    found = answer(name, unfiltered(EVER))
    return found.frame if found.frame is not None else pl.DataFrame()


def unfiltered(period: Period, comparison: Period | None = None) -> Scope:
    """Return a scope without choices, under the role's rows."""
    return Scope(period, comparison, policy=st.session_state.get("policy", ()))


def choices() -> Mapping[str, list[str]]:
    """Return the values every segment column has, most frequent first."""
    rows = table("data/segment_values")
    found: dict[str, list[str]] = {}
    if {"segment", "value"} <= set(rows.columns):
        for segment, value in rows.select("segment", "value").iter_rows():
            found.setdefault(segment, []).append(value)
    return found


def spec(
    kind: str, name: str, scope: Scope, build: Callable[[Look], Spec | None]
) -> Spec | None:
    """Return a finished chart, made once per query, scope, theme and locale."""
    now = snapshot()
    if now is None:
        return None
    sees_who = bool(st.session_state.get("see_who"))
    key = _key(now, name, scope, (kind, theme(), formats(), sees_who))
    return _spec(key, build)


def look() -> Look:
    return Look(PALETTES[theme()], formats())


def theme() -> str:
    """Return light or dark, as the reader sees it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def status() -> Status:
    """Return what runs now and how the last runs went; newest first."""
    return _status(home(), _touched(home().status))


@dataclass(frozen=True)
class Figures:
    """The published figures in one scope, cached, as journey.findings reads them."""

    scope: Scope

    @property
    def library(self) -> Library:
        return library()

    @property
    def formats(self) -> Formats:
        return formats()

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        return answer(name, scope or self.scope)

    def glance(self, name: str, scope: Scope | None = None) -> Answer:
        return glance(name, scope or self.scope)

    def splits(self, name: str) -> tuple[str, ...]:
        """Return the columns a measure can be broken down by; none without a snapshot."""
        now = snapshot()
        if now is None:
            return ()
        reader, found = _reader(now.path, now.stamp), library()
        return run.splits(reader, found, found.queries[name], self.scope)

    def parts(
        self, name: str, by: Sequence[str], daily: bool = False, scope: Scope | None = None
    ) -> pl.DataFrame:
        """Return the additive parts of a measure; empty without a snapshot."""
        now, asked = snapshot(), scope or self.scope
        if now is None:
            return pl.DataFrame()
        return _parts(
            _key(now, name, asked, (tuple(by), daily)), now, name, asked, by, daily
        )


def findings(scope: Scope) -> Findings:
    """Return what a scope's leaks and sentence are; searched once a scope."""
    now = snapshot()
    if now is None:
        return Findings()
    try:
        return _findings(_key(now, "findings", scope, (formats(), _library_sha())), scope)
    except Exception:  # the map must stand even where the search for leaks fails
        LOG.exception("no findings")
        return Findings(sentence="The search for leaks failed; the app's log says why.")


def always_low(scope: Scope) -> tuple[Leak, ...]:
    """Return where people always go on less than the others, dearest first."""
    now = snapshot()
    if now is None:
        return ()
    return _always_low(_key(now, "low", scope, _library_sha()), scope)


@dataclass(frozen=True)
class Findings:
    """What the search for leaks found in one scope."""

    leaks: tuple[Leak, ...] = ()
    """Worse than before, dearest first."""
    sentence: str = ""


# ------------------------------------------------------------------ caches


@st.cache_resource(max_entries=4, show_spinner=False)
def _settings(place: Home, touched: int) -> Settings:
    return settings_file.load(place)


@st.cache_resource(max_entries=3, show_spinner=False)
def _library(folders: tuple[Path, ...], fingerprint: str) -> Library:
    return load(folders)


@st.cache_resource(max_entries=2, show_spinner=False)
def _reader(path: Path, stamp: str) -> Any:
    """One locked connection a snapshot; a retired one closes with its last cursor."""
    return warehouse.open_reader(path)


@st.cache_resource(max_entries=3000, show_spinner=False)
def _answer(
    key: str, _now: Snapshot, name: str, _scope: Scope, _params: Any, _split: bool
) -> Answer:
    """Answers are frozen, so sessions share them as they are, without copies."""
    reader = _reader(_now.path, _now.stamp)
    return answers.answer(
        reader, library(), name, _scope, settings(), params=_params, split=_split
    )


@st.cache_resource(max_entries=300, show_spinner=False)
def _parts(
    key: str, _now: Snapshot, name: str, _scope: Scope, _by: Sequence[str], _daily: bool
) -> pl.DataFrame:
    reader = _reader(_now.path, _now.stamp)
    found = library()
    return run.parts(reader, found, found.queries[name], _scope, tuple(_by), _daily)


@st.cache_resource(max_entries=200, show_spinner=False)
def _findings(key: str, _scope: Scope) -> Findings:
    figures = Figures(_scope)
    leaks = search.leaks(figures, "worse")
    return Findings(tuple(leaks), search.sentence(figures, leaks))


@st.cache_resource(max_entries=50, show_spinner=False)
def _always_low(key: str, _scope: Scope) -> tuple[Leak, ...]:
    return tuple(search.leaks(Figures(_scope), "low"))


@st.cache_resource(max_entries=3000, show_spinner=False)
def _spec(key: str, _build: Callable[[Look], Spec | None]) -> Spec | None:
    return _build(look())


@st.cache_resource(max_entries=3, show_spinner=False)
def _status(place: Home, touched: int) -> Status:
    return status_file.read(place)


def _unforeseen(name: str, error: Exception) -> Problem:
    query = library().queries.get(name)
    return Problem(
        query.where if query else name,
        f"{type(error).__name__}: {error}",
        "an answer",
        "look into the app's log; the other figures are not touched by it",
    )


def _key(now: Snapshot, name: str, scope: Scope, more: Any) -> str:
    """Return everything an answer depends on, as one text."""
    found = library()
    query = found.queries.get(name)
    text = query.sha if query else found.broken.get(name)
    segment = found.queries.get(scope.segment or "")
    group = segment.sha if segment else ""
    touched = _touched(home().settings)
    return repr(
        (str(now.path), now.stamp, name, text, group, scope, more, touched, _code())
    )


@cache
def _code() -> str:
    """Return the version of the code: what its files were when the app started."""
    files = sorted((PROJECT / "journey").rglob("*.py"))
    told = "".join(f"{f}{f.stat().st_mtime_ns}" for f in files)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def _library_sha() -> str:
    """Return the version of all query files together."""
    return _fingerprint(home().queries)


@st.cache_resource(ttl=1, max_entries=4, show_spinner=False)
def _fingerprint(folders: tuple[Path, ...]) -> str:
    """Return what changes when a query file is saved, added or removed; asked of the
    disk once a second, because every card asks."""
    return repr([entry for folder in folders for entry in _entries(folder)])


def _entries(folder: Path | str) -> list[tuple[str, int, int]]:
    found: list[tuple[str, int, int]] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                found += _entries(entry.path)
            elif entry.name.endswith(".sql"):
                about = entry.stat()
                found.append((entry.path, about.st_mtime_ns, about.st_size))
    return sorted(found)


def _touched(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
