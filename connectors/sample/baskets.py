"""What lies in the sample shop's orders, and what it costs in which currency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.sample.calendar import Array, Calendar
from connectors.sample.catalogue import CATEGORIES, Catalogue
from connectors.sample.draws import draw
from connectors.sample.orders import COD, MARKETPLACE, Orders
from connectors.sample.truths import COUPON
from connectors.sample.visits import Visits

CURRENCIES = ("PLN", "CZK", "EUR")
"""By country: a Czech pays in CZK, a German in EUR."""
VAT = np.array([0.23, 0.21, 0.19])
"""Of the country the parcel goes to."""
COUPONS = ("", "NEWSLETTER10", "WITAJ15", "BLACKWEEK15", str(COUPON["code"]))
COUPON_RATE = np.array([0.0, 0.10, 0.15, 0.15, 0.10])
SHIPPING = np.array([1299, 1699, 0, 1999])
"""Grosze with VAT, by delivery method."""
FREE_FROM = 19_900
COD_FEE = 500


@dataclass
class Lines:
    """One element per order line, in order of its order; money in hundredths."""

    order: Array
    place: Array
    """1 for the first line of an order."""
    product: Array
    size: Array
    """EU size of a shoe, 0 otherwise."""
    quantity: Array
    unit: Array
    discount: Array
    tax: Array
    cost: Array
    """Per item, without VAT."""

    @property
    def paid(self) -> Array:
        """What each line costs with tax, after its discount."""
        return self.unit * self.quantity - self.discount


@dataclass
class Money:
    """One element per order, in hundredths of its own currency."""

    gross: Array
    discount: Array
    shipping: Array
    """Without VAT."""
    tax: Array
    rate: Array
    """PLN for one unit of the order's currency."""
    coupon: Array
    """Place in COUPONS."""


def make_rates(seed: int, calendar: Calendar) -> Array:
    """Return PLN for one PLN, CZK and EUR, days x 3, as on the day's table."""
    steps = np.random.default_rng([seed, 30]).normal(0, 0.0025, (calendar.days, 2))
    walk = np.zeros((calendar.days, 2))
    for day in range(1, calendar.days):
        walk[day] = 0.985 * walk[day - 1] + steps[day]
    rates = np.array([0.1722, 4.268]) * np.exp(walk)
    return np.column_stack([np.ones(calendar.days), np.round(rates, 4)])


def make_lines(
    seed: int, calendar: Calendar, catalogue: Catalogue, orders: Orders, rates: Array
) -> Lines:
    """Return the lines of all orders, before any discount."""
    pick = draw(seed, 31, len(orders))
    count = 1 + (pick > 0.60) + (pick > 0.86) + (pick > 0.955)
    order = np.repeat(np.arange(len(orders)), count)
    place = np.arange(len(order)) - np.repeat(np.cumsum(count) - count, count) + 1
    product = _products(seed, calendar, catalogue, orders, order, place == 1)
    shoes = catalogue.shoes[product]
    size = np.where(shoes, 36 + (draw(seed, 34, len(order)) * 11).astype(np.int64), 0)
    several = ~shoes & (draw(seed, 35, len(order)) < 0.18)
    quantity = np.where(several, 2, 1)
    rate = rates[orders.day, orders.country][order]
    unit = _prices(catalogue.price[product], rate, orders.country[order])
    cost = np.round(catalogue.cost[product] / rate).astype(np.int64)
    none = np.zeros(len(order), np.int64)
    return Lines(order, place, product, size, quantity, unit, none, none, cost)


def _prices(grosze: Array, rate: Array, country: Array) -> Array:
    """Return hundredths in the country's currency; whole crowns, cents of euros."""
    exact = grosze / rate
    return np.where(country == 1, np.round(exact / 100) * 100, np.round(exact)).astype(
        np.int64
    )


def _products(
    seed: int, calendar: Calendar, catalogue: Catalogue,
    orders: Orders, order: Array, first: Array,
) -> Array:  # fmt: skip
    month = np.array([day.month - 1 for day in calendar.dates])[orders.day][order]
    season = np.array([c.season for c in CATEGORIES]).T
    shelf, choice = draw(seed, 32, len(order)), draw(seed, 33, len(order))
    category = np.zeros(len(order), np.int64)
    for mask, shares in (
        (first, np.array([c.share for c in CATEGORIES])),
        (~first, np.array([c.extra for c in CATEGORIES])),
    ):
        weights = np.cumsum(season * shares, axis=1)
        weights /= weights[:, -1:]
        category[mask] = (shelf[mask][:, None] >= weights[month[mask]]).sum(axis=1)
    product = np.zeros(len(order), np.int64)
    for place in range(len(CATEGORIES)):
        here = category == place
        shelf_products = np.flatnonzero(catalogue.category == place)
        steps = np.cumsum(catalogue.weight[shelf_products])
        found = np.searchsorted(steps / steps[-1], choice[here], side="right")
        product[here] = shelf_products[np.minimum(found, len(shelf_products) - 1)]
    return product


def price_orders(
    seed: int,
    calendar: Calendar,
    visits: Visits,
    orders: Orders,
    lines: Lines,
    rates: Array,
) -> Money:
    """Return the money of each order and fill in discount and tax of its lines."""
    coupon = _coupons(seed, calendar, visits, orders)
    size = len(orders)
    goods = lines.unit * lines.quantity
    lines.discount = np.round(goods * COUPON_RATE[coupon][lines.order]).astype(np.int64)
    share = VAT / (1 + VAT)
    lines.tax = np.round(lines.paid * share[orders.country][lines.order]).astype(np.int64)
    rate = rates[orders.day, orders.country]
    paid = np.bincount(lines.order, lines.paid, size).astype(np.int64)
    fee = np.where(paid * rate >= FREE_FROM, 0, SHIPPING[orders.delivery])
    fee += np.where(orders.method == COD, COD_FEE, 0)
    fee = _prices(fee, rate, orders.country)
    fee_tax = np.round(fee * share[orders.country]).astype(np.int64)
    tax = np.bincount(lines.order, lines.tax, size).astype(np.int64) + fee_tax
    discount = np.bincount(lines.order, lines.discount, size).astype(np.int64)
    return Money(paid + fee, discount, fee - fee_tax, tax, rate, coupon)


def _coupons(seed: int, calendar: Calendar, visits: Visits, orders: Orders) -> Array:
    """Return which coupon each order used; 0 for none."""
    pick = draw(seed, 36, len(orders))
    coupon = np.where(pick < 0.055, 1, np.where(pick < 0.085, 2, 0))
    sale = np.flatnonzero(calendar.buying > 1)
    coupon = np.where(np.isin(orders.day, sale) & (pick < 0.6), 3, coupon)
    moved = visits.moved[np.maximum(orders.visit, 0)] & (orders.visit >= 0)
    if visits.moved.any():
        first = calendar.days - 1 - int(COUPON["starts"])
        days = (orders.day >= first) & (orders.day < first + int(COUPON["days"]))
        moved |= days & (pick > 0.65)
    coupon = np.where(moved, 4, coupon)
    return np.where(orders.kind == MARKETPLACE, 0, coupon)
