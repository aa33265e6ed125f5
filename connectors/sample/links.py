"""Which visit of the sample shop a chat, a form or a bot chat was begun in."""

from __future__ import annotations

import functools

import numpy as np

from connectors.sample.calendar import DAY, Array
from connectors.sample.contacts import CHANNELS, NOBODY
from connectors.sample.draws import draw
from connectors.sample.orders import OWN
from connectors.sample.world import World

ON_SITE = [CHANNELS.index(name) for name in ("chat", "form", "bot")]
LASTS = 20 * 60
"""Seconds after the start of a visit in which a question may still be its own."""

NAMELESS_BUY = 0.3
"""Share of questions without a name that an order follows."""


@functools.lru_cache(maxsize=2)
def visits_of_contacts(world: World) -> Array:
    """Return the place of each contact's visit, -1 where it came another way.

    Questions before an order begin in a visit that ends without one. Who then
    buys asked on the device, in the country and with the consent of the order's
    visit, so that both can be one browser's.
    """
    contacts, visits = world.contacts, world.visits
    order = orders_after(world)
    chosen = np.full(len(contacts), -1)
    before = np.isin(contacts.channel, ON_SITE) & (contacts.order < 0)
    quiet = visits.looked & ~visits.bought & ~visits.payment
    known = quiet & (visits.visitor == np.arange(len(visits)))
    stranger = before & (order < 0)
    chosen[stranger] = _latest(visits.at, quiet, contacts.at[stranger])
    visit = world.orders.visit[np.maximum(order, 0)]
    kind = 6 * visits.country + 2 * visits.device + visits.denied
    for value in np.unique(kind[visit[before & (order >= 0)]]):
        buyers = before & (order >= 0) & (kind[visit] == value)
        chosen[buyers] = _latest(visits.at, known & (kind == value), contacts.at[buyers])
    return chosen


def orders_after(world: World) -> Array:
    """Return the place of the own-shop order each question came before, or -1."""
    contacts, orders = world.contacts, world.orders
    own = np.flatnonzero((orders.kind == OWN) & orders.counts)
    sold = own[np.lexsort((orders.at[own], orders.person[own]))]
    span = int(orders.at.max()) + 1
    moments = orders.person[sold] * span + orders.at[sold]
    person = np.where(contacts.who == 0, contacts.person, -1)
    place = np.searchsorted(moments, person * span + contacts.at)
    found = sold[np.minimum(place, len(sold) - 1)]
    fits = (person >= 0) & (contacts.order < 0) & (place < len(sold))
    known = np.where(fits & (orders.person[found] == person), found, -1)
    result: Array = np.where(contacts.who == NOBODY, _of_nobody(world, own), known)
    return result


def _of_nobody(world: World, own: Array) -> Array:
    """Return an order that follows a question without a name, -1 for most of them."""
    contacts, orders = world.contacts, world.orders
    chance, days = (draw(world.seed, 180 + i, len(contacts)) for i in range(2))
    wanted = contacts.at + ((0.05 + 5 * days**2) * DAY).astype(np.int64)
    own = own[np.argsort(orders.at[own], kind="stable")]
    found = own[np.minimum(np.searchsorted(orders.at[own], wanted), len(own) - 1)]
    soon = (orders.at[found] >= wanted) & (orders.at[found] < contacts.at + 6 * DAY)
    result: Array = np.where(soon & (chance < NAMELESS_BUY), found, -1)
    return result


def _latest(at: Array, allowed: Array, moments: Array) -> Array:
    """Return the allowed visit that began last before each moment, -1 if none lasts."""
    rows = np.flatnonzero(allowed)
    if len(rows) == 0:
        return np.full(len(moments), -1)
    rows = rows[np.argsort(at[rows], kind="stable")]
    place = np.searchsorted(at[rows], moments, side="right") - 1
    found = rows[np.maximum(place, 0)]
    result: Array = np.where((place >= 0) & (moments - at[found] < LASTS), found, -1)
    return result
