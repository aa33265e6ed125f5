"""The sample shop's orders: from visits and the marketplace, and who placed them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.sample.calendar import DAY, NEVER, Array, Calendar
from connectors.sample.draws import draw, even_out
from connectors.sample.truths import HIGH_EFFORT, LATE_CARRIER, SIZE_QUESTIONS
from connectors.sample.visits import COUNTRIES, COUNTRY_SHARE, Visits

OWN, MARKETPLACE, LOST, TEST = 0, 1, 2, 3
"""What an order is: sold in the shop, sold elsewhere, never paid, a trial."""
MARKETPLACE_SHARE = 0.0045
"""Marketplace orders per visit of the shop."""
LOST_SHARE = 0.10
"""Share of sessions that leave at payment with an order behind them."""

METHODS = ("blik", "przelewy24", "card", "transfer", "cash_on_delivery", "marketplace")
METHOD_SHARE = {
    "PL": (0.47, 0.19, 0.15, 0.07, 0.12, 0.0),
    "CZ": (0.0, 0.0, 0.64, 0.14, 0.22, 0.0),
    "DE": (0.0, 0.0, 0.82, 0.18, 0.0, 0.0),
}
COD = METHODS.index("cash_on_delivery")
DELIVERIES = ("locker", "courier", "pickup", "other")
DELIVERY_SHARE = (0.60, 0.32, 0.06, 0.02)

AGAIN = {"PL": 0.264, "CZ": 0.241, "DE": 0.225}
"""Share of own-shop orders followed by another within 90 days, nothing wrong."""
AGAIN_MARKETPLACE = 0.15
AGAIN_LATER = 0.11
"""Share followed by another later than that, of those not followed before."""
HIGH_EFFORT_SHARE = 0.024
LATE = 0.06
MORAVA_SHARE = 0.42
"""Share of Czech parcels that the late carrier brings."""
MORAVA_LATE = 0.75


@dataclass
class Orders:
    """One element per order, in order of number; places point into Visits."""

    kind: Array
    visit: Array
    """Place in Visits, -1 without a visit."""
    at: Array
    day: Array
    country: Array
    device: Array
    """Place in DEVICES, -1 when unknown."""
    alive: Array
    """Landed at all."""
    counts: Array
    """Placed and not lost."""
    method: Array
    delivery: Array
    number: Array
    late: Array
    morava: Array
    effort: Array
    """Its buyer will need help again and again."""
    previous: Array
    """Place of the same person's order before, -1 for a first order."""
    following: Array
    person: Array
    """Number of the person's first order."""

    def __len__(self) -> int:
        return len(self.at)


def make_orders(
    seed: int, calendar: Calendar, visits: Visits, truths: frozenset[str]
) -> Orders:
    """Return every order with its day, country, way of payment and delivery."""
    kind, visit, at = _sources(seed, calendar, visits)
    day = calendar.days_of(at)
    size = len(kind)
    has_visit = visit >= 0
    place = np.maximum(visit, 0)
    country = np.searchsorted(np.cumsum(COUNTRY_SHARE), draw(seed, 21, size))
    country = np.where(has_visit, visits.country[place], country)
    device = np.where(has_visit, visits.device[place], -1)
    bought, paid = visits.bought[place], visits.payment[place]
    failed = (kind == OWN) & ~bought & paid & (draw(seed, 22, size) < 0.6)
    kind = np.where(failed, LOST, kind)
    alive = np.select([kind == OWN, kind == LOST], [bought, paid], True)
    method = _methods(seed, country, kind)
    delivery = np.searchsorted(np.cumsum(DELIVERY_SHARE), draw(seed, 24, size))
    morava = (country == COUNTRIES.index("CZ")) & (draw(seed, 25, size) < MORAVA_SHARE)
    slow = MORAVA_LATE if "late_carrier" in truths else LATE
    late = draw(seed, 26, size) < np.where(morava, slow, LATE)
    effort = (draw(seed, 27, size) < HIGH_EFFORT_SHARE) & (kind == OWN) & alive
    none = np.full(size, NEVER)
    orders = Orders(
        kind, visit, at, day, country, device, alive, alive & (kind <= MARKETPLACE),
        method, np.minimum(delivery, 3), none, late, morava, effort, none, none, none,
    )  # fmt: skip
    order = np.argsort(at, kind="stable")
    for name, values in vars(orders).items():
        setattr(orders, name, values[order])
    orders.number = 100_001 + np.arange(size)
    return orders


