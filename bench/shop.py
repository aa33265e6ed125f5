"""The sample shop in full size, in a home of its own, and how figures are printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

from journey import build, settings, warehouse
from journey.home import home
from journey.sources import sync


def ensure() -> None:
    """Make the full sample shop once; it is kept in .bench for the next run, and built
    again where the marts have changed since."""
    place = home()
    now, shop = warehouse.current(place), settings.load(place)
    if now is not None and build.is_current(now):
        return
    print("Making the sample shop for the bench (once) ...", flush=True)
    if now is None:
        sync.sync(place, shop)
    build.build(place, shop)


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def interleaved(works: Sequence[Callable[[], object]], rounds: int) -> list[list[float]]:
    """Return seconds per work and round; rounds are interleaved, so noise is shared."""
    times: list[list[float]] = [[] for _ in works]
    for work in works:
        work()
    for _ in range(rounds):
        for taken, work in zip(times, works, strict=True):
            taken.append(seconds(work))
    return times


def ratio(times: Sequence[float], of: Sequence[float]) -> float:
    """Return the median of the rounds' ratios."""
    return median(t / o for t, o in zip(times, of, strict=True))


def p95(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}", flush=True)
