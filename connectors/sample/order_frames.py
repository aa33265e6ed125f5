"""The sample shop's orders as the shop system would land them."""

from __future__ import annotations

import numpy as np
import polars as pl

from connectors.sample.baskets import COUPONS, CURRENCIES
from connectors.sample.calendar import DAY, NEVER, Array
from connectors.sample.catalogue import CATEGORIES
from connectors.sample.columns import instants, keys, money, names, where
from connectors.sample.draws import draw
from connectors.sample.orders import COD, DELIVERIES, LOST, MARKETPLACE, METHODS, OWN, TEST
from connectors.sample.parcels import is_open
from connectors.sample.people import make_people, make_web_identity
from connectors.sample.visits import COUNTRIES, DEVICES
from connectors.sample.ways import WAYS
from connectors.sample.world import World

STATUSES = (
    "processing", "completed", "refunded", "failed", "cancelled", "pending", "on-hold",
    "test",
)  # fmt: skip
REFUND_REASONS = ("return", "not_collected")
ATTRIBUTED, ATTRIBUTED_UNSEEN = 0.785, 0.885
"""Share of own-shop orders whose source the shop noted; of those web analytics missed."""


def order_frame(world: World) -> pl.DataFrame:
    """Return all orders that were placed, of every status."""
    orders, people, now = world.orders, make_people(world), world.calendar.now
    status = order_status(world)
    own = orders.kind != MARKETPLACE
    account = where(own, people.of(people.customer_id, orders.person))
    columns = {
        "order_id": keys("", orders.number),
        "order_name": where(own, keys("PL-", orders.number), keys("MP-", orders.number)),
        "customer_id": account,
        "email": people.of(people.email, orders.person),
        "phone": people.of(people.phone, orders.person),
        "placed_at": instants(orders.at, now),
        "status": names(STATUSES, status),
        "financial_status": _financial(world, status),
        "fulfillment_status": _fulfilled(world),
        "sales_channel": names(
            ["own_shop", "marketplace"], (orders.kind == MARKETPLACE) * 1
        ),
        "payment_method": names(METHODS, orders.method),
        "delivery_method": names(DELIVERIES, orders.delivery),
        "ship_country": names(COUNTRIES, orders.country),
        "currency": names(CURRENCIES, orders.country),
        "updated_at": instants(_last_change(world), now),
    }
    columns |= _amounts(world) | _attribution(world)
    frame = pl.DataFrame(columns).with_columns(
        prices_include_tax=pl.lit(True),
        is_test=pl.Series(orders.kind == TEST),
        cancelled_at=where(
            status == STATUSES.index("cancelled"), instants(orders.at + DAY, now)
        ),
    )
    return frame.filter(pl.Series(orders.alive))


def order_status(world: World) -> Array:
    """Return the place in STATUSES of every order as of the last day."""
    orders, calendar = world.orders, world.calendar
    age = (calendar.now - orders.at) / DAY
    pick = draw(world.seed, 120, len(orders))
    shipped = ~is_open(world.parcels.shipped, calendar)
    stuck = np.where(pick < 0.04, 5, np.where(pick < 0.10, 6, -1))
    young = np.where(
        (pick < 0.3) & (age < 3), 5, np.where((pick < 0.55) & (age < 9), 6, stuck)
    )
    lost = np.where(young >= 0, young, np.where(pick < 0.66, 3, 4))
    counted = np.where(shipped, 1, 0)
    counted = np.where(_refunded(world) >= world.money.gross, 2, counted)
    return np.select([orders.kind == LOST, orders.kind == TEST], [lost, 7], counted)


def _refunded(world: World) -> Array:
    """Return hundredths refunded per order by the end of the last day."""
    size = len(world.orders)
    lines = world.lines
    back = ~is_open(world.returns.refunded, world.calendar)
    amount = np.bincount(lines.order[back], lines.paid[back], size).astype(np.int64)
    unclaimed = ~is_open(_sent_back_refund(world), world.calendar)
    refunded: Array = np.where(unclaimed, world.money.gross, amount)
    return refunded


def _sent_back_refund(world: World) -> Array:
    sent_back = world.parcels.sent_back
    return np.where(sent_back == NEVER, NEVER, sent_back + 2 * DAY)


def _financial(world: World, status: Array) -> pl.Series:
    refunded = _refunded(world)
    paid = (world.orders.method != COD) | ~is_open(world.parcels.delivered, world.calendar)
    place = np.where(paid & (status <= 2), 1, 0)
    place = np.where(refunded > 0, 2, place)
    place = np.where(status == STATUSES.index("refunded"), 3, place)
    return names(["pending", "paid", "partially_refunded", "refunded"], place)


def _fulfilled(world: World) -> pl.Series:
    place = (~is_open(world.parcels.shipped, world.calendar)) * 1
    place = np.where(~is_open(world.parcels.sent_back, world.calendar), 2, place)
    return names(["unfulfilled", "fulfilled", "returned"], place)


