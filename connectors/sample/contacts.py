"""Who contacted the sample shop: tickets, bot chats and calls with their reasons."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from connectors.sample.baskets import Lines
from connectors.sample.calendar import DAY, HOUR, NEVER, Array, Calendar
from connectors.sample.catalogue import Catalogue
from connectors.sample.draws import draw
from connectors.sample.orders import OWN, Orders
from connectors.sample.truths import BOT_CLAIMS

TICKET, BOT, CALL = 0, 1, 2
CHANNELS = ("chat", "email", "form", "social", "sms", "bot", "phone")
BOT_CHANNEL, PHONE = CHANNELS.index("bot"), CHANNELS.index("phone")
REASONS = (
    "size",
    "product",
    "delivery",
    "return",
    "refund",
    "payment",
    "defect",
    "invoice",
)
SIZE, PRODUCT, DELIVERY, PAYMENT = 0, 1, 2, 5
BEFORE_SHARE = (0.46, 0.24, 0.18, 0.12, 0.0)
"""Channels of questions before buying, as in CHANNELS."""
AFTER_SHARE = (0.16, 0.44, 0.17, 0.05, 0.05, 0.0, 0.13)
AFTER_REASONS = (0.0, 0.0, 0.44, 0.22, 0.14, 0.04, 0.10, 0.06)

TOTAL = 4_400
BOTS = 900
"""Contacts and bot chats per million visits; a chat handed over is one contact."""
ASKED_BEFORE, ASKED_BEFORE_OTHERS = 0.14, 0.01
"""Share of shoes bought after a question about their size."""
SINGLE, SINGLE_LATE = 0.038, 0.12
"""Share of orders followed by one contact."""

WRONGLY_CLAIMED = 0.37
"""Share of the bot chats of hard cases that the bot calls resolved."""

PROSPECT, NOBODY = 1, 2


@dataclass
class Contacts:
    """One element per contact, in order of time."""

    kind: Array
    at: Array
    channel: Array
    reason: Array
    who: Array
    """0 a customer, PROSPECT someone who never bought, NOBODY unknown."""
    person: Array
    """Place of the person's first order, or the number of a prospect."""
    order: Array
    """Place of the order it is about, -1 for none."""
    product: Array
    country: Array
    rough: Array
    """Part of a series that costs the customer effort."""
    transferred: Array
    reopened: Array
    handed_over: Array
    claimed: Array
    ticket: Array
    """Key of the ticket a bot chat was handed over to; that ticket's own key."""

    def __len__(self) -> int:
        return len(self.at)


def _contacts(size: int, **given: Array | int) -> Contacts:
    """Return `size` contacts with what is given and nothing else known."""
    usual = {"order": -1, "product": -1, "ticket": -1}
    values = {
        f.name: np.broadcast_to(given.get(f.name, usual.get(f.name, 0)), size).astype(
            np.int64
        )
        for f in fields(Contacts)
    }
    return Contacts(**values)


def _join(parts: list[Contacts]) -> Contacts:
    return Contacts(
        *(
            np.concatenate([getattr(part, f.name) for part in parts])
            for f in fields(Contacts)
        )
    )


def make_contacts(
    seed: int, calendar: Calendar, catalogue: Catalogue, orders: Orders,
    lines: Lines, size: int, truths: frozenset[str],
) -> Contacts:  # fmt: skip
    """Return every contact that happened by the end of the last day."""
    scale = size / 1e6
    parts = [
        _asked_before(seed, catalogue, orders, lines, truths),
        _asked_only(seed, calendar, catalogue, round(330 * scale), truths),
        *_rough_series(seed, orders, truths),
        _singles(seed, orders),
    ]
    parts += _bot_chats(seed, calendar, parts, round(BOTS * scale), truths)
    so_far = sum(len(part) - int(part.handed_over.sum()) for part in parts)
    missing = max(0, round(TOTAL * scale) - so_far)
    parts.append(_nobodies(seed, calendar, missing))
    contacts = _join(parts)
    first = calendar.instants(np.zeros(1, np.int64), np.zeros(1, np.int64))[0]
    keep = (contacts.at >= first) & (contacts.at <= calendar.now)
    order = np.flatnonzero(keep)[np.argsort(contacts.at[keep], kind="stable")]
    return Contacts(*(getattr(contacts, f.name)[order] for f in fields(Contacts)))


def _choose(shares: tuple[float, ...], pick: Array) -> Array:
    return np.minimum(np.searchsorted(np.cumsum(shares), pick), len(shares) - 1)


