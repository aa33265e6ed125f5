"""Orders of Shopify: by bulk operation for the years before, by page for what changed.

A mark holds what a next read needs: the page or the operation that was being read, and
the orders whose customer journey Shopify had not worked out yet.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import json
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from connectors.shopify import bulk, documents
from connectors.shopify.calls import (
    VISIBLE,
    Calls,
    Shop,
    Sized,
    is_named,
    now,
    pages,
    remark,
    rest,
    text,
)
from connectors.shopify.documents import Rights
from connectors.shopify.rows import Rows as Maker, amount
from journey.connector import (
    Batch,
    Days,
    Flag,
    Http,
    Mark,
    Present,
    Rows,
    Since,
    moment,
    one_by_one,
)  # fmt: skip

WAITING = dt.timedelta(days=3)
"""How long an order without a customer journey is read again."""
RECENT = dt.timedelta(days=90)
"""How far back deleted orders are looked for."""
DAY = dt.timedelta(days=1)
TOGETHER = 200
"""Orders that are completed and marked together."""
PAGES = ((100, 10), (50, 10), (25, 10), (10, 10), (5, 10), (2, 10), (1, 10), (1, 3))
NAMED = ((50, 10), (25, 10), (10, 10), (5, 10), (2, 10), (1, 10), (1, 3))
IDS = ((250, 0), (100, 0), (25, 0))
MOST_PAGES = 200
"""Pages of ids that a look for deletions may cost."""
ENOUGH = 20
"""Orders by which the lack of every address is no accident."""

Order = dict[str, Any]


@dataclass
class State:
    """What a mark says."""

    after: str | None = None
    """Cursor of the next page."""
    operation: str | None = None
    done: int = 0
    """Orders of that operation's file that are landed."""
    paged: bool = False
    """Whether the stretch is read by pages because no operation could be run."""
    waiting: dict[str, str] = field(default_factory=dict)
    """Order -> when it was created, while its journey is not ready."""

    def mark(self, lasting: bool = False) -> Mark:
        return Mark(json.dumps(asdict(self), separators=(",", ":")), lasting)

    def finish(self, newest: bool) -> Mark:
        """Return the mark at the end: only what waits goes on."""
        self.after = self.operation = None
        self.done, self.paged = 0, False
        return self.mark(lasting=newest)


def state_of(mark: str | None) -> State:
    return State(**json.loads(mark)) if mark else State()


