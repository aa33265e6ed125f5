"""The sample shop's checkouts, reminders and attempts to pay."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.sample.baskets import CURRENCIES
from connectors.sample.calendar import HOUR, NEVER, Array
from connectors.sample.columns import instants, keys, money, names, where
from connectors.sample.draws import draw
from connectors.sample.orders import COD, LOST, METHODS, OWN
from connectors.sample.people import make_people
from connectors.sample.visits import COUNTRIES, DEVICES
from connectors.sample.world import World

REMINDERS = ("email", "sms", "control")
REMINDER_SHARE = (0.72, 0.08, 0.20)
"""A fifth of those who could be reminded are not, to know how many return anyway."""
COMES_BACK = np.array([0.095, 0.11, 0.05])
"""Share of abandoned checkouts that become an order within three days."""
FAILS = np.array([0.05, 0.06, 0.11, 0.04, 0.0, 0.0])
"""Share of paid orders with a failed attempt before, by METHODS."""
ERRORS = ("timeout", "declined", "code_expired", "insufficient_funds", "aborted")
TAKES = 240
"""Seconds from a visit's start to its checkout."""


@dataclass(frozen=True)
class Checkouts:
    """One element per checkout that was begun."""

    visit: Array
    order: Array
    """Place of the order it became, -1 for none."""
    recovered: Array
    reminder: Array
    """Place in REMINDERS, -1 for none."""
    reached: Array
    """Whether its e-mail is known."""


def make_checkouts(world: World) -> Checkouts:
    """Return all checkouts; a recovered one takes the place of the later visit's."""
    visits, orders, seed = world.visits, world.orders, world.seed
    begun = np.flatnonzero(visits.checked_out)
    order_of = np.full(len(visits), -1)
    own = np.flatnonzero((orders.kind == OWN) & orders.counts)
    order_of[orders.visit[own]] = own
    left = visits.shipping[begun] & ~visits.bought[begun]
    arm = np.searchsorted(np.cumsum(REMINDER_SHARE), draw(seed, 140, len(visits))[begun])
    arm = np.minimum(arm, 2)
    wishes = left & (draw(seed, 141, len(visits))[begun] < COMES_BACK[arm])
    became = order_of[begun]
    recovered = np.zeros(len(begun), bool)
    hours = 1.5 + 62 * draw(seed, 142, len(visits))[begun] ** 2
    for country in range(len(COUNTRIES)):
        back = np.flatnonzero(wishes & (visits.country[begun] == country))
        pool = own[orders.country[own] == country]
        _recover(world, begun, back, hours, pool, became, recovered)
    taken = became[recovered]
    keep = recovered | ~np.isin(became, taken) | (became < 0)
    return Checkouts(
        begun[keep], became[keep], recovered[keep],
        np.where(left, arm, -1)[keep], visits.shipping[begun][keep],
    )  # fmt: skip


def _recover(
    world: World, begun: Array, back: Array, hours: Array,
    pool: Array, became: Array, recovered: Array,
) -> None:  # fmt: skip
    """Give each checkout that comes back the first free order at its time."""
    pool = pool[np.argsort(world.orders.at[pool], kind="stable")]
    wanted = world.visits.at[begun[back]] + (hours[back] * HOUR).astype(np.int64)
    turn = np.argsort(wanted, kind="stable")
    place = np.searchsorted(world.orders.at[pool], wanted[turn])
    step = np.arange(len(place))
    place = np.maximum.accumulate(place - step) + step if len(place) else place
    found = place < len(pool)
    row = back[turn][found]
    became[row] = pool[place[found]]
    recovered[row] = True


def checkout_frame(world: World) -> pl.DataFrame:
    """Return the checkouts with the reminder each was given."""
    checkouts, orders, now = make_checkouts(world), world.orders, world.calendar.now
    people, visit, order = make_people(world), checkouts.visit, checkouts.order
    bought = order >= 0
    place = np.maximum(order, 0)
    started = world.visits.at[visit] + TAKES
    completed = np.where(bought, np.maximum(orders.at[place], started), NEVER)
    person = np.where(bought, orders.person[place], -1)
    stranger = keys("w", visit, checkouts.reached, "@mail.example")
    polish = np.flatnonzero((orders.country == 0) & orders.alive)
    basket = np.where(bought, place, polish[(visit * 31) % len(polish)])
    frame = pl.DataFrame(
        {
            "checkout_id": keys("k", visit),
            "customer_id": people.of(people.customer_id, person),
            "email": where(bought, people.of(people.email, person), stranger),
            "order_id": keys("", orders.number[place], bought),
            "started_at": instants(started, now),
            "completed_at": instants(completed, now),
            "total": money(world.money.gross[basket]),
            "currency": names(CURRENCIES, orders.country[basket]),
            "recovered": checkouts.recovered,
            "reminder": names(REMINDERS, checkouts.reminder),
            "updated_at": instants(np.maximum(started, completed), now),
        }
    )
    return frame.filter(pl.col("started_at").is_not_null())


def payment_frame(world: World) -> pl.DataFrame:
    """Return the attempts to pay: failed ones, and the last one that went through."""
    orders, now = world.orders, world.calendar.now
    size = len(orders)
    pick, more = draw(world.seed, 143, size), draw(world.seed, 144, size)
    online = orders.alive & (orders.kind != 1) & (orders.method < COD)
    paid = online & orders.counts
    lost = online & (orders.kind == LOST)
    fails = (pick < FAILS[orders.method]) * (1 + (more < 0.2))
    fails = np.where(paid, fails, np.where(lost, 1 + (more < 0.35) * 1, 0))
    missed = [np.flatnonzero(fails > turn) for turn in range(3)]
    good = np.flatnonzero(paid)
    order = np.concatenate([*missed, good])
    turn = np.repeat([0, 1, 2, 9], [*map(len, missed), len(good)])
    failed = turn < 9
    at = orders.at[order] - np.where(failed, (3 - turn) * 70, 15)
    error = np.minimum((draw(world.seed, 145, size)[order] * 5).astype(np.int64), 4)
    # what phones meet when the payment page hangs
    hanging = lost[order] & world.visits.would_buy[np.maximum(orders.visit[order], 0)]
    error = np.where(hanging, 0, error)
    return pl.DataFrame(
        {
            "attempt_id": keys("a", orders.number[order] * 10 + turn),
            "order_id": keys("", orders.number[order]),
            "checkout_id": keys("k", orders.visit[order], orders.visit[order] >= 0),
            "method": names(METHODS, orders.method[order]),
            "result": names(["succeeded", "failed"], failed * 1),
            "error_code": names(ERRORS, np.where(failed, error, -1)),
            "amount": money(world.money.gross[order]),
            "currency": names(CURRENCIES, orders.country[order]),
            "device_category": names(DEVICES, orders.device[order]),
            "attempted_at": instants(at, now),
            "updated_at": instants(at, now),
        }
    )