def _times(seed: int, stream: int, calendar: Calendar, size: int) -> Array:
    share = np.cumsum(calendar.visits) / calendar.visits.sum()
    day = np.searchsorted(share, draw(seed, stream, size))
    second = 25_200 + (draw(seed, stream + 1, size) * 54_000).astype(np.int64)
    return calendar.instants(day, second)


def _asked_before(
    seed: int, catalogue: Catalogue, orders: Orders, lines: Lines, truths: frozenset[str]
) -> Contacts:
    """Return questions about the size of a shoe that is then bought."""
    product = lines.product
    pick, days, way = (draw(seed, 60 + i, len(product)) for i in range(3))
    often = ASKED_BEFORE if "size_questions" in truths else ASKED_BEFORE_OTHERS
    rate = np.where(catalogue.asked[product], often, ASKED_BEFORE_OTHERS)
    own = (orders.kind == OWN) & orders.counts
    asks = catalogue.shoes[product] & own[lines.order] & (pick < rate)
    order = lines.order[asks]
    at = orders.at[order] - ((0.05 + 8 * days[asks] ** 2) * DAY).astype(np.int64)
    return _contacts(
        len(order), at=at, channel=_choose(BEFORE_SHARE, way[asks]), reason=SIZE,
        person=orders.person[order], product=product[asks], country=orders.country[order],
    )  # fmt: skip


def _asked_only(
    seed: int, calendar: Calendar, catalogue: Catalogue, size: int, truths: frozenset[str]
) -> Contacts:
    """Return questions about products by people who then do not buy."""
    pick, which, way, topic = (draw(seed, 63 + i, size) for i in range(4))
    share = 0.45 if "size_questions" in truths else 0.085
    shoes, asked = catalogue.shoes, catalogue.asked
    product = np.where(
        pick < share,
        np.flatnonzero(shoes & asked)[(which * (shoes & asked).sum()).astype(np.int64)],
        np.flatnonzero(~asked)[(which * (~asked).sum()).astype(np.int64)],
    )
    size_question = shoes[product] & ((topic < 0.7) | asked[product])
    return _contacts(
        size, at=_times(seed, 67, calendar, size), channel=_choose(BEFORE_SHARE, way),
        reason=np.where(size_question, SIZE, PRODUCT), who=PROSPECT,
        person=np.arange(size), product=product,
    )  # fmt: skip


def _rough_series(seed: int, orders: Orders, truths: frozenset[str]) -> list[Contacts]:
    """Return three or four contacts within 30 days of each order that is hard work."""
    hard = np.flatnonzero(orders.effort & orders.counts & ~_follows_soon(orders))
    spread = [draw(seed, 70 + i, len(orders))[hard] for i in range(8)]
    start = orders.at[hard] + ((1 + 9 * spread[0]) * DAY).astype(np.int64)
    reason = _choose(AFTER_REASONS, spread[1])
    by_bot = spread[2] < 0.2
    wrong = by_bot & (spread[7] < WRONGLY_CLAIMED)
    if "bot_claims" not in truths:
        by_bot, wrong = by_bot & ~wrong, wrong & False
    handed = by_bot & ~wrong
    parts = []
    for turn in range(4):
        there = np.ones(len(hard), bool) if turn < 3 else spread[3] < 0.35
        step = (turn * (1.5 + 2.5 * spread[4]) * DAY).astype(np.int64)
        soon = np.where(handed & (turn == 1), 300, step)
        soon = np.where(wrong & (turn == 1), (step * 0.7).astype(np.int64), soon)
        bot = by_bot if turn == 0 else np.zeros(len(hard), bool)
        way = _choose(AFTER_SHARE, (spread[5] + 0.37 * turn) % 1.0)
        answered_bot = handed & (turn == 1)
        way = np.where(bot, BOT_CHANNEL, np.where(answered_bot, 0, way))
        way = np.where((turn == 2) & (way == PHONE), 1, way)
        kind = np.where(bot, BOT, np.where(way == PHONE, CALL, TICKET))
        key = np.where((bot & handed) | answered_bot, hard, -1)
        part = _contacts(
            len(hard), kind=kind, at=start + soon, channel=way, reason=reason,
            person=orders.person[hard], order=hard, country=orders.country[hard], rough=1,
            transferred=(turn == 1) | (turn == 0) & (spread[6] < 0.4), reopened=turn == 2,
            handed_over=bot & handed, claimed=bot & wrong, ticket=key,
        )  # fmt: skip
        parts.append(Contacts(*(getattr(part, f.name)[there] for f in fields(Contacts))))
    return parts


def _follows_soon(orders: Orders) -> Array:
    """Return whether an order follows another within 35 days.

    Its contacts would count for the order before, whose buyer did return.
    """
    before = orders.at[np.maximum(orders.previous, 0)]
    soon: Array = (orders.previous >= 0) & (orders.at - before < 35 * DAY)
    return soon


