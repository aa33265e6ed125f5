"""Reads orders and what hangs on them: refunds in full, products, and what was deleted."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from msgspec import ValidationError

from connectors.woocommerce.gathered import Gathered, Named, Placed, together
from connectors.woocommerce.orders import FIELDS, Mapper
from connectors.woocommerce.pages import (
    AFFORDABLE,
    BEGINNING,
    By,
    Listing,
    Page,
    Row,
    Walk,
    listed,
    numbered,
    rows_of,
    second,
    things_of,
)
from connectors.woocommerce.things import Head, Listed, Order, Thing
from journey.connector import (
    ODD,
    Batch,
    Flag,
    Given,
    Http,
    JourneyError,
    Later,
    Mark,
    Present,
    Since,
    one_by_one,
)  # fmt: skip

STATUSES = ("checkout-draft", "trash", "any")
"""Asked one after another: `any` leaves the other two out, also beside them in a list.
Drafts become orders while they are read, so `any` comes last."""
PLACES = 4
"""Decimals asked for; money is rounded to those of the shop when an order is saved, but
the net sums of its lines keep more."""
NO_ROUTE = "rest_no_route"
WRONG_ID = "woocommerce_rest_shop_order_invalid_id"
UNGROUPED = ("uncategorized", "bez-kategorii", "uncategorised", "unkategorisiert")


@dataclass
class Products:
    """Category, brand and cost of products, as they are now; asked for as they occur."""

    http: Http
    brands: Collection[str]
    known: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Number -> category, brand, cost."""
    by_id: bool = True

    def of(self, orders: Sequence[Head | Order]) -> dict[str, Mapping[str, Any]]:
        """Return the products that these orders name; ask for those not known yet."""
        named = {line.product_id for order in orders for line in order.line_items}
        numbers = {str(number) for number in named if number}
        asked = sorted(n for n in numbers - self.known.keys() if n.isdigit())
        for start in range(0, len(asked), 100):
            self._ask(asked[start : start + 100])
        return {number: self.known[number] for number in numbers & self.known.keys()}

    def _ask(self, ids: Sequence[str]) -> None:
        params = {"_fields": "id,categories,brands,attributes,cost_of_goods_sold"}
        if self.by_id:
            chosen = {**params, "include": _joined(ids), "per_page": 100}
            rows = rows_of(self.http.get("/products", chosen).json, "/products")
            self._keep(rows)
            self.by_id = all(str(row["id"]) in ids for row in rows)
        if not self.by_id:
            for page in numbered(self.http, "/products", params, 100):
                self._keep(page.things)
        for number in ids:  # removed ones are asked for only once
            self.known.setdefault(number, {})

    def _keep(self, rows: Sequence[Row]) -> None:
        for row in rows:
            cost = (row.get("cost_of_goods_sold") or {}).get("total_value")
            self.known[str(row["id"])] = {
                "category": _category(row), "brand": self._brand(row),
                "cost": str(cost) if cost else None,
            }  # fmt: skip

    def _brand(self, row: Row) -> str | None:
        for brand in row.get("brands") or ():
            return str(brand["name"])
        for attribute in row.get("attributes") or ():
            names = {str(attribute.get(n) or "").lower() for n in ("name", "slug")}
            if names & set(self.brands) and attribute.get("options"):
                return str(attribute["options"][0])
        return None


def _category(row: Row) -> str | None:
    for category in row.get("categories") or ():
        if category.get("slug") not in UNGROUPED:
            return str(category["name"])
    return None


@dataclass
class Refunds:
    """Refunds in full; shops older than WooCommerce 9 list them by order only."""

    http: Http
    in_one_list: bool = True
    known: dict[Any, dict[Any, Row]] = field(default_factory=dict)
    """Order id -> id -> refund, of what was asked for and not given out yet."""

    def of(self, orders: Sequence[Head | Order]) -> dict[Any, list[Row]]:
        """Return order id -> the refunds it names, in full.

        Asked for in their order: what came before a call that fails is known then.
        """
        named = {refund.id: order.id for order in orders for refund in order.refunds}
        self._ask({id: of for id, of in named.items() if id not in self.known.get(of, ())})
        return {of: [*self.known.pop(of, {}).values()] for of in set(named.values())}

    def _ask(self, named: dict[Any, Any]) -> None:
        ids = list(named)
        for start in range(0, len(ids), 100):
            for refund in self._together(ids[start : start + 100]):
                if of := named.pop(refund["id"], None):
                    self.known.setdefault(of, {})[refund["id"]] = refund
        for of in dict.fromkeys(named.values()):
            self.known[of] = {refund["id"]: refund for refund in self._one(of)}

    def _together(self, ids: Sequence[Any]) -> list[Row]:
        if not self.in_one_list:
            return []
        params = {"include": _joined(ids), "per_page": 100, "dp": PLACES}
        try:
            return rows_of(self.http.get("/refunds", params).json, "/refunds")
        except JourneyError as error:
            if not says(error, NO_ROUTE):
                raise
            self.in_one_list = False
            return []

    def _one(self, order: Any) -> list[Row]:
        path = f"/orders/{order}/refunds"
        reply = self.http.get(path, {"per_page": 100, "dp": PLACES})
        return rows_of(reply.json, path)

    def listed(self, everything: bool, size: int) -> Listing | None:
        """Return ids and orders of all refunds, or of the newest; None: cannot tell."""
        try:
            return listed(self.http, "/refunds", "parent_id", everything, size)
        except JourneyError as error:
            if not says(error, NO_ROUTE):
                raise
        try:
            orders = listed(
                self.http, "/orders", "refunds", everything, size, ("trash", "any")
            )
        except ValidationError:
            return None
        if orders.first:  # a new refund of an old order would be missing
            return None
        return Listing([
            Listed(id=refund.id, parent_id=order.id)
            for order in orders.things
            for refund in order.refunds
        ])  # fmt: skip


