"""What a page reads, in the snapshot it began with and the rows its reader may see."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

import polars as pl
import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from journey import access, incident, kept, shares, signed_out, warehouse
from journey.access import NOBODY, WARM_UP, Admission, Held, Reader
from journey.answer import Answer, Period
from journey.charts import PALETTES, Look, Spec
from journey.findings import leaks as search
from journey.findings.dropoff import Leak
from journey.findings.leaks import Findings
from journey.formats import Formats
from journey.home import home
from journey.kept import Asked, asked, formats, library, settings, status
from journey.problem import JourneyError, Problem
from journey.query import Library, Query, run
from journey.query.catalog import catalog
from journey.query.lineage import numbers
from journey.query.traits import NUMBERS
from journey.scope import Scope
from journey.warehouse import Snapshot

LOG = logging.getLogger(__name__)
Kind = Literal["worse", "low"]
UNPRICED = "advocacy"
"""The stage whose step has no price."""
EVER = Period(dt.date(2000, 1, 1), dt.date(2099, 12, 31))
WITHHELD = "your role sees figures, not the numbers of orders or tickets"
HELD = "held"
"""In the session: what `held` returns."""
_demanded: list[bool] = []
_drawing = threading.local()

__all__ = [
    "Figures", "Findings", "about", "admission", "always_low", "answer", "asks_for_sign_in",
    "before", "begin", "choices", "demand_sign_in", "findings", "formats", "home", "leaks",
    "library", "look", "newest", "prepare", "query", "reader", "settings", "snapshot",
    "spec", "status", "table", "trouble", "unfiltered", "user", "waiting",
]  # fmt: skip


def snapshot() -> Snapshot | None:
    """Return the file that this page shows; None while nothing is published, and for
    whom nothing is open any more.

    A page keeps the snapshot it began with, so that no two cards are of different ones.
    """
    if reader() == NOBODY or not is_for_reader():
        return None
    begun = held().snapshot
    return begun if begun and warehouse.is_there(begun) else newest()


def newest() -> Snapshot | None:
    """Return the file that is published now, or the newest that can be read."""
    return warehouse.current(home())


def trouble() -> Problem | None:
    """Return why the file that should be shown is not; None where it is."""
    return warehouse.find(home()).problem


def begin(follow: bool = False) -> None:
    """Let the page that begins now show one snapshot from head to foot.

    It is the one looked at already, until a newer one is asked for (`follow`).
    """
    shown = held()
    if follow or shown.snapshot is None or not warehouse.is_there(shown.snapshot):
        shown.snapshot = newest()


def waiting() -> dict[str, Any] | None:
    """Return what `about` says of a newer snapshot than the one shown, once pages may
    offer it; None without."""
    shown, now = snapshot(), newest()
    if now is None or shown is None or shown.stamp == now.stamp or not kept.offers(now):
        return None
    found = kept.answer(asked(now, "data/snapshot", unfiltered(EVER), None, True), None)
    rows = found.frame.to_dicts() if found.frame is not None else []
    return rows[0] if rows else {}


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
        found = kept.answer(asked(now, name, scope, params, split), params)
        # The cache is everybody's: what this reader's role may see is asked here.
        is_open = reader().see_who or not names_somebody(found)
        return found if is_open else replace(found, frame=None, absence=WITHHELD)
    except Exception as error:  # one figure must never take its page down
        reference = incident.note(LOG, error, f"no answer from {name}")
        where = file.where if (file := query(name)) else name
        return Answer(name, scope.period, problem=incident.told(where, reference))


def prepare(names: Sequence[str], scope: Scope, split: bool = False) -> None:
    """Work out several glances side by side, so that asking for them is a hit; with
    `split` the answers with their parts."""
    now = snapshot()
    if now is not None:
        keys = [asked(now, name, scope, None, split) for name in dict.fromkeys(names)]
        kept.side_by_side(kept.answer, [(key,) for key in keys])


def names_somebody(answer: Answer) -> bool:
    """Whether the rows carry numbers that lead to one person, in any case of letters."""
    columns = answer.frame.columns if answer.frame is not None else ()
    if any(column.strip().lower() in NUMBERS for column in columns):
        return True
    asked_for, now = query(answer.name), snapshot()
    if not columns or asked_for is None or now is None:
        return False
    return bool(numbers(asked_for.sql, catalog(kept.reader(now)), columns))


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


def about() -> dict[str, Any]:
    """Return when the snapshot was built, how far it reaches and what is usual in it."""
    rows = table("data/snapshot")
    return rows.to_dicts()[0] if rows.height else {}


def unfiltered(period: Period, comparison: Period | None = None) -> Scope:
    """Return a scope without choices, under the role's rows."""
    return Scope(period, comparison, policy=policy())


def policy() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the rows that the reader's role may see."""
    return reader().rows