def _singles(seed: int, orders: Orders) -> Contacts:
    """Return the one contact that follows some of the other orders."""
    pick, days, way, topic = (draw(seed, 80 + i, len(orders)) for i in range(4))
    rate = np.where(orders.late, SINGLE_LATE, SINGLE) * np.where(orders.kind == OWN, 1, 0.7)
    calm = orders.counts & ~orders.effort & ~_follows_soon(orders)
    asks = np.flatnonzero(calm & (pick < rate))
    at = orders.at[asks] + ((0.5 + 15 * days[asks] ** 1.3) * DAY).astype(np.int64)
    reason = _choose(AFTER_REASONS, topic[asks])
    reason = np.where(orders.late[asks], DELIVERY, reason)
    channel = _choose(AFTER_SHARE, way[asks])
    bot = (days[asks] * 977 % 1 < 0.08) & (orders.kind[asks] == OWN)
    channel = np.where(bot, BOT_CHANNEL, channel)
    kind = np.where(bot, BOT, np.where(channel == PHONE, CALL, TICKET))
    return _contacts(
        len(asks), kind=kind, at=at, channel=channel, reason=reason,
        person=orders.person[asks], order=asks, country=orders.country[asks], claimed=bot,
    )  # fmt: skip


def _bot_chats(
    seed: int, calendar: Calendar, parts: list[Contacts], bots: int, truths: frozenset[str]
) -> list[Contacts]:
    """Return the other bot chats and what their people did next.

    Some were handed over; some were called resolved and came back within three
    days by another way; the rest is what the bot truly contained.
    """
    before = [(part.handed_over, part.claimed, part.rough) for part in parts]
    handed_before = sum(int(handed.sum()) for handed, _, _ in before)
    wrong_before = sum(int((said & rough).sum()) for _, said, rough in before)
    contained_before = sum(int((said & ~rough & 1).sum()) for _, said, rough in before)
    claimed, contained = float(BOT_CLAIMS["claimed"]), float(BOT_CLAIMS["contained"])
    handed = max(0, round(bots * (1 - claimed)) - handed_before)
    back = max(0, round(bots * (claimed - contained)) - wrong_before)
    size = handed + back + max(0, round(bots * contained) - contained_before)
    turn = np.argsort(draw(seed, 84, size), kind="stable")
    is_handed, comes_back = turn < handed, (turn >= handed) & (turn < handed + back)
    if "bot_claims" not in truths:
        comes_back &= turn < handed + round(bots * 0.03)
    at = _times(seed, 85, calendar, size)
    reason = _choose((0.10, 0.22, 0.36, 0.14, 0.06, 0.08, 0.02, 0.02), draw(seed, 87, size))
    person, key = 100_000 + np.arange(size), 10_000_000 + np.arange(size)
    chats = _contacts(
        size, kind=BOT, at=at, channel=BOT_CHANNEL, reason=reason, who=PROSPECT,
        person=person, handed_over=is_handed, claimed=~is_handed,
        ticket=np.where(is_handed, key, -1),
    )  # fmt: skip
    hours = 1.5 + 62 * draw(seed, 88, size) ** 1.4
    later = at + (hours * HOUR).astype(np.int64)
    way = _choose((0.0, 0.5, 0.2, 0.1, 0.05, 0.0, 0.15), draw(seed, 89, size))
    next_contacts = _contacts(
        size, kind=np.where(comes_back & (way == PHONE), CALL, TICKET),
        at=np.where(is_handed, at + 300, later), channel=np.where(is_handed, 0, way),
        reason=reason, who=PROSPECT, person=person, ticket=np.where(is_handed, key, -1),
    )  # fmt: skip
    goes_on = is_handed | comes_back
    again = (getattr(next_contacts, f.name)[goes_on] for f in fields(Contacts))
    return [chats, Contacts(*again)]


def _nobodies(seed: int, calendar: Calendar, size: int) -> Contacts:
    """Return contacts that carry neither e-mail nor phone."""
    way = _choose((0.30, 0.0, 0.15, 0.25, 0.05, 0.0, 0.25), draw(seed, 92, size))
    reason = _choose((0.08, 0.2, 0.34, 0.12, 0.08, 0.1, 0.04, 0.04), draw(seed, 93, size))
    return _contacts(
        size, kind=np.where(way == PHONE, CALL, TICKET),
        at=_times(seed, 90, calendar, size), channel=way, reason=reason,
        who=NOBODY, person=NEVER,
        country=(draw(seed, 94, size) > 0.9).astype(np.int64),
    )  # fmt: skip
