"""The sample shop as web analytics would land it: visits and items by day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from connectors.sample.calendar import Array
from connectors.sample.catalogue import CATEGORIES
from connectors.sample.columns import MONEY, instants, keys, names
from connectors.sample.draws import draw
from connectors.sample.people import WebIdentity, make_web_identity
from connectors.sample.visits import CHANNELS, COUNTRIES, DEVICES
from connectors.sample.ways import LANDING_SHARE, LANDINGS, WAYS
from connectors.sample.world import World

BATCH = 250_000


def session_frames(world: World) -> Iterator[pl.DataFrame]:
    """Return all visits, in a few frames."""
    web = make_web_identity(world)
    behaviour = _behaviour(world)
    size = len(world.visits)
    for start in range(0, size, BATCH):
        rows = np.arange(start, min(start + BATCH, size))
        yield (
            pl.DataFrame(_who(world, web, rows) | _where(world, rows))
            .with_columns(
                pl.Series(name, values[rows]) for name, values in behaviour.items()
            )
            .with_columns(
                transaction_id=keys("", web.transaction[rows], web.transaction[rows] >= 0),
                consent=names(
                    ["granted", "denied"], world.visits.denied[rows].astype(np.int8)
                ),
            )
        )


def _who(world: World, web: WebIdentity, rows: Array) -> dict[str, pl.Series]:
    known = ~world.visits.denied[rows]
    new = (
        pl.Series(web.is_new[rows])
        .to_frame("n")
        .select(pl.when(pl.Series("k", known)).then(pl.col("n")))
    )
    return {
        "session_key": keys("s", rows),
        "visitor_key": keys("v", web.visitor[rows], known),
        "user_key": keys("u", web.user[rows] + 100_001, known & (web.user[rows] >= 0)),
        "started_at": instants(world.visits.at[rows], world.calendar.now),
        "is_new": new.to_series(),
    }


def _where(world: World, rows: Array) -> dict[str, pl.Series]:
    visits, way = world.visits, world.way[rows]
    landing = np.searchsorted(
        np.cumsum(LANDING_SHARE) / LANDING_SHARE.sum(),
        draw(world.seed, 110, len(visits))[rows],
    )
    return {
        "channel_group": names(CHANNELS, visits.channel[rows]),
        "source_name": names([w.source for w in WAYS], way),
        "medium": names([w.medium for w in WAYS], way),
        "campaign": names([w.campaign for w in WAYS], way),
        "device_category": names(DEVICES, visits.device[rows]),
        "country": names(COUNTRIES, visits.country[rows]),
        "landing_page": names(LANDINGS, landing),
    }


def _behaviour(world: World) -> dict[str, Array]:
    """Return what each visit did, as counts."""
    visits = world.visits
    size = len(visits)
    random = np.random.default_rng([world.seed, 111])
    pages = 1 + random.geometric(0.45, size) * visits.looked + 3 * visits.carted
    engaged = np.where(
        visits.looked, random.random(size) < 0.86, random.random(size) < 0.14
    )
    engaged |= visits.carted
    seconds = np.round(random.exponential(28, size) * pages + 10 * engaged, 1)
    searches = (random.random(size) < 0.08 + 0.05 * visits.looked) * random.geometric(
        0.62, size
    )
    zero = random.binomial(searches, 0.115)
    items = visits.looked * (1 + random.poisson(1.6, size)) + visits.carted
    counts = {
        "page_views": pages + visits.checked_out * 3,
        "items_viewed": items,
        "searches": searches,
        "zero_results": zero,
        "add_to_carts": visits.carted * (1 + random.poisson(0.5, size)),
        "checkouts": visits.checked_out,
        "shipping_infos": visits.shipping,
        "payment_infos": visits.payment,
        "purchases": visits.bought,
    }
    whole = {name: values.astype(np.int32) for name, values in counts.items()}
    return {
        "is_engaged": engaged,
        "engagement_seconds": np.where(engaged, seconds, 0.0),
    } | whole


def item_frame(world: World) -> pl.DataFrame:
    """Return the items report: one row per product and day on which it was seen."""
    looks, carts = _by_day(world, "items_viewed"), _by_day(world, "add_to_carts")
    sold, revenue = _sold(world)
    viewed = np.maximum(_spread(world, looks, 112), sold * 3)
    carted = np.minimum(np.maximum(_spread(world, carts, 113), sold), viewed)
    day, product = np.nonzero(viewed)
    catalogue, dates = world.catalogue, world.calendar.dates
    here = (day, product)
    return pl.DataFrame(
        {
            "report": pl.Series(["items"]).gather(np.zeros(len(day), np.uint32)),
            "date": pl.Series(dates, dtype=pl.Date).gather(day),
            "time_zone": pl.Series(["Europe/Warsaw"]).gather(np.zeros(len(day), np.uint32)),
            "currency": pl.Series(["PLN"]).gather(np.zeros(len(day), np.uint32)),
            "item_id": names(catalogue.product_id, product),
            "item_name": names(catalogue.title, product),
            "is_final": np.ones(len(day), bool),
            "items_viewed": viewed[here],
            "items_added_to_cart": carted[here],
            "items_checked_out": np.maximum(
                sold[here], np.round(carted[here] * 0.46)
            ).astype(int),
            "items_purchased": sold[here],
            "item_revenue": pl.Series(np.round(revenue[here], 2)).cast(MONEY),
        }
    )


def _by_day(world: World, name: str) -> Array:
    counts = _behaviour(world)[name]
    days = np.bincount(world.visits.day, counts, world.calendar.days)
    return days.astype(np.int64)


def _spread(world: World, totals: Array, stream: int) -> Array:
    """Return the totals of each day spread over the products of the season."""
    random = np.random.default_rng([world.seed, stream])
    shelf = world.catalogue.category
    season = np.array([c.season for c in CATEGORIES]).T
    share = np.array([c.share + 0.2 * c.extra for c in CATEGORIES])
    months = np.array([day.month - 1 for day in world.calendar.dates])
    weights = (season[months] * share)[:, shelf] * world.catalogue.weight
    weights /= weights.sum(axis=1, keepdims=True)
    return random.multinomial(totals, weights)


def _sold(world: World) -> tuple[Array, Array]:
    """Return items and PLN per day and product of the orders web analytics saw."""
    web, orders, lines = make_web_identity(world), world.orders, world.lines
    seen = np.isin(orders.number, web.transaction[web.transaction >= 0])[lines.order]
    products = len(world.catalogue.title)
    cell = orders.day[lines.order] * products + lines.product
    size = world.calendar.days * products
    sold = np.bincount(cell[seen], lines.quantity[seen], size).astype(np.int64)
    paid = (lines.paid * world.money.rate[lines.order] / 100)[seen]
    shape = (world.calendar.days, products)
    return sold.reshape(shape), np.bincount(cell[seen], paid, size).reshape(shape)
