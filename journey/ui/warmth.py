"""What visitors look at is worked out before they ask, and again before newer figures
are offered to them."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections import OrderedDict

from journey import data, kept, warehouse
from journey.scope import Scope
from journey.ui import days, filters, ready
from journey.ui.journey_view import view
from journey.ui.navigation import ENTRIES

LOG = logging.getLogger(__name__)
LOOK = 2.0
"""Seconds between two looks for a newer snapshot."""
PAUSE = 0.005
"""Seconds left to visitors after every question."""
VIEWS = 60
"""Pages in a scope that are remembered, and at most worked out before newer figures are
offered: some 15 questions each."""
RECENT = 900.0
"""Seconds for which somebody who looked may be expected to look again."""
WITHOUT_LEAKS = ("support", "data", "queries", "segments")
"""Pages that no search for leaks is made for."""

_views: OrderedDict[tuple[str, Scope], float] = OrderedDict()
_lock = threading.Lock()


def looked(page: str, scope: Scope) -> None:
    """Remember that somebody looks at a page in a scope."""
    with _lock:
        _views[page, scope] = time.monotonic()
        _views.move_to_end((page, scope))
        if len(_views) > VIEWS:
            _views.popitem(last=False)


def keep() -> None:
    """Work out the usual figures of every new snapshot, those that were looked at
    lately too, and only then let it be offered; for ever."""
    warm = None
    while True:
        try:
            now = data.newest()
            if now is not None and now != warm:
                _warm()
                if warm is None:
                    _settle()
                warm = now
                kept.offer(now)
                ready.WARM.set()
                kept.forget(warehouse.snapshots(data.home()))
        except Exception:  # whatever lies on the disk, the next look may go well
            LOG.exception("no look for newer figures")
        time.sleep(LOOK)


def _settle() -> None:
    """Spare every later collection what the start has made, which stays for good.

    Once only: frozen again later, sessions that are open then would never be freed.
    """
    gc.collect()
    gc.freeze()


def _warm() -> None:
    """Fill the caches with what an untouched filter shows, the first page first, then
    with what was looked at last; scopes of a day that has passed are left."""
    try:
        through = days.last_complete()
        if through is None:
            return
        usual = filters.untouched(through)
        data.settings().calendar.offered(usual.period)
        for entry in ENTRIES:
            _page(entry.url_path, usual)
        for page, scope in _lately():
            if scope.period.last == usual.period.last:
                _page(page, scope)
    except Exception:  # a cold start is slower, not wrong
        LOG.warning("figures are worked out when they are asked for", exc_info=True)


def _lately() -> list[tuple[str, Scope]]:
    """Return what was looked at, the last first."""
    since = time.monotonic() - RECENT
    with _lock:
        return [key for key, moment in reversed(_views.items()) if moment > since]


def _page(page: str, scope: Scope) -> None:
    """Ask what a page asks: leaks, totals of every measure, parts of the headlines."""
    if page not in WITHOUT_LEAKS:
        found = data.findings(scope)
        data.always_low(scope)
    if page == ENTRIES[0].url_path:
        view(data.Figures(scope), found, data.settings().targets, data.home())
    for query in data.library().of(page):
        if query.kind in ("measure", "period"):
            data.glance(query.name, scope)
        if query.headline or query.kind in ("chart", "table"):
            data.answer(query.name, scope)
        time.sleep(PAUSE)
