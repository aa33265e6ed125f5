"""How the people of the sample shop can be told: accounts, e-mails, phones, visitors."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.sample.calendar import Array
from connectors.sample.columns import keys, names, where
from connectors.sample.draws import draw
from connectors.sample.links import orders_after, visits_of_contacts
from connectors.sample.orders import MARKETPLACE, OWN
from connectors.sample.world import World

ACCOUNT, CONSENT = 0.62, 0.49
"""Share of own-shop buyers with an account, and who agreed to newsletters."""
SHARED_EMAIL, SHARED_PHONE, OFFICE, ERASED = 0.004, 0.008, 0.0015, 0.0006
DELETED = "deleted@site.invalid"
"""What the shop writes in place of an erased person's e-mail."""
SEEN = 0.941
"""Share of orders of consenting visitors whose number web analytics received."""
RECOGNISED = 0.7
"""Share of repeat orders on the same device that keep the visitor."""


@dataclass(frozen=True)
class People:
    """One element per order place; a person is the place of the first order."""

    account: Array
    consent: Array
    guest_key: pl.Series
    customer_id: pl.Series
    email: pl.Series
    phone: pl.Series

    def of(self, values: pl.Series, persons: Array) -> pl.Series:
        """Return the persons' values; null for a negative place."""
        return where(persons >= 0, values.gather(np.maximum(persons, 0)))


@functools.lru_cache(maxsize=2)
def make_people(world: World) -> People:
    """Return the identities of everyone who ordered, by place of the first order."""
    orders, seed = world.orders, world.seed
    size = len(orders)
    chance = draw(seed, 100, size)
    own = orders.kind != MARKETPLACE
    account = own & (draw(seed, 101, size) < ACCOUNT)
    erased = own & (chance < ERASED)
    office = own & (chance > 1 - OFFICE)
    number = orders.number
    shares_email = own & (chance > 0.5) & (chance < 0.5 + SHARED_EMAIL)
    shares_phone = own & (chance > 0.6) & (chance < 0.6 + SHARED_PHONE)
    neighbour = np.where(np.arange(size) > 0, number - 1, number)
    email = keys("k", np.where(shares_email, neighbour, number), None, "@mail.example")
    email = where(~office, email, keys("biuro@firma", number % 7, None, ".example"))
    email = where(own, email, keys("b", number * 7 % 999_983, None, "@allegromail.example"))
    email = where(~erased, email, names([DELETED], np.zeros(size, np.int64)))
    phone = keys("+4800", 1_000_000 + np.where(shares_phone, neighbour, number))
    has_phone = own & ~erased & (draw(seed, 102, size) < 0.86)
    account &= ~erased
    return People(
        account, draw(seed, 103, size) < CONSENT, keys("g", number),
        keys("c", number, account), email, where(has_phone, phone),
    )  # fmt: skip


@dataclass(frozen=True)
class WebIdentity:
    """One element per visit: what web analytics knows of who it was."""

    visitor: Array
    is_new: Array
    user: Array
    """Place of the person's first order where logged in, else -1."""
    transaction: Array
    """Order number that web analytics received, else -1."""


@functools.lru_cache(maxsize=2)
def make_web_identity(world: World) -> WebIdentity:
    """Return visitors such that repeat buyers are often, never falsely, recognised."""
    visits, orders, seed = world.visits, world.orders, world.seed
    people = make_people(world)
    visitor, is_new = visits.visitor.copy(), visits.is_new.copy()
    own = np.flatnonzero((orders.kind == OWN) & orders.counts)
    first = own[orders.person[own] == own]
    visit = orders.visit[first]
    _, kept = np.unique(visitor[visit], return_index=True)
    doubled = np.delete(visit, kept)
    visitor[doubled], is_new[doubled] = doubled, True
    again = own[orders.person[own] != own]
    root = orders.person[again]
    same = orders.device[root] == orders.device[again]
    same &= draw(seed, 104, len(orders))[again] < RECOGNISED
    now, then = orders.visit[again], orders.visit[root]
    visitor[now] = np.where(same, visitor[then], now)
    is_new[now] = ~same
    _ask_before(world, visitor, is_new)
    user = np.full(len(visits), -1)
    logged_in = people.account[orders.person[own]] & (
        draw(seed, 105, len(orders))[own] < 0.55
    )
    user[orders.visit[own]] = np.where(logged_in, orders.person[own], -1)
    transaction = np.full(len(visits), -1)
    seen = draw(seed, 106, len(orders))[own] < SEEN
    seen &= ~visits.denied[orders.visit[own]]
    transaction[orders.visit[own]] = np.where(seen, orders.number[own], -1)
    return WebIdentity(visitor, is_new, user, transaction)


def _ask_before(world: World, visitor: Array, is_new: Array) -> None:
    """Give visits that asked the browser of the order that followed."""
    visit, order = visits_of_contacts(world), orders_after(world)
    both = (visit >= 0) & (order >= 0)
    asked, bought = visit[both], world.orders.visit[order[both]]
    visitor[asked], is_new[asked] = visitor[bought], is_new[bought]
    is_new[bought] = False
