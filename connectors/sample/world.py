"""One consistent sample shop, simulated once per settings."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass

import numpy as np

from connectors.sample.baskets import Lines, Money, make_lines, make_rates, price_orders
from connectors.sample.calendar import Array, Calendar, make_calendar
from connectors.sample.catalogue import Catalogue, make_catalogue
from connectors.sample.contacts import Contacts, make_contacts
from connectors.sample.draws import draw
from connectors.sample.orders import Orders, make_orders, tie_persons
from connectors.sample.parcels import Parcels, Returns, make_parcels, make_returns
from connectors.sample.truths import active_truths
from connectors.sample.visits import Visits, make_visits
from connectors.sample.ways import ways_of


@dataclass(frozen=True, eq=False)
class World:
    """Everything that happened in the shop; frames are cut from it."""

    seed: int
    truths: frozenset[str]
    calendar: Calendar
    catalogue: Catalogue
    visits: Visits
    way: Array
    """Place in WAYS of each visit."""
    orders: Orders
    lines: Lines
    money: Money
    rates: Array
    parcels: Parcels
    returns: Returns
    contacts: Contacts

    @property
    def scale(self) -> float:
        """Size of this shop against one with a million visits."""
        return len(self.visits) / 1e6


@functools.lru_cache(maxsize=2)
def simulate(seed: int, last: dt.date, months: int, visits: int, truths: str) -> World:
    """Return the shop of these settings; the last two are kept."""
    active = active_truths(truths)
    calendar = make_calendar(last, months)
    catalogue = make_catalogue(seed)
    walks = make_visits(seed, calendar, visits, active)
    way = ways_of(walks.channel, draw(seed, 7, len(walks)))
    orders = make_orders(seed, calendar, walks, active)
    rates = make_rates(seed, calendar)
    lines = make_lines(seed, calendar, catalogue, orders, rates)
    money = price_orders(seed, calendar, walks, orders, lines, rates)
    asked = np.bincount(lines.order, catalogue.asked[lines.product], len(orders)) > 0
    tie_persons(seed, calendar, orders, asked, active)
    parcels = make_parcels(seed, calendar, orders, active)
    returns = make_returns(seed, catalogue, orders, lines, parcels, active)
    contacts = make_contacts(seed, calendar, catalogue, orders, lines, visits, active)
    return World(
        seed, active, calendar, catalogue, walks, way, orders, lines, money, rates,
        parcels, returns, contacts,
    )  # fmt: skip