def _sources(seed: int, calendar: Calendar, visits: Visits) -> tuple[Array, Array, Array]:
    """Return kind, visit and instant of every order that could have been."""
    leaves = visits.would_pay & ~visits.would_buy
    leaves &= draw(seed, 20, len(visits)) < LOST_SHARE
    own, lost = np.flatnonzero(visits.would_buy), np.flatnonzero(leaves)
    elsewhere = round(len(visits) * MARKETPLACE_SHARE)
    trials = max(3, round(len(visits) * 25e-6))
    kinds = np.repeat(
        [MARKETPLACE, TEST, OWN, LOST], [elsewhere, trials, len(own), len(lost)]
    )
    free = elsewhere + trials
    share = np.cumsum(calendar.visits) / calendar.visits.sum()
    day = np.searchsorted(share, draw(seed, 18, free))
    at = calendar.instants(day, 28_800 + (draw(seed, 19, free) * 50_000).astype(np.int64))
    visit = np.concatenate([np.full(free, -1), own, lost])
    real = visit[free:]
    finished = np.minimum(visits.at[real] + 540, calendar.now)
    instants = np.concatenate([at, finished])
    return kinds, visit, instants


def _methods(seed: int, country: Array, kind: Array) -> Array:
    pick = draw(seed, 23, len(country))
    shares = np.array([np.cumsum(METHOD_SHARE[name]) for name in COUNTRIES])
    method = (pick[:, None] >= shares[country]).sum(axis=1)
    method = np.minimum(method, COD)
    lost_cod = (kind == LOST) & (method == COD)
    method = np.where(lost_cod, METHODS.index("card"), method)
    return np.where(kind == MARKETPLACE, METHODS.index("marketplace"), method)


def tie_persons(
    seed: int, calendar: Calendar, orders: Orders, asked: Array, truths: frozenset[str]
) -> None:
    """Say which orders are of one person; `asked` marks the brand that disappoints.

    Each counting order wishes for a next one with its own probability and after
    its own gap; it gets the first free order of the same country after that.
    """
    size = len(orders)
    chance = np.array([AGAIN[name] for name in COUNTRIES])[orders.country]
    later = np.full(size, AGAIN_LATER)
    chance = np.where(orders.kind == MARKETPLACE, AGAIN_MARKETPLACE, chance)
    own = orders.kind == OWN
    czech_late = orders.late & (orders.country == COUNTRIES.index("CZ")) & own
    group = orders.country + 3 * (orders.kind == MARKETPLACE)
    for number, (name, hit, share) in enumerate(
        _setbacks(orders, czech_late, asked & own, truths)
    ):
        group = np.where(hit, 10 + number, group)
        if name in truths:
            chance = np.where(hit, share, chance)
            later = np.where(hit, AGAIN_LATER * share / float(HIGH_EFFORT["others"]), later)
    pick, gap = even_out(draw(seed, 28, size), group), draw(seed, 29, size)
    soon = pick < chance
    wishes = soon | (pick > 1 - later)
    days = np.where(soon, 4 + 82 * gap**1.25, 92 + 280 * gap**1.6)
    orders.previous = np.full(size, -1)
    orders.following = np.full(size, -1)
    for kind in (OWN, MARKETPLACE):
        for country in range(len(COUNTRIES)):
            group = orders.counts & (orders.kind == kind) & (orders.country == country)
            _pair(orders, np.flatnonzero(group), wishes, days)
    orders.person = _first_orders(orders.previous)


def _setbacks(
    orders: Orders, czech_late: Array, asked: Array, truths: frozenset[str]
) -> list[tuple[str, Array, float]]:
    """Return what keeps buyers away, the stronger last, with the share that returns.

    The brand lies in some of the other orders as well; theirs make up for it,
    so that each group as a whole returns as its truth says.
    """
    again = float(SIZE_QUESTIONS["again"])
    known = orders.counts & (orders.kind == OWN)
    part = float(asked[known].mean()) if "size_questions" in truths else 0.0
    others = [
        ("high_effort", orders.effort, float(HIGH_EFFORT["high"])),
        ("late_carrier", czech_late, float(LATE_CARRIER["late"])),
    ]
    made_up = [
        (name, hit, (share - again * part) / (1 - part)) for name, hit, share in others
    ]
    return [*made_up, ("size_questions", asked, again)]


def _pair(orders: Orders, group: Array, wishes: Array, days: Array) -> None:
    """Give every wish of `group` the first order that is free at its time."""
    group = group[np.argsort(orders.at[group], kind="stable")]
    asking = group[wishes[group]]
    wanted = orders.at[asking] + (days[asking] * DAY).astype(np.int64)
    turn = np.argsort(wanted, kind="stable")
    place = np.searchsorted(orders.at[group], wanted[turn])
    step = np.arange(len(place))
    place = np.maximum.accumulate(place - step) + step if len(place) else place
    found = place < len(group)
    follower = group[place[found]]
    orders.following[asking[turn][found]] = follower
    orders.previous[follower] = asking[turn][found]


def _first_orders(previous: Array) -> Array:
    """Return the place of the first order of each order's chain."""
    root = np.where(previous >= 0, previous, np.arange(len(previous)))
    while not np.array_equal(root, root[root]):
        root = root[root]
    return root