class Orders:
    """Reads the orders of one shop, with all that belongs to them."""

    def __init__(self, calls: Calls, shop: Shop, maker: Maker, since: Since) -> None:
        self.calls = calls
        self.http: Http = calls.http
        self.rights = shop.rights
        self.maker = maker
        self.since = since
        self.now = now()
        self.state = state_of(since.mark)
        self.named = Sized(calls, NAMED)
        self.seen = self.with_person = 0

    def read(self) -> Iterator[Batch]:
        """Yield what changed, or what was created in the stretch."""
        yield from hidden(self.since, self.rights, self.now)
        if self.since.before is None:
            yield from self._changed()
        elif not self._all_hidden(self.since.before):
            yield from self._stretch()
        if self.since.newest:
            yield from self._anonymous()
            if self.since.thorough and self.since.before is None:
                yield from self._present()
        yield self.state.finish(self.since.newest)

    # ------------------------------------------------------------ the changes

    def _changed(self) -> Iterator[Batch]:
        since = self.since.first or self.now - VISIBLE
        query = f"updated_at:>={text(since)}"
        yield from self._pages(query, "UPDATED_AT")
        yield from self._waited()

    def _waited(self) -> Iterator[Batch]:
        """Read again what had no journey yet; an order may wait for three days."""
        oldest = (self.now - WAITING).isoformat()
        waiting = dict(self.state.waiting)
        ids = [gid for gid, created in waiting.items() if _utc(created) >= oldest]
        self.state.waiting = {gid: waiting[gid] for gid in ids}
        for orders in self._named(documents.named_orders(self.rights), ids):
            yield from self._batches(orders)

    def _pages(self, query: str, sort: str) -> Iterator[Batch]:
        sized = Sized(self.calls, PAGES)
        document = documents.orders(self.rights)
        found = pages(sized, document, "orders", self.state.after, query=query, sort=sort)
        for nodes, after in found:
            yield from self._batches(nodes)
            self.state.after = after
            if after:
                yield self.state.mark()

    # ------------------------------------------------------------ the stretch

    def _stretch(self) -> Iterator[Batch]:
        assert self.since.before is not None
        query = f"created_at:<{text(self.since.before)}"
        if self.since.first is not None:
            query = f"created_at:>={text(self.since.first)} {query}"
        if not self.state.paged and (yield from self._from_file(query)):
            return
        self.state.paged, self.state.operation = True, None
        yield from self._pages(query, "CREATED_AT")

    def _from_file(self, query: str) -> Generator[Batch, None, bool]:
        """Yield the orders of a bulk operation; return whether they were all."""
        document = documents.bulk_orders(self.rights, query)
        for _ in range(2):
            if self.state.operation is None:
                self.state.operation, self.state.done = bulk.start(self.calls, document), 0
            if self.state.operation is None:
                return False
            yield self.state.mark()
            try:
                result = bulk.finished(self.calls, self.state.operation)
            except bulk.Gone:
                self.state.operation = None
                continue
            if result.url:
                yield from self._lines(result.url, result.whole)
            if not result.whole:
                yield remark(self.since, "bulk_operation_failed", why=result.error)
            return result.whole
        return False

    def _lines(self, url: str, whole: bool) -> Iterator[Batch]:
        reader = bulk.Reader()
        orders = reader.orders(self.http.lines(url), whole)
        for _ in itertools.islice(orders, self.state.done):
            pass
        while chunk := list(itertools.islice(orders, TOGETHER)):
            yield from self._batches(chunk)
            self.state.done += len(chunk)
            yield self.state.mark()
        for again in self._named(documents.named_orders(self.rights), sorted(reader.late)):
            yield from self._batches(again)

    # ---------------------------------------------------------- the completing

    def _named(self, document: str, ids: list[str]) -> Iterator[list[Order]]:
        """Yield things by their ids, those that still exist."""
        at = 0
        while at < len(ids):
            found = self.named.ask(document, functools.partial(_some, ids[at:]))
            yield [node for node in found["nodes"] if node]
            at += self.named.size[0]

    def _batches(self, orders: list[Order]) -> Iterator[Batch]:
        """Yield orders with all their parts; one that cannot be read is told by its id."""
        yield from one_by_one(orders, self._rows)

    def _rows(self, orders: list[Order]) -> Iterator[Rows]:
        """Yield orders with all their parts; remember which have no journey yet."""
        self._complete(orders)
        make = self.maker
        yield Rows([make.order(order) for order in orders])
        for table, rows in (
            ("order_line", make.lines), ("refund", make.refunds),
            ("fulfillment", make.parcels), ("payment_attempt", make.attempts),
            ("return_case", make.returns),
        ):  # fmt: skip
            if children := [row for order in orders for row in rows(order)]:
                yield Rows(children, table)
        for order in orders:
            self._remember(order)

    def _remember(self, order: Order) -> None:
        self.seen += 1
        self.with_person += bool(order.get("email") or order.get("phone"))
        self.state.waiting.pop(order["id"], None)
        if not self.rights.journey or not self.since.newest:
            return
        if self.maker.words.sales_channel(order) != "own_shop":
            return
        journey = order.get("customerJourneySummary")
        young = _utc(order["createdAt"]) >= (self.now - WAITING).isoformat()
        if young and not (journey and journey["ready"]):
            self.state.waiting[order["id"]] = order["createdAt"]

    def _complete(self, orders: list[Order]) -> None:
        """Ask for what a page was too small for and a bulk operation cannot nest."""
        document = documents.more_lines(self.rights)
        for order in orders:
            if order["lineItems"].get("pageInfo", {}).get("hasNextPage"):
                lines = rest(self.calls, document, "lineItems", order)
                order["lineItems"] = {"nodes": lines}
        self._add_refunds(orders)
        if self.rights.returns:
            self._add_returns(orders)

    def _add_refunds(self, orders: list[Order]) -> None:
        paid = {r["id"]: r for o in orders for r in o["refunds"]
                if amount(r["totalRefundedSet"])}  # fmt: skip
        for found in itertools.chain(*self._named(documents.REFUNDS, list(paid))):
            refund = paid[found["id"]]
            refund["lines"] = rest(
                self.calls, documents.MORE_REFUND_LINES, "refundLineItems", found
            )
            refund["sendings"] = found["refundShippingLines"]["nodes"]
            refund["adjustments"] = found["orderAdjustments"]["nodes"]

    def _add_returns(self, orders: list[Order]) -> None:
        known = {order["id"]: order for order in orders
                 if order.get("returnStatus") not in (None, "NO_RETURN")}  # fmt: skip
        for found in itertools.chain(*self._named(documents.RETURNS, list(known))):
            known[found["id"]]["returned"] = [
                {**back, "lines": self._return_lines(back)}
                for back in rest(
                    self.calls, documents.MORE_RETURNS, "returns", found, lines=25
                )
            ]

    def _return_lines(self, back: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        lines = rest(self.calls, documents.MORE_RETURN_LINES, "returnLineItems", back)
        return [line for line in lines if line]

    # ------------------------------------------------------------- the remarks

    def _all_hidden(self, before: dt.datetime) -> bool:
        return not self.rights.all_orders and before <= self.now - VISIBLE

    def _anonymous(self) -> Iterator[Batch]:
        """Say that protected fields came empty: no e-mail does not mean a guest."""
        if self.rights.refused or (self.seen >= ENOUGH and not self.with_person):
            fields = ", ".join(self.rights.refused) or "email, phone"
            yield remark(self.since, "redacted_fields", fields=fields)

    def _present(self) -> Iterator[Batch]:
        """Say which orders of the last weeks still exist; deleting leaves no trace."""
        first = self.now - (RECENT if self.rights.all_orders else VISIBLE - DAY)
        before = self.now - dt.timedelta(hours=1)
        query = f"processed_at:>={text(first)}"
        ids = all_ids(self.calls, documents.ORDER_IDS, "orders", query=query)
        if ids is not None:
            yield Present("order_id", ids, first, before)


def all_ids(calls: Calls, document: str, root: str, **fixed: Any) -> list[str] | None:
    """Return the numbers of all things of a list; None where they are too many to ask,
    or one of them has none."""
    ids: list[str] = []
    found = pages(Sized(calls, IDS), document, root, None, **fixed)
    for count, (nodes, _) in enumerate(found, start=1):
        if count > MOST_PAGES:
            return None
        named = [node["id"] for node in nodes if is_named(node)]
        if len(named) < len(nodes):
            return None
        ids += [gid.rpartition("/")[2] for gid in named]
    return ids


def hidden(since: Since, rights: Rights, today: dt.datetime) -> Iterator[Batch]:
    """Say which days the app cannot see, instead of calling them empty."""
    first, before, wall = since.first, since.before, today - VISIBLE
    if rights.all_orders or before is None or (first is not None and first >= wall):
        return
    start = (first or wall).date()
    end = max(start, min(before, wall).date())
    what = "orders older than 60 days: the app has no read_all_orders"
    yield Flag("not_available", start, end, None, {"what": what})
    if wall + DAY < before - DAY:
        yield Days((wall + DAY).date(), (before - DAY).date())


def _some(ids: list[str], many: int, lines: int) -> dict[str, Any]:
    """Return the variables of a call for the first of the ids."""
    return {"ids": ids[:many], "lines": lines}


def _utc(told: str) -> str:
    """Return an instant of Shopify so that it compares with one of this machine."""
    return moment(told).astimezone(dt.UTC).isoformat()
