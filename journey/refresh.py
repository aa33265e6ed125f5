"""A refresh: sources are read, marts are built and published; once, or again and again."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence

from journey import build as marts, lock, people, sample
from journey.home import Home, home
from journey.output.brief import command as brief
from journey.settings import Settings
from journey.sources.sync import OLDER, RunResult, sync

Report = Callable[[str], None]
MINUTE = 60.0


def once(
    home: Home, settings: Settings, report: Report, built: marts.Report | None = None
) -> list[RunResult]:
    """Read every source and publish: what is new first, then what is older, stretch by
    stretch. Returns what became of each source in its last sync.

    Raises JourneyError when another refresh runs or a mart fails.
    """
    with lock.refresh_lock(home):
        results = sync(home, sample.with_sample(settings), (), report, 0.0)
        marts.build(home, settings, built)
        while waiting := goes_on(results):
            report("The newest days are published; older ones follow")
            more = sync(home, settings, waiting, report, OLDER)
            marts.build(home, settings, built)
            results = _latest(results, more)
    if settings.is_sample:
        sample.take_in_hand(home)
        sample.note_down(home, settings)
    return results


def read(
    home: Home,
    settings: Settings,
    only: Sequence[str],
    report: Report,
    full: bool = False,
) -> list[RunResult]:
    """Read sources, older data too, without publishing. The caller holds the lock."""
    results = sync(home, settings, only, report, full=full)
    while waiting := goes_on(results):
        results = _latest(results, sync(home, settings, waiting, report))
    return results


def again(every: dt.timedelta, refresh: Callable[[], object], warn: Report) -> None:
    """Refresh for ever; one that fails is told, and the next comes at its time. A brief
    that is due meanwhile goes out at its own."""
    while True:
        started = time.monotonic()
        _safely(refresh, warn)
        left = every.total_seconds() - time.monotonic() + started
        _safely(lambda: brief.send_due(home(), warn), warn)
        while left > 0:
            time.sleep(min(left, MINUTE))
            left -= MINUTE
            _safely(lambda: brief.send_due(home(), warn), warn)


def _safely(do: Callable[[], object], warn: Report) -> None:
    try:
        do()
    except Exception as error:  # the service outlives whatever one refresh met
        warn(people.masked(str(error)) or type(error).__name__)


def goes_on(results: Sequence[RunResult]) -> list[str]:
    """Return the sources of which another sync would read more at once: older data.

    One that failed or paused is left alone until the next refresh.
    """
    return [result.source for result in results if result.more and not result.problems]


def _latest(results: Sequence[RunResult], more: Sequence[RunResult]) -> list[RunResult]:
    newer = {result.source: result for result in more}
    return [newer.get(result.source, result) for result in results]


def code(results: Sequence[RunResult]) -> int:
    """Return the exit code: 1 when a source failed; a pause for its limit is none."""
    return 0 if all(result.ok for result in results) else 1
