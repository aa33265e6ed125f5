"""The invented shop that the app shows until a real one is connected.

A Polish footwear and outdoor shop, simulated as one consistent world and landed
like any other source. docs/sample-shop.md tells what is hidden in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import polars as pl

from connectors import (
    _sample_order_frames as order_frames,
    _sample_web_frames as web_frames,
)
from connectors._sample_calendar import WARSAW
from connectors._sample_truths import FOLLOW_UP, TRUTHS
from connectors._sample_world import World, simulate
from journey.connector import Batch, Days, Frame, Http, JourneyError, Problem, near, setting

__all__ = ["FOLLOW_UP", "TABLES", "TRUTHS", "Settings", "read"]


@dataclass(frozen=True)
class Settings:
    """What the sample shop looks like; the same settings give the same rows."""

    seed: int = setting(
        help="Another number gives another shop of the same kind", default=7
    )
    end: dt.date | None = setting(
        help="Its last day; yesterday when not given", default=None
    )
    months: int = setting(help="How many months it goes back, 6 to 36", default=18)
    visits: int = setting(help="How many visits it had, 5000 or more", default=1_000_000)
    truths: str = setting(
        help='What is hidden in it: "all", "none" or one name', default="all"
    )


FRAMES: dict[str, Callable[[World], Iterable[pl.DataFrame]]] = {
    "session": web_frames.session_frames,
    "web_daily": lambda world: [web_frames.item_frame(world)],
    "sales_order": lambda world: [order_frames.order_frame(world)],
    "order_line": lambda world: [order_frames.line_frame(world)],
    "refund": lambda world: [order_frames.refund_frame(world)],
}
TABLES = tuple(FRAMES)


def read(
    table: str, since: dt.datetime | None, settings: Settings, http: Http
) -> Iterator[Batch]:
    """Return the whole table each time: every day depends on the last one."""
    world = _world(settings)
    for frame in FRAMES[table](world):
        yield Frame(frame)
    yield Days(world.calendar.first, world.calendar.last)


def _world(settings: Settings) -> World:
    """Return the simulated shop. Raises JourneyError with every wrong setting."""
    if problems := list(_problems(settings)):
        raise JourneyError(*problems)
    yesterday = dt.datetime.now(WARSAW).date() - dt.timedelta(1)
    last = settings.end or yesterday
    return simulate(settings.seed, last, settings.months, settings.visits, settings.truths)


def _problems(settings: Settings) -> Iterator[Problem]:
    where = "journey.toml, source of kind sample"
    if settings.truths not in ("all", "none", *TRUTHS):
        yield Problem(
            where, f'truths = "{settings.truths}"',
            near(settings.truths, ("all", "none", *TRUTHS)), "name one truth, all or none",
        )  # fmt: skip
    if not 6 <= settings.months <= 36:
        yield Problem(
            where, f"months = {settings.months}", "a number from 6 to 36",
            "shorten or lengthen the period",
        )  # fmt: skip
    if settings.visits < 5_000:
        yield Problem(
            where, f"visits = {settings.visits}", "5000 or more", "ask for a larger shop"
        )
    if settings.seed < 0:
        yield Problem(where, f"seed = {settings.seed}", "0 or more", "take another number")
