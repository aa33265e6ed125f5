"""What the sample shop spends and sends: ads, newsletters, texts and flows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from connectors.sample.calendar import DAY, HOUR, NEVER, Array
from connectors.sample.checkout_frames import TAKES, make_checkouts
from connectors.sample.columns import instants, keys, names, where
from connectors.sample.orders import MARKETPLACE
from connectors.sample.people import make_people
from connectors.sample.ways import WAYS
from connectors.sample.world import World


class Price(NamedTuple):
    """What a platform charges: PLN per click, and shown adverts per click."""

    platform: str
    click: float
    shown: float


PLATFORMS = {
    "Paid Search": Price("google_ads", 1.25, 14),
    "Paid Shopping": Price("google_ads", 0.95, 85),
    "Paid Social": Price("meta_ads", 0.85, 95),
    "Display": Price("google_ads", 0.35, 320),
    "Affiliates": Price("affiliates", 1.60, 20),
}
CLICKS_PER_VISIT = 1.12
READERS = 9_500
"""Newsletter readers at the end, per million visits."""
RATES = {"delivered": 0.985, "opened": 0.44, "clicked": 0.07, "unsubscribed": 0.004}
"""Of the messages sent, by event of a flow."""


def campaign_frame(world: World) -> pl.DataFrame:
    """Return cost and clicks by campaign and day, and each newsletter sent."""
    return pl.concat([_ads(world), _newsletters(world)], how="diagonal")


def _ads(world: World) -> pl.DataFrame:
    days = world.calendar.days
    random = np.random.default_rng([world.seed, 170])
    visits = np.bincount(world.way * days + world.visits.day, minlength=len(WAYS) * days)
    parts = []
    for place, way in enumerate(WAYS):
        if way.channel not in PLATFORMS or way.campaign is None:
            continue
        price = PLATFORMS[way.channel]
        seen = visits[place * days : (place + 1) * days]
        clicks = random.poisson(seen * CLICKS_PER_VISIT)
        cost = clicks * price.click * np.exp(random.normal(0, 0.08, days))
        claimed = random.poisson(clicks * 0.021)
        day = np.flatnonzero(clicks)
        parts.append(
            _platform_rows(
                world, day, price.platform, way.campaign, way.channel
            ).with_columns(
                cost=pl.Series(np.round(cost[day], 2)).cast(pl.Decimal(18, 6)),
                impressions=pl.Series(random.poisson(clicks * price.shown)[day]),
                clicks=pl.Series(clicks[day]),
                platform_conversions=pl.Series(claimed[day].astype(float)),
                platform_revenue=pl.Series(claimed[day] * 209.0).cast(pl.Decimal(18, 4)),
                attribution=pl.lit("7-day click"),
            )
        )
    return pl.concat(parts)


def _platform_rows(
    world: World, day: Array, platform: str, campaign: str, channel: str
) -> pl.DataFrame:
    dates = pl.Series(world.calendar.dates, dtype=pl.Date)
    return dates.gather(day).alias("date").to_frame().with_columns(
        platform=pl.lit(platform), campaign_id=pl.lit(f"{platform}-{campaign}"),
        campaign_name=pl.lit(campaign), utm_campaign=pl.lit(campaign),
        channel=pl.lit(channel), time_zone=pl.lit("Europe/Warsaw"), currency=pl.lit("PLN"),
        is_final=pl.lit(True),
    )  # fmt: skip


def _newsletters(world: World) -> pl.DataFrame:
    """Return one row per newsletter; every Thursday one goes to all readers."""
    calendar = world.calendar
    random = np.random.default_rng([world.seed, 171])
    day = np.array([i for i, d in enumerate(calendar.dates) if d.weekday() == 3])
    grown = 0.55 + 0.45 * day / calendar.days
    sent = np.round(READERS * world.scale * grown).astype(np.int64)
    delivered = random.binomial(sent, 0.988)
    opens = random.binomial(delivered, 0.37)
    clicks = random.binomial(opens, 0.065)
    issue = [f"newsletter-{calendar.dates[i]:%G-%V}" for i in day]
    rows = _platform_rows(world, day, "newsletter", "newsletter", "Email")
    return rows.with_columns(
        campaign_id=pl.Series(issue, dtype=pl.String),
        campaign_name=pl.Series(issue, dtype=pl.String),
        cost=pl.Series(np.round(sent * 0.011, 2)).cast(pl.Decimal(18, 6)),
        clicks=pl.Series(clicks), sent=pl.Series(sent), delivered=pl.Series(delivered),
        opens=pl.Series(opens), unsubscribes=pl.Series(random.binomial(delivered, 0.0016)),
    )  # fmt: skip


def message_frame(world: World) -> pl.DataFrame:
    """Return the events of each message of the flows and of the text campaigns."""
    return pl.concat([_reminders(world), _thanks(world), _texts(world)])


def _reminders(world: World) -> pl.DataFrame:
    """Return the reminders of abandoned checkouts, an hour after them."""
    checkouts, people = make_checkouts(world), make_people(world)
    row = np.flatnonzero((checkouts.reminder == 0) | (checkouts.reminder == 1))
    visit, order = checkouts.visit[row], checkouts.order[row]
    bought = order >= 0
    person = np.where(bought, world.orders.person[np.maximum(order, 0)], -1)
    email = where(
        bought, people.of(people.email, person), keys("w", visit, None, "@mail.example")
    )
    at = world.visits.at[visit] + TAKES + HOUR
    text = checkouts.reminder[row] == 1
    return _events(world, 172, visit, at, email, "abandoned_cart", "abandoned-cart", text)


def _thanks(world: World) -> pl.DataFrame:
    """Return the mail that follows a delivery, to those who agreed to mail."""
    orders, people = world.orders, make_people(world)
    delivered = world.parcels.delivered
    agreed = people.consent[orders.person] & (orders.kind != MARKETPLACE)
    row = np.flatnonzero((delivered != NEVER) & agreed)
    email = people.of(people.email, orders.person[row])
    at = delivered[row] + 3 * DAY
    ids = 10_000_000 + orders.number[row]
    text = np.zeros(len(row), bool)
    return _events(world, 173, ids, at, email, "post_purchase", "post-purchase", text)


def _texts(world: World) -> pl.DataFrame:
    """Return a text message every ninth Friday to buyers of the year before."""
    orders, people, calendar = world.orders, make_people(world), world.calendar
    fridays = [i for i, d in enumerate(calendar.dates) if d.weekday() == 4][4::9]
    parts = []
    for number, day in enumerate(fridays):
        noon = calendar.instants(np.array([day]), np.array([12 * HOUR]))[0]
        before = (orders.at < noon) & (orders.at > noon - 365 * DAY) & orders.counts
        person = np.unique(orders.person[before & (orders.kind != MARKETPLACE)])
        person = person[
            people.consent[person] & people.phone.is_not_null().to_numpy()[person]
        ]
        person = person[person % 4 == number % 4]
        ids = 100_000_000 + number * 1_000_000 + person
        email = people.of(people.email, person)
        at = np.full(len(person), noon) + person % 900
        name = f"sms-{calendar.dates[day]:%Y-%m}"
        text = np.ones(len(person), bool)
        parts.append(_events(world, 174 + number, ids, at, email, None, name, text))
    return pl.concat(parts)


def _events(
    world: World, stream: int, ids: Array, at: Array, email: pl.Series,
    flow: str | None, campaign: str, text: Array,
) -> pl.DataFrame:  # fmt: skip
    """Return sent, delivered and, for mail, what readers did with each message."""
    random = np.random.default_rng([world.seed, 180, stream])
    now = world.calendar.now
    pick = random.random(len(ids))
    hours = random.exponential(9, len(ids))
    parts = [(np.arange(len(ids)), "sent", at)]
    for event, rate in RATES.items():
        unread = text if event in ("opened", "unsubscribed") else np.zeros(len(ids), bool)
        row = np.flatnonzero((pick < rate) & ~unread)
        wait = 30 if event == "delivered" else (hours[row] * HOUR).astype(np.int64) + 60
        parts.append((row, event, at[row] + wait))
    frames = [
        pl.DataFrame(
            {
                "message_id": keys("m", ids[row]),
                "campaign_id": names([campaign], np.zeros(len(row), np.int64)),
                "campaign_name": names([campaign], np.zeros(len(row), np.int64)),
                "flow": names([flow], np.zeros(len(row), np.int64)),
                "email": email.gather(row),
                "channel": names(["email", "sms"], text[row] * 1),
                "event": names([event], np.zeros(len(row), np.int64)),
                "happened_at": instants(moment, now),
            }
        )
        for row, event, moment in parts
    ]
    return pl.concat(frames).filter(pl.col("happened_at").is_not_null())