def _last_change(world: World) -> Array:
    """Return the last instant at which anything about the order changed."""
    orders, now = world.orders, world.calendar.now
    refunds = np.full(len(orders), NEVER)
    np.maximum.at(refunds, world.lines.order, world.returns.refunded)
    last = orders.at + 120
    for moments in (
        world.parcels.shipped, world.parcels.delivered, world.parcels.collected,
        _sent_back_refund(world), refunds,
    ):  # fmt: skip
        last = np.where(moments <= now, np.maximum(last, moments), last)
    known: Array = np.minimum(last, now)
    return known


def _amounts(world: World) -> dict[str, pl.Series]:
    cash = world.money
    coupons = pl.Series([[code] if code else [] for code in COUPONS])
    return {
        "gross_total": money(cash.gross),
        "discount_total": money(cash.discount),
        "shipping_total": money(cash.shipping),
        "tax_total": money(cash.tax),
        "refunded_total": money(_refunded(world)),
        "shop_currency": names(["PLN"], np.zeros(len(cash.gross), np.int64)),
        "shop_rate": pl.Series(cash.rate),
        "coupon_codes": coupons.gather(cash.coupon.astype(np.uint32)),
    }


def _attribution(world: World) -> dict[str, pl.Series]:
    """Return the shop's own note of where the buyer came from, where it has one."""
    orders, visits = world.orders, world.visits
    size = len(orders)
    web = make_web_identity(world)
    visit = np.maximum(orders.visit, 0)
    own = np.isin(orders.kind, (OWN, LOST)) & (orders.visit >= 0)
    seen = own & (web.transaction[visit] >= 0)
    pick = draw(world.seed, 121, size)
    known = own & (pick < np.where(seen, ATTRIBUTED, ATTRIBUTED_UNSEEN))
    last = np.where(known, world.way[visit], -1)
    touches = np.random.default_rng([world.seed, 122]).geometric(0.45, size)
    other = world.way[(visit * 7 + 13) % len(visits)]
    first = np.where(known & (touches > 1), other, last)
    days = np.where(touches > 1, touches * 2 - 1, 0)
    notes = {}
    for when, way in (("first", first), ("last", last)):
        notes[f"{when}_channel"] = names([w.channel for w in WAYS], way)
        notes[f"{when}_source"] = names([w.source for w in WAYS], way)
        notes[f"{when}_medium"] = names([w.medium for w in WAYS], way)
        notes[f"{when}_campaign"] = names([w.campaign for w in WAYS], way)
    return notes | {
        "device_category": names(DEVICES, np.where(known, orders.device, -1)),
        "touchpoints": where(known, pl.Series(touches.astype(np.int32))),
        "days_to_conversion": where(known, pl.Series(days.astype(np.int32))),
        "attribution_ready": pl.Series(known),
        "transaction_id": keys("", orders.number, own),
    }


def line_frame(world: World) -> pl.DataFrame:
    """Return the lines of every landed order."""
    lines, catalogue, orders = world.lines, world.catalogue, world.orders
    product = lines.product
    back = ~is_open(world.returns.refunded, world.calendar)
    ids = names(catalogue.product_id, product)
    sizes = keys("-", lines.size, lines.size > 0).fill_null("")
    frame = pl.DataFrame(
        {
            "order_id": keys("", orders.number[lines.order]),
            "line_id": keys("", lines.place),
            "sku": ids + sizes,
            "product_id": ids,
            "title": names(catalogue.title, product),
            "category": names([c.name for c in CATEGORIES], catalogue.category[product]),
            "brand": names(catalogue.brand, product),
            "quantity": lines.quantity.astype(np.int32),
            "unit_price": money(lines.unit),
            "discount": money(lines.discount),
            "tax": money(lines.tax),
            "unit_cost": money(lines.cost),
            "refunded_quantity": np.where(back, lines.quantity, 0).astype(np.int32),
            "currency": names(CURRENCIES, orders.country[lines.order]),
            "updated_at": instants(_last_change(world)[lines.order], world.calendar.now),
        }
    )
    return frame.filter(pl.Series(orders.alive[lines.order]))


def refund_frame(world: World) -> pl.DataFrame:
    """Return refunds of returned lines and of parcels that nobody collected."""
    lines, orders, now = world.lines, world.orders, world.calendar.now
    row = np.flatnonzero(~is_open(world.returns.refunded, world.calendar))
    whole_at = _sent_back_refund(world)
    whole = np.flatnonzero(~is_open(whole_at, world.calendar))
    order = np.concatenate([lines.order[row], whole])
    at = np.concatenate([world.returns.refunded[row], whole_at[whole]])
    nothing = np.zeros(len(row), np.int64)
    line = np.concatenate([lines.place[row], np.full(len(whole), -1)])
    return pl.DataFrame(
        {
            "refund_id": keys("r", orders.number[order] * 10 + np.maximum(line, 0)),
            "order_id": keys("", orders.number[order]),
            "line_id": keys("", line, line > 0),
            "refunded_at": instants(at, now),
            "amount": money(np.concatenate([lines.paid[row], world.money.gross[whole]])),
            "tax": money(np.concatenate([lines.tax[row], world.money.tax[whole]])),
            "shipping": money(np.concatenate([nothing, world.money.shipping[whole]])),
            "currency": names(CURRENCIES, orders.country[order]),
            "reason": names(REFUND_REASONS, (line < 0) * 1),
            "updated_at": instants(at, now),
        }
    )
