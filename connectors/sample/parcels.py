"""The sample shop's parcels, returns and refunds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from connectors.sample.baskets import Lines
from connectors.sample.calendar import DAY, HOUR, NEVER, Array, Calendar
from connectors.sample.catalogue import CATEGORIES, Catalogue
from connectors.sample.draws import draw, even_out
from connectors.sample.orders import COD, Orders
from connectors.sample.truths import LATE_CARRIER, NOT_COLLECTED, SIZE_QUESTIONS

CARRIERS = ("Paczkowa Sieć", "Kurier Orlik", "Zásilka Expres", "Paket Nord",
            str(LATE_CARRIER["carrier"]), "Store pickup")  # fmt: skip
PROMISED_DAYS = np.array([3, 5, 5])
"""Days from the order to the promised delivery, by country."""
REASONS = ("too_small", "too_big", "not_as_described", "changed_mind", "defective", "late")
COMPLAINTS = ("not_as_described", "defective", "late")
SLOW = 0.05
"""Share of returns whose money takes a week or two longer."""
REASON_SHARE = (0.27, 0.16, 0.15, 0.30, 0.08, 0.04)
ASKED_REASON_SHARE = (0.68, 0.12, 0.08, 0.07, 0.04, 0.01)
RETURNED_GEAR = 0.09
ARRIVES = 0.979
"""Share of parcels that reach their buyer: returns are told per line sold."""
JACKETS = [c.name for c in CATEGORIES].index("Jackets")


@dataclass
class Parcels:
    """One element per order; NEVER where it did not happen."""

    shipped: Array
    promised: Array
    ready: Array
    delivered: Array
    collected: Array
    sent_back: Array
    carrier: Array
    """Place in CARRIERS."""


@dataclass
class Returns:
    """One element per order line; NEVER where it did not happen."""

    requested: Array
    received: Array
    refunded: Array
    reason: Array
    """Place in REASONS."""


def make_parcels(
    seed: int, calendar: Calendar, orders: Orders, truths: frozenset[str]
) -> Parcels:
    """Return one parcel per counting order."""
    size = len(orders)
    spread = [draw(seed, 40 + i, size) for i in range(6)]
    midnight = calendar.instants(orders.day, np.zeros(size, np.int64))
    promised = midnight + PROMISED_DAYS[orders.country] * DAY + 20 * HOUR
    early = -0.15 - 1.55 * spread[0]
    margin = np.where(orders.late, 0.55 + 3.8 * spread[0] ** 1.6, early)
    delivered = promised + (margin * DAY).astype(np.int64)
    shipped = orders.at + ((delivered - orders.at) * (0.22 + 0.4 * spread[1])).astype(
        np.int64
    )
    waits = np.isin(orders.delivery, (0, 2))
    slow = spread[2] ** 2.2 * 3.2
    collected = delivered + (slow * DAY).astype(np.int64) + 1800
    base = float(NOT_COLLECTED["before"])
    cod = float(NOT_COLLECTED["after"]) if "not_collected" in truths else base
    by_cash = orders.method == COD
    refused = even_out(spread[3], by_cash * 1) < np.where(by_cash, cod, 0.006)
    sent_back = delivered + ((3 + 4 * spread[4]) * DAY).astype(np.int64)
    mine = [2 if country == 1 else 3 for country in range(3)]
    carrier = np.where(
        orders.country == 0,
        np.where(orders.delivery == 0, 0, 1),
        np.array(mine)[orders.country],
    )
    carrier = np.where(orders.morava, 4, np.where(orders.delivery == 2, 5, carrier))
    gone = ~orders.counts
    return Parcels(
        np.where(gone, NEVER, shipped),
        np.where(gone, NEVER, promised),
        np.where(gone | ~waits, NEVER, delivered),
        np.where(gone | refused, NEVER, delivered),
        np.where(gone | refused | ~waits, NEVER, collected),
        np.where(gone | ~refused, NEVER, sent_back),
        carrier,
    )


def make_returns(
    seed: int, catalogue: Catalogue, orders: Orders, lines: Lines,
    parcels: Parcels, truths: frozenset[str],
) -> Returns:  # fmt: skip
    """Return what comes back of each line; parcels sent back are not among them."""
    size = len(lines.order)
    spread = [draw(seed, 50 + i, size) for i in range(5)]
    shoes, asked = catalogue.shoes[lines.product], catalogue.asked[lines.product]
    others = float(SIZE_QUESTIONS["others"]) / ARRIVES
    rate = np.where(shoes, others, RETURNED_GEAR)
    rate = np.where(catalogue.category[lines.product] == JACKETS, 0.17, rate)
    bad = asked & ("size_questions" in truths)
    rate = np.where(bad, float(SIZE_QUESTIONS["returned"]) / ARRIVES, rate)
    delivered = parcels.delivered[lines.order]
    comes = (delivered != NEVER) & (even_out(spread[0], shoes * 1 + asked) < rate)
    requested = delivered + ((0.5 + 13 * spread[1] ** 1.7) * DAY).astype(np.int64)
    received = requested + ((2 + 4 * spread[2]) * DAY).astype(np.int64)
    waits = 1 + 7 * spread[3] ** 1.5
    waits += np.where(draw(seed, 55, size) < SLOW, 6 + 9 * spread[2], 0)
    refunded = received + (waits * DAY).astype(np.int64)
    usual = np.searchsorted(np.cumsum(REASON_SHARE), spread[4])
    small = np.searchsorted(np.cumsum(ASKED_REASON_SHARE), spread[4])
    reason = np.minimum(np.where(bad, small, usual), len(REASONS) - 1)
    return Returns(
        np.where(comes, requested, NEVER), np.where(comes, received, NEVER),
        np.where(comes, refunded, NEVER), reason,
    )  # fmt: skip


def is_open(instant: Array, calendar: Calendar) -> Array:
    """Return whether something has not happened by the end of the last day."""
    unknown: Array = (instant == NEVER) | (instant > calendar.now)
    return unknown
