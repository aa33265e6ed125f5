"""The sample shop's customers, parcels, returns and exchange rates."""

from __future__ import annotations

import numpy as np
import polars as pl

from connectors.sample.baskets import CURRENCIES
from connectors.sample.calendar import DAY, HOUR, NEVER, Array
from connectors.sample.columns import instants, keys, names, where
from connectors.sample.draws import draw
from connectors.sample.orders import MARKETPLACE
from connectors.sample.parcels import CARRIERS, COMPLAINTS, REASONS, is_open
from connectors.sample.people import make_people
from connectors.sample.visits import COUNTRIES
from connectors.sample.world import World


def customer_frame(world: World) -> pl.DataFrame:
    """Return one row per buyer of the own shop, account or guest."""
    orders, people, now = world.orders, make_people(world), world.calendar.now
    landed = orders.alive & (orders.kind != MARKETPLACE)
    person = np.unique(orders.person[landed])
    count = np.bincount(orders.person[landed & orders.counts], minlength=len(orders))[
        person
    ]
    account = people.account[person]
    before = (draw(world.seed, 130, len(orders))[person] ** 3 * 300 * DAY).astype(np.int64)
    created = orders.at[person] - np.where(account, before, 0)
    last = np.full(len(orders), NEVER)
    np.maximum.at(last, orders.person[landed], orders.at[landed])
    return pl.DataFrame(
        {
            "customer_id": where(
                account,
                people.customer_id.gather(person),
                people.guest_key.gather(person),
            ),
            "email": people.email.gather(person),
            "phone": people.phone.gather(person),
            "created_at": instants(created, now),
            "country": names(COUNTRIES, orders.country[person]),
            "marketing_consent": people.consent[person],
            "orders_count": count.astype(np.int32),
            "is_staff": np.zeros(len(person), bool),
            "tags": pl.Series([["account"], ["guest"]]).gather(
                (~account).astype(np.uint32)
            ),
            "updated_at": instants(last[person], now),
        }
    )


def fulfillment_frame(world: World) -> pl.DataFrame:
    """Return the parcels that have left."""
    orders, parcels, now = world.orders, world.parcels, world.calendar.now
    sent = np.flatnonzero(~is_open(parcels.shipped, world.calendar))
    moments = {
        "shipped_at": parcels.shipped,
        "delivered_at": parcels.delivered,
        "promised_at": parcels.promised,
        "ready_for_pickup_at": parcels.ready,
        "collected_at": parcels.collected,
        "returned_to_sender_at": parcels.sent_back,
    }
    columns = {name: instants(values[sent], now) for name, values in moments.items()}
    # a promise is known before its day has come
    columns["promised_at"] = instants(parcels.promised[sent], now + 60 * DAY)
    known = [np.where(v[sent] <= now, v[sent], NEVER) for v in moments.values()]
    status = np.where(~is_open(parcels.sent_back[sent], world.calendar), 2, 0)
    status = np.where(~is_open(parcels.delivered[sent], world.calendar), 1, status)
    return pl.DataFrame(
        {
            "fulfillment_id": keys("f", orders.number[sent]),
            "order_id": keys("", orders.number[sent]),
            **columns,
            "carrier": names(CARRIERS, parcels.carrier[sent]),
            "status": names(["in_transit", "delivered", "returned_to_sender"], status),
            "updated_at": instants(np.maximum.reduce(known), now),
        }
    )


def return_frame(world: World) -> pl.DataFrame:
    """Return the returns announced by the end of the last day."""
    lines, back, orders, now = world.lines, world.returns, world.orders, world.calendar.now
    row = np.flatnonzero(~is_open(back.requested, world.calendar))
    steps = (back.received <= now) * 1 + (back.refunded <= now)
    last = np.choose(
        steps[row], (back.requested[row], back.received[row], back.refunded[row])
    )
    waits = np.where(back.requested == NEVER, 0, back.refunded - back.received)
    answered = back.received[row] + waits[row] // 2
    last = np.where(answered <= now, np.maximum(last, answered), last)
    is_complaint = np.isin(back.reason, [REASONS.index(reason) for reason in COMPLAINTS])
    return pl.DataFrame(
        {
            "return_id": keys("z", orders.number[lines.order[row]] * 10 + lines.place[row]),
            "order_id": keys("", orders.number[lines.order[row]]),
            "line_id": keys("", lines.place[row]),
            "kind": names(["withdrawal", "complaint"], is_complaint[row] * 1),
            "reason": names(REASONS, back.reason[row]),
            "status": names(["requested", "received", "refunded"], steps[row]),
            "quantity": lines.quantity[row].astype(np.int32),
            "requested_at": instants(back.requested[row], now),
            "answered_at": instants(answered, now),
            "received_at": instants(back.received[row], now),
            "refunded_at": instants(back.refunded[row], now),
            "updated_at": instants(last, now),
        }
    )


def rate_frame(world: World) -> pl.DataFrame:
    """Return the rate of each foreign currency for every day."""
    calendar = world.calendar
    day = np.tile(np.arange(calendar.days), 2)
    currency = np.repeat([1, 2], calendar.days)
    rate: Array = world.rates[day, currency]
    noon = calendar.instants(day, np.full(len(day), 12 * HOUR))
    return pl.DataFrame(
        {
            "date": pl.Series(calendar.dates, dtype=pl.Date).gather(day),
            "currency": names(CURRENCIES, currency),
            "to_currency": names(["PLN"], np.zeros(len(day), np.int64)),
            "rate": pl.Series(rate).cast(pl.Decimal(18, 8)),
            "updated_at": instants(noon, calendar.now),
        }
    )