@dataclass
class Orders:
    """Reads orders with their lines, refunds and parcels."""

    http: Http
    mapper: Mapper
    products: Products
    refunds: Refunds
    size: int

    def read(self, since: Since) -> Iterator[Given]:
        """Yield a stretch by day of creation, or what changed; then what is left."""
        done, here = _place(since.mark)
        for number, status in enumerate(STATUSES):
            # what was trashed since a read was cut off stands in a list it had done with
            if since.before and number < done:
                continue
            yield from self._list(status, since, here if number == done else None)
        if since.before is None:
            left = listed(self.http, "/orders", "", since.thorough, self.size, STATUSES)
            yield Present("order_id", left.ids, left.first)

    def _list(self, status: str, since: Since, here: str | None) -> Iterator[Given]:
        """Yield one list from a moment in it on, with marks between its pages."""
        by: By = "date" if since.before else "modified"
        start = here or (second(since.first) if since.first else BEGINNING)
        until = second(since.before, up=True) if since.before else None
        params = {"status": status, "dp": PLACES, "_fields": FIELDS}
        walk = Walk(self.http, "/orders", Head, by, start, until, self.size, params)
        for pages in together(walk.pages()):
            yield from self._given(pages, status)
        if not walk.obeys:
            day = dt.datetime.now(dt.UTC).date()
            yield Flag("bounds_passed_over", day, day, None, {"list": status})

    def _given(self, pages: Sequence[Placed], status: str) -> Iterator[Given]:
        """Yield pages with a mark. Where one of them names what cannot be asked for,
        those before it are given out before the failure."""
        try:
            later = self._later([page for page, _ in pages])
        except (JourneyError, *ODD):
            if len(pages) == 1:
                raise
            for placed in pages:
                yield from self._given([placed], status)
        else:
            yield later
            yield Mark(f"{status} {pages[-1][1]}")

    def _later(self, pages: Sequence[Page]) -> Later:
        """Return what makes the rows of these pages, all asked for that they name."""
        named = self._named_by([thing for page in pages for thing in page.things])
        bodies = [page.body for page in pages]
        ids = [{str(thing.id) for thing in page.things} for page in pages]
        return Later(Gathered(bodies, ids, named, self.mapper).batches)

    def _named_by(self, things: Sequence[Thing]) -> Named:
        """Return what these orders name, all that is not known yet asked for."""
        orders = [thing for thing in things if isinstance(thing, Head | Order)]
        return Named(self.products.of(orders), self.refunds.of(orders))

    def heal(self, since: Since) -> Iterator[Batch]:
        """Yield which refunds are left, and anew the orders that have lost one.

        Deleting a refund changes nothing about its order that a list of changes would
        show, so the refunds seen last time are kept in a mark.
        """
        left = self.refunds.listed(since.thorough, self.size)
        if left is None:
            return
        now = {str(thing.id): str(thing.parent_id or 0) for thing in left.things}
        before = _unpacked(since.mark)
        oldest = min(map(int, now), default=0) if left.first else 0
        lost = {
            of
            for refund, of in before.items()
            if refund not in now and int(refund) > oldest
        }
        for orders in self._by_id(sorted(lost, key=int)):
            rows = partial(self._named_by(orders).rows, self.mapper)
            for batch in one_by_one(orders, rows):
                yield replace(batch, table=batch.table or "sales_order")
        if since.before is None:
            yield Present("refund_id", list(now), left.first)
        yield Mark(_packed(now), lasting=True)

    def _by_id(self, ids: Sequence[str]) -> Iterator[list[Thing]]:
        """Yield orders by their ids, those that are still there."""
        params = {"dp": PLACES, "_fields": FIELDS}
        for start in range(0, len(ids), 100):
            chosen = ids[start : start + 100]
            asked = {**params, "include": _joined(chosen), "per_page": 100}
            reply = self.http.get("/orders", asked, of=Order)
            things = things_of(reply.json, "/orders", Order)
            found = [thing for thing in things if str(thing.id) in chosen]
            if len(found) < len(things):  # a server that passes over `include`
                found = [one for number in chosen for one in self._single(number, params)]
            yield found

    def _single(self, number: str, params: Mapping[str, Any]) -> list[Thing]:
        path = f"/orders/{number}"
        try:
            order = self.http.get(path, params).json
        except JourneyError as error:
            if not says(error, WRONG_ID):
                raise
            return []
        return things_of([order], path, Order)


def says(error: JourneyError, code: str) -> bool:
    """Return whether the shop refused a call with this code of its own."""
    return any(code in problem.found for problem in error.problems)


def _place(mark: str | None) -> tuple[int, str | None]:
    """Return the number of the list that a cut read was in, and its moment there."""
    status, _, here = (mark or "").partition(" ")
    return (STATUSES.index(status), here or None) if status in STATUSES else (0, None)


def _packed(refunds: Mapping[str, str]) -> str:
    newest = sorted(refunds, key=int)[-AFFORDABLE:]
    return json.dumps({key: refunds[key] for key in newest}, separators=(",", ":"))


def _unpacked(mark: str | None) -> dict[str, str]:
    try:
        found = json.loads(mark or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _joined(ids: Sequence[Any]) -> str:
    return ",".join(map(str, ids))
