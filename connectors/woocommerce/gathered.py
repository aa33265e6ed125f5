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
LONGEST = 5.0
"""Seconds that pages wait for others; a kill costs no more of them."""


def together(pages: Iterator[tuple[Page, str]]) -> Iterator[tuple[list[Page], str]]:
    """Yield several pages at a time, with the place where the last of them ended.

    What came before a page that fails is given out before the failure.
    """
    gathered: list[Page] = []
    place, begun = "", time.monotonic()
    try:
        for page, place in pages:
            gathered.append(page)
            many = sum(len(some.things) for some in gathered) >= TOGETHER
            if many or time.monotonic() - begun > LONGEST:
                yield gathered, place
                gathered, begun = [], time.monotonic()
    except Exception:
        if gathered:
            yield gathered, place
        raise
    if gathered:
        yield gathered, place


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
    ids: Collection[Any]
    """Those that are wanted of all that came."""
    named: Named
    mapper: Mapper

    def batches(self) -> Iterator[Frame | Rows | Unreadable]:
        """Yield their rows; of what changed meanwhile the later counts."""
        found = {
            thing.id: thing
            for body in self.bodies
            for thing in things_of(parsed(body, Order), "/orders", Order)
            if thing.id in self.ids
        }
        return one_by_one(
            list(found.values()), lambda orders: self.named.rows(self.mapper, orders)
        )
