"""The invented shop that the app shows until a real one is connected.

A Polish footwear and outdoor shop, simulated as one consistent world and landed
like any other source. docs/sample-shop.md tells what is hidden in it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from connectors.sample.calendar import WARSAW
from connectors.sample.checkout_frames import checkout_frame, payment_frame
from connectors.sample.help_frames import conversation_frame, event_frame, ticket_frame
from connectors.sample.marketing_frames import campaign_frame, message_frame
from connectors.sample.order_frames import line_frame, order_frame, refund_frame
from connectors.sample.shop_frames import (
    customer_frame,
    fulfillment_frame,
    rate_frame,
    return_frame,
)
from connectors.sample.truths import FOLLOW_UP, NOTES, TRUTHS, active_truths
from connectors.sample.voice_frames import (
    feedback_frame,
    loyalty_frame,
    subscription_frame,
)
from connectors.sample.web_frames import item_frame, session_frames
from connectors.sample.world import World, simulate
from journey.connector import (
    Batch,
    Days,
    Frame,
    Http,
    JourneyError,
    Problem,
    Since,
    Whole,
    near,
    setting,
)

__all__ = [
    "FOLLOW_UP", "NOTES", "TABLES", "TRUTHS", "Settings", "active_truths", "problems",
    "read",
]  # fmt: skip


@dataclass(frozen=True)
class Settings:
    """What the sample shop looks like; the same settings give the same rows."""

    seed: int = setting(
        help="Another number gives another shop of the same kind", default=56
    )
    end: dt.date | None = setting(
        help="Its last day; yesterday when not given", default=None
    )
    months: int = setting(help="How many months it goes back, 6 to 36", default=18)
    visits: int = setting(help="How many visits it had, 5000 or more", default=1_000_000)
    truths: str = setting(
        help='What is hidden in it: "all", "none" or one name', default="all"
    )


FRAMES: dict[str, Callable[[World], pl.DataFrame]] = {
    "web_daily": item_frame,
    "customer": customer_frame,
    "sales_order": order_frame,
    "order_line": line_frame,
    "refund": refund_frame,
    "fulfillment": fulfillment_frame,
    "checkout": checkout_frame,
    "payment_attempt": payment_frame,
    "return_case": return_frame,
    "subscription_event": subscription_frame,
    "exchange_rate": rate_frame,
    "ticket": ticket_frame,
    "ticket_event": event_frame,
    "conversation": conversation_frame,
    "feedback": feedback_frame,
    "campaign_daily": campaign_frame,
    "message": message_frame,
    "loyalty_event": loyalty_frame,
}
"""Every table that comes as one frame; visits come in several."""
TABLES = ("session", *FRAMES)


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Return the whole table each time: every day depends on the last one."""
    world = _world(settings)
    if table == "session":
        yield from map(Frame, session_frames(world))
    else:
        yield Frame(FRAMES[table](world))
    yield Whole()
    yield Days(world.calendar.first, world.calendar.last)


def _world(settings: Settings) -> World:
    """Return the simulated shop. Raises JourneyError with every wrong setting."""
    if wrong := list(problems(settings)):
        raise JourneyError(*wrong)
    yesterday = dt.datetime.now(WARSAW).date() - dt.timedelta(1)
    last = settings.end or yesterday
    return simulate(settings.seed, last, settings.months, settings.visits, settings.truths)


def problems(settings: Settings) -> Iterator[Problem]:
    """Yield what is wrong with settings of the sample."""
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
