"""The sample shop's visits: who came how, how far they got, who came again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.sample.calendar import DAY, HOURS, Array, Calendar
from connectors.sample.draws import draw, even_out
from connectors.sample.truths import (
    COUPON,
    DECOY,
    FOLLOW_UP,
    FOLLOW_UP_KEPT,
    PAID_SOCIAL,
    PHONE_PAYMENT,
)

CHANNELS = (
    "Organic Search", "Direct", "Paid Search", "Paid Shopping", "Paid Social", "Email",
    "Organic Social", "Referral", "Affiliates", "SMS", "Display",
)  # fmt: skip
SHARE = np.array([0.30, 0.18, 0.15, 0.12, 0.06, 0.06, 0.05, 0.04, 0.02, 0.01, 0.01])
MOBILE = np.array([0.70, 0.70, 0.71, 0.73, 0.80, 0.70, 0.86, 0.68, 0.70, 0.95, 0.80])
LOOKS = np.array([0.66, 0.60, 0.66, 0.78, 0.48, 0.66, 0.45, 0.55, 0.62, 0.60, 0.32])
CARTS = np.array([1.0, 1.2, 1.15, 1.0, 0.42, 1.5, 0.45, 0.8, 1.1, 1.4, 0.3])
PAID_SOCIAL_CHANNEL = 4

DEVICES = ("mobile", "desktop", "tablet")
PAYS = np.array([PHONE_PAYMENT["before"], 0.66, 0.62])
"""Share of sessions with payment info that buy, by device."""
FILLS = np.array([0.97, 1.1, 1.0])

COUNTRIES = ("PL", "CZ", "DE")
COUNTRY_SHARE = np.array([0.85, 0.08, 0.07])

LOOKERS = 400
"""So many lookers of a channel together get as far as its rates say."""
LOOK, CHECKOUT, SHIPPING, PAYMENT = 0.62, 0.46, 0.90, 0.91
BUY = 0.0203
"""Share of visits that buy before any truth takes some of them away."""


@dataclass
class Visits:
    """One element per visit; booleans say which steps it reached."""

    day: Array
    at: Array
    channel: Array
    device: Array
    country: Array
    looked: Array
    carted: Array
    checked_out: Array
    shipping: Array
    payment: Array
    bought: Array
    would_pay: Array
    would_buy: Array
    """Paid or bought, or would have without the truths."""
    denied: Array
    visitor: Array
    is_new: Array
    moved: Array
    """Bought earlier than planned, because of a coupon."""

    def __len__(self) -> int:
        return len(self.day)


def make_visits(
    seed: int, calendar: Calendar, wanted: int, truths: frozenset[str]
) -> Visits:
    """Return the visits; `wanted` of them when paid social is doubled."""
    extra = _extra_visits(calendar, wanted)
    base = wanted - extra
    day, second = _moments(seed, calendar, base, extra)
    channel, device, country = _ways(seed, wanted, extra)
    visits = _walk(seed, calendar, day, second, channel, device, country, base)
    if "paid_social" not in truths:
        for name, values in vars(visits).items():
            setattr(visits, name, values[:base])
    _close_checkout(seed, calendar, visits, truths)
    if "coupon" in truths:
        _move_forward(seed, calendar, visits)
    visits.visitor, visits.is_new = _visitors(seed, visits, base)
    return visits


def _extra_visits(calendar: Calendar, wanted: int) -> int:
    recent = calendar.visits[-int(PAID_SOCIAL["days"]) :].sum() / calendar.visits.sum()
    share: float = SHARE[PAID_SOCIAL_CHANNEL] * recent * (PAID_SOCIAL["factor"] - 1)
    return round(wanted * share / (1 + share))


def _moments(seed: int, calendar: Calendar, base: int, extra: int) -> tuple[Array, Array]:
    """Return day and local second; the first `base` are in order of time."""
    random = np.random.default_rng([seed, 1])
    share = np.cumsum(calendar.visits) / calendar.visits.sum()
    day = np.searchsorted(share, np.sort(random.random(base)))
    recent = int(PAID_SOCIAL["days"])
    weights = np.cumsum(calendar.visits[-recent:]) / calendar.visits[-recent:].sum()
    more = np.searchsorted(weights, random.random(extra)) + calendar.days - recent
    day = np.concatenate([day, more])
    hour = np.searchsorted(np.cumsum(HOURS) / HOURS.sum(), random.random(base + extra))
    second = hour * 3600 + random.integers(0, 3600, base + extra)
    order = np.argsort(day[:base] * DAY + second[:base], kind="stable")
    second[:base] = second[:base][order]
    return day, second


def _ways(seed: int, wanted: int, extra: int) -> tuple[Array, Array, Array]:
    """Return channel, device and country of every visit."""
    random = np.random.default_rng([seed, 2])
    channel = np.searchsorted(np.cumsum(SHARE), random.random(wanted)).astype(np.int8)
    channel[wanted - extra :] = PAID_SOCIAL_CHANNEL
    pick = random.random(wanted)
    mobile = MOBILE[channel]
    device = np.where(pick < mobile, 0, np.where(pick < mobile + 0.03, 2, 1))
    country = np.searchsorted(np.cumsum(COUNTRY_SHARE), random.random(wanted))
    return channel, device.astype(np.int8), country.astype(np.int8)


def _walk(
    seed: int, calendar: Calendar, day: Array, second: Array,
    channel: Array, device: Array, country: Array, base: int,
) -> Visits:  # fmt: skip
    """Return how far each visit gets in a shop where nothing is wrong."""
    random = np.random.default_rng([seed, 3])
    size = len(day)
    look = LOOKS[channel] * LOOK / (LOOKS * SHARE).sum()
    fill = CARTS[channel] * FILLS[device] * calendar.buying[day]
    fill *= BUY / (look * fill * CHECKOUT * SHIPPING * PAYMENT * PAYS[device])[:base].mean()
    looked = random.random(size) < look
    fate = np.ones(size)
    lookers = np.flatnonzero(looked)
    fate[lookers] = even_out(random.random(size)[lookers], channel[lookers], LOOKERS)
    carted = fate < fill
    checked_out = fate < fill * CHECKOUT
    shipping = fate < fill * CHECKOUT * SHIPPING
    payment = fate < fill * CHECKOUT * SHIPPING * PAYMENT
    bought = payment.copy()
    paying = np.flatnonzero(payment)
    way = device[paying] + len(DEVICES) * channel[paying]
    pick = even_out(draw(seed, 8, size)[paying], way)
    bought[paying] = pick < PAYS[device[paying]]
    denied = random.random(size) < 0.21
    none = np.zeros(size, bool)
    return Visits(
        day, calendar.instants(day, second), channel, device, country, looked, carted,
        checked_out, shipping, payment, bought, payment.copy(), bought.copy(), denied,
        none, none, none,
    )  # fmt: skip


def _close_checkout(
    seed: int, calendar: Calendar, visits: Visits, truths: frozenset[str]
) -> None:
    """Take purchases away where a truth says so."""
    pick = np.random.default_rng([seed, 4]).random(len(visits))
    ago = calendar.days - 1 - visits.day
    if "phone_payment" in truths:
        kept = PHONE_PAYMENT["after"] / PHONE_PAYMENT["before"]
        recent = (visits.device == 0) & (ago < PHONE_PAYMENT["days"]) & visits.bought
        buyers = np.flatnonzero(recent)
        even = even_out(pick[buyers], np.zeros(len(buyers), np.int64))
        visits.bought[buyers[even >= kept]] = False
    if "follow_up" in truths:
        since, fixed = FOLLOW_UP["since_days_ago"], FOLLOW_UP["fixed_days_ago"]
        broken = (visits.device == 1) & (ago <= since) & (ago > fixed)
        hit = broken & (pick >= FOLLOW_UP_KEPT)
        for step in (visits.shipping, visits.payment, visits.bought):
            step &= ~hit
    if "decoy" in truths:
        country = COUNTRIES.index(str(DECOY["country"]))
        hit = (visits.country == country) & np.isin(ago, DECOY["days"]) & visits.bought
        for step in (visits.checked_out, visits.shipping, visits.payment, visits.bought):
            step &= ~hit


def _move_forward(seed: int, calendar: Calendar, visits: Visits) -> None:
    """Move purchases of the weeks after the coupon into its days, visit and all."""
    random = np.random.default_rng([seed, 5])
    pick, place = random.random((2, len(visits)))
    ago = calendar.days - 1 - visits.day
    last = int(COUPON["starts"]) - int(COUPON["days"])
    after = (ago <= last) & (ago > last - int(COUPON["dip"]))
    moved = visits.bought & after & (pick < float(COUPON["moved"]))
    first = calendar.days - 1 - int(COUPON["starts"])
    day = first + (place * int(COUPON["days"])).astype(np.int64)
    seconds = (visits.day - day) * DAY
    visits.at = np.where(moved, visits.at - seconds, visits.at)
    visits.day = np.where(moved, day, visits.day)
    visits.moved = moved


def _visitors(seed: int, visits: Visits, base: int) -> tuple[Array, Array]:
    """Return a visitor number per visit and whether it is that visitor's first.

    A returning visit is tied to one on the same device and country about a
    week earlier; ties are then followed back to the first visit.
    """
    random = np.random.default_rng([seed, 6])
    size = len(visits)
    back = np.where(visits.bought, 0.62, np.where(visits.carted, 0.48, 0.33))
    returning = random.random(size) < back
    gap = random.exponential(7.0, size)
    root = np.arange(size)
    per_day = base / len(np.unique(visits.day))
    for device in range(len(DEVICES)):
        for country in range(len(COUNTRIES)):
            group = np.flatnonzero(
                (visits.device[:base] == device) & (visits.country[:base] == country)
            )
            if len(group) == 0:
                continue
            busy = per_day * len(group) / base
            source = np.arange(len(group)) - 1 - (gap[group] * busy).astype(np.int64)
            tied = returning[group] & (source >= 0)
            source = np.where(tied, group[np.maximum(source, 0)], group)
            sells = visits.bought[source] | visits.moved[source]
            root[group] = np.where(sells, group, source)
    for _ in range(24):
        followed = root[root]
        if np.array_equal(followed, root):
            break
        root = followed
    return root, root == np.arange(size)