def reader() -> Reader:
    """Return who looks at the page that is drawn, as of a second ago at most."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return WARM_UP
    looks = held()
    if looks.until < time.monotonic():
        looks.take(_admitted())
    return looks.reader


def is_for_reader() -> bool:
    """Whether who looks is whom the gate let in: parts of a page run again without it."""
    let_in = held().let_in
    return let_in is None or let_in == reader()


def _admitted() -> Reader:
    try:
        return admission().reader
    except JourneyError:  # the page tells it; until then nobody sees anything
        return NOBODY


def admission() -> Admission:
    """Return whether the visitor may look now. Raises JourneyError for settings that
    cannot be read."""
    if (token := held().token) is not None:
        return shares.admission(home(), token, settings())
    asks = asks_for_sign_in()
    ended = signed_out.known(home()) if asks else frozenset()
    return access.admission(user(), asks, settings(), ended, time.time())


def user() -> dict[str, Any]:
    """Return what the sign-in says; nothing while its settings are closed to the app."""
    try:
        return dict(st.user)
    except OSError:
        return {}


def asks_for_sign_in() -> bool:
    """Whether people sign in to this app."""
    if _demanded:
        return True
    try:
        return st.secrets.load_if_toml_exists() and "auth" in st.secrets
    except OSError:  # closed to the app: the gate tells it
        return False


def demand_sign_in() -> None:
    """Ask for a sign-in as long as this process runs, whatever becomes of the file."""
    _demanded.append(True)


def held() -> Held:
    """Return what the visitor's session holds; nothing where nobody visits (warm-up).

    A page asks hundreds of times, and the session's own state is slow: what a thread
    found there is kept as long as the thread draws for the same visitor.
    """
    ctx = get_script_run_ctx(suppress_warning=True)
    if ctx is None:
        return Held()
    if getattr(_drawing, "ctx", None) is not ctx:
        _drawing.held = st.session_state.setdefault(HELD, Held())
        _drawing.ctx = ctx
    return cast(Held, _drawing.held)


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
    sees_who = reader().see_who
    return _spec(asked(now, name, scope, kind, theme(), sees_who), build)


def look() -> Look:
    return Look(PALETTES[theme()], formats())


def theme() -> str:
    """Return light or dark, as the reader sees it."""
    return "dark" if st.context.theme.type == "dark" else "light"


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

    def prepare(self, names: Sequence[str]) -> None:
        prepare(names, self.scope)

    def answer(self, name: str, scope: Scope | None = None) -> Answer:
        return answer(name, scope or self.scope)

    def glance(self, name: str, scope: Scope | None = None) -> Answer:
        return glance(name, scope or self.scope)

    def splits(self, name: str) -> tuple[str, ...]:
        """Return the columns a measure can be broken down by; none without a snapshot."""
        now = snapshot()
        if now is None:
            return ()
        found = library()
        return run.splits(kept.reader(now), found, found.queries[name], self.scope)

    def cuts(self, wanted: Mapping[str, Sequence[str]]) -> dict[str, pl.DataFrame]:
        """Return the parts of several measures, worked out side by side."""
        now = snapshot()
        if now is None:
            return {}
        keys = {n: asked(now, n, self.scope, tuple(by), False) for n, by in wanted.items()}
        kept.side_by_side(
            kept.parts, [(key, wanted[name], False) for name, key in keys.items()]
        )
        return {name: kept.parts(key, wanted[name], False) for name, key in keys.items()}

    def parts(
        self, name: str, by: Sequence[str], daily: bool = False, scope: Scope | None = None
    ) -> pl.DataFrame:
        """Return the additive parts of a measure; empty without a snapshot."""
        now, wanted = snapshot(), scope or self.scope
        if now is None:
            return pl.DataFrame()
        return kept.parts(asked(now, name, wanted, tuple(by), daily), by, daily)


def findings(scope: Scope) -> Findings:
    """Return what a scope's leaks and sentence are; searched once a scope."""
    now = snapshot()
    if now is None:
        return Findings()
    try:
        return _findings(_searched(now, scope))
    except Exception:  # the map must stand even where the search for leaks fails
        LOG.exception("no findings")
        return Findings(sentence="The search for leaks failed; the app's log says why.")


def leaks(scope: Scope, kind: Kind, stage: str | None = None) -> tuple[Leak, ...]:
    """Return the leaks of a stage, or of all, dearest first and those without a price
    last; "worse" than before, or always "low".

    Searched when they are asked for: a page of another stage waits for none of them.
    """
    found = (*(_priced(scope, kind) if stage != UNPRICED else ()),
             *(_unpriced(scope, kind) if stage in (None, UNPRICED) else ()))  # fmt: skip
    return tuple(leak for leak in found if stage in (None, leak.step.stage))


def always_low(scope: Scope) -> tuple[Leak, ...]:
    """Return where people always go on less than the others and what that costs,
    dearest first."""
    return _priced(scope, "low")


def _priced(scope: Scope, kind: Kind) -> tuple[Leak, ...]:
    if kind == "worse":
        return findings(scope).leaks
    now = snapshot()
    return _always_low(_searched(now, scope)) if now else ()


def _unpriced(scope: Scope, kind: Kind) -> tuple[Leak, ...]:
    now = snapshot()
    return _without_price((*_searched(now, scope), kind)) if now else ()


def _searched(now: Snapshot, scope: Scope) -> tuple[Any, ...]:
    return now, scope, kept.version(), kept.disk(home()).queries


@kept.kept(200)
def _findings(key: tuple[Any, ...]) -> Findings:
    figures = Figures(key[1])
    leaks = search.leaks(figures, "worse")
    return Findings(tuple(leaks), search.sentence(figures, leaks))


@kept.kept(50)
def _always_low(key: tuple[Any, ...]) -> tuple[Leak, ...]:
    return tuple(search.leaks(Figures(key[1]), "low"))


@kept.kept(50)
def _without_price(key: tuple[Any, ...]) -> tuple[Leak, ...]:
    figures = Figures(key[1])
    return tuple(search.leaks(figures, key[-1], search.unpriced(figures)))


@kept.kept(3000, failed=lambda spec: spec is None)
def _spec(key: Asked, build: Callable[[Look], Spec | None]) -> Spec | None:
    return build(look())
