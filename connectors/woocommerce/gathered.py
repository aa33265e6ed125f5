"""Orders of several pages, gathered until it pays to make rows of them."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.woocommerce.orders import Mapper
from connectors.woocommerce.pages import Page, Row, things_of
from connectors.woocommerce.things import Order, Thing
from journey.connector import Frame, Rows, Unreadable, one_by_one, parsed

TOGETHER = 2_000
"""Orders whose columns are made together."""
LARGEST = 32_000_000
"""Bytes of their answers, where plugins write much to each order."""
LONGEST = 5.0
"""Seconds that pages wait for others; a kill costs no more of them."""

Placed = tuple[Page, str]
"""A page, and the place where it ended."""


def together(pages: Iterator[Placed]) -> Iterator[list[Placed]]:
    """Yield several pages at a time, in a list that is empty again after its use: answers
    are large. What came before a page that fails is given out before the failure.

    The first comes alone, then twice as many as before: where a shop soon wants no more
    calls, every read gets on.
    """
    gathered: list[Placed] = []
    enough, begun = 1, time.monotonic()
    try:
        for placed in pages:
            gathered.append(placed)
            del placed
            things, size = _weigh(gathered)
            late = time.monotonic() - begun > LONGEST
            if things >= enough or size >= LARGEST or late:
                yield gathered
                gathered.clear()
                enough, begun = min(2 * things, TOGETHER), time.monotonic()
    except Exception:
        if gathered:
            yield gathered
        raise
    if gathered:
        yield gathered


def _weigh(pages: Sequence[Placed]) -> tuple[int, int]:
    """Return how many things there are, and the bytes of the answers."""
    return sum(len(page.things) for page, _ in pages), sum(len(p.body) for p, _ in pages)


@dataclass(frozen=True)
class Named:
    """What orders name, as the shop tells it."""

    products: Mapping[str, Mapping[str, Any]]
    """Number -> category, brand, cost."""
    refunds: Mapping[Any, Sequence[Row]]
    """Order id -> its refunds in full."""

    def rows(self, mapper: Mapper, orders: Sequence[Thing]) -> Iterator[Frame | Rows]:
        """Yield the rows of some orders."""
        refunds = {o.id: self.refunds[o.id] for o in orders if o.id in self.refunds}
        done = mapper.map(orders, self.products, refunds)
        yield Frame(done.orders)
        yield Frame(done.lines, table="order_line")
        if done.refunds:
            yield Rows(done.refunds, table="refund")
        if done.parcels:
            yield Rows(done.parcels, table="fulfillment")


@dataclass(frozen=True)
class Gathered:
    """Orders as they came, with all that they name; rows are made of them anywhere."""

    bodies: Sequence[bytes]
    ids: Sequence[Collection[str]]
    """Those that are wanted of each answer."""
    named: Named
    mapper: Mapper

    def batches(self) -> Iterator[Frame | Rows | Unreadable]:
        """Yield their rows; of what changed meanwhile the later counts."""
        found = {
            str(thing.id): thing
            for body, ids in zip(self.bodies, self.ids, strict=True)
            for thing in things_of(parsed(body, Order), "/orders", Order)
            if str(thing.id) in ids
        }
        return one_by_one(
            list(found.values()), lambda orders: self.named.rows(self.mapper, orders)
        )
