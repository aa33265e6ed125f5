"""What the sample shop's customers say: surveys, reviews, points and referrals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from connectors.sample.calendar import DAY, NEVER, Array
from connectors.sample.columns import instants, keys, money, names, where
from connectors.sample.contacts import NOBODY, TICKET
from connectors.sample.draws import draw
from connectors.sample.help_frames import contact_emails, make_handling
from connectors.sample.orders import MARKETPLACE, OWN
from connectors.sample.parcels import is_open
from connectors.sample.people import make_people
from connectors.sample.world import World

REVIEWED = 0.0615
"""Share of delivered orders that are reviewed within 30 days."""
NPS_ASKED, NPS_ANSWERED = 0.35, 0.17
CSAT_ASKED, CES_ASKED, SURVEY_ANSWERED = 0.95, 0.95, 0.36
"""One survey after a ticket asks both, with few left out."""
MEMBER = 0.42
"""Share of accounts that collect points."""
POINT = 5
"""What a point takes off an order, in hundredths."""
REFERRED = 0.024
"""Share of own-shop orders that somebody brought."""
SIGN_UPS = 0.006
"""Newsletter sign-ups per visit."""


def feedback_frame(world: World) -> pl.DataFrame:
    """Return surveys sent, answered or not, and reviews."""
    return pl.concat([_reviews(world), _nps(world), _after_contact(world)])


def _mood(world: World) -> Array:
    """Return what each buyer made of the order; 0 is as usual, less is worse."""
    orders = world.orders
    mood = -0.9 * orders.late - 1.5 * orders.effort
    back = np.zeros(len(orders), bool)
    back[world.lines.order[world.returns.requested != NEVER]] = True
    again = orders.following >= 0
    return np.asarray(mood - 0.5 * back + 0.25 * again)


def _feedback(
    kind: str, ids: pl.Series, score: pl.Series, scale: tuple[float, float],
    moments: Sequence[pl.Series], links: dict[str, pl.Series],
) -> pl.DataFrame:  # fmt: skip
    """Return feedback rows; moments are asked, answered, replied, last change."""
    size = len(ids)
    nothing = names([], np.full(size, -1))
    asked, answered, replied, changed = moments
    return pl.DataFrame(
        {
            "feedback_id": ids,
            "kind": pl.Series([kind]).gather(np.zeros(size, np.uint32)),
            "score": score,
            "scale_min": np.full(size, float(scale[0])),
            "scale_max": np.full(size, float(scale[1])),
            "email": links["email"],
            "order_id": links.get("order_id", nothing),
            "ticket_id": links.get("ticket_id", nothing),
            "product_id": links.get("product_id", nothing),
            "asked_at": asked,
            "answered_at": answered,
            "replied_at": replied,
            "published": pl.Series(np.full(size, kind == "review")),
            "updated_at": changed,
        }
    )


def _reviews(world: World) -> pl.DataFrame:
    orders, now, people = world.orders, world.calendar.now, make_people(world)
    random = np.random.default_rng([world.seed, 160])
    size = len(orders)
    pick, days, noise, reply, wait = random.random((5, size))
    delivered = world.parcels.delivered
    at = delivered + ((2 + 27 * days**1.5) * DAY).astype(np.int64)
    asked = delivered + 2 * DAY
    order = np.flatnonzero((delivered != NEVER) & (pick < REVIEWED) & (at <= now))
    level = noise[order] + 0.18 * _mood(world)[order]
    score = 1 + (level > 0.03) + (level > 0.07) + (level > 0.15) + (level > 0.40)
    replied = at + ((0.2 + 5 * wait) * DAY).astype(np.int64)
    answers = reply[order] < np.where(score <= 3, 0.75, 0.25)
    replied = np.where(answers, replied[order], NEVER)
    first_line = np.searchsorted(world.lines.order, order)
    product = world.lines.product[first_line]
    return _feedback(
        "review", keys("r", orders.number[order]), pl.Series(score.astype(float)), (1, 5),
        (instants(asked[order], now), instants(at[order], now), instants(replied, now),
         instants(np.where(replied <= now, np.maximum(replied, at[order]), at[order]),
                  now)),
        {
            "email": people.of(people.email, orders.person[order]),
            "order_id": keys("", orders.number[order]),
            "product_id": names(world.catalogue.product_id, product),
        },
    )  # fmt: skip


def _nps(world: World) -> pl.DataFrame:
    orders, now, people = world.orders, world.calendar.now, make_people(world)
    random = np.random.default_rng([world.seed, 161])
    size = len(orders)
    ask, answer, noise, days = random.random((4, size))
    delivered = world.parcels.delivered
    asked = delivered + 14 * DAY
    sent = (delivered != NEVER) & (orders.kind == OWN) & (ask < NPS_ASKED) & (asked <= now)
    order = np.flatnonzero(sent)
    answered = asked[order] + ((0.1 + 6 * days[order] ** 2) * DAY).astype(np.int64)
    answered = np.where((answer[order] < NPS_ANSWERED) & (answered <= now), answered, NEVER)
    level = np.clip(noise[order] + 0.22 * _mood(world)[order], 0, 1)
    steps = np.cumsum([0.02, 0.005, 0.01, 0.015, 0.015, 0.035, 0.04, 0.11, 0.17, 0.23])
    score = pl.Series(np.searchsorted(steps, level).astype(float))
    return _feedback(
        "nps", keys("n", orders.number[order]), where(answered != NEVER, score), (0, 10),
        (instants(asked[order], now), instants(answered, now),
         instants(np.full(len(order), NEVER), now),
         instants(np.maximum(asked[order], answered), now)),
        {
            "email": people.of(people.email, orders.person[order]),
            "order_id": keys("", orders.number[order]),
        },
    )  # fmt: skip


def _after_contact(world: World) -> pl.DataFrame:
    """Return what people say of the help they got: how satisfied, and how easy."""
    contacts, now = world.contacts, world.calendar.now
    handling = make_handling(world)
    random = np.random.default_rng([world.seed, 162])
    ask, answer, noise, hours = random.random((4, len(contacts)))
    asked = handling.resolved + 3600
    can = (contacts.kind == TICKET) & (contacts.who != NOBODY)
    can &= (handling.resolved != NEVER) & (asked <= now)
    answered = asked + ((0.2 + 40 * hours) * 3600).astype(np.int64)
    answers = (answer < SURVEY_ANSWERED) & (answered <= now)
    level = np.clip(noise - 0.22 * contacts.rough, 0, 1)
    parts = []
    for kind, group, steps, top in (
        ("csat", can & (ask < CSAT_ASKED), (0.04, 0.08, 0.16, 0.42), 5),
        ("ces", can & (ask >= 1 - CES_ASKED), (0.03, 0.06, 0.10, 0.18, 0.36, 0.64), 7),
    ):
        row = np.flatnonzero(group)
        score = pl.Series(1.0 + np.searchsorted(np.array(steps), level[row]))
        moment = np.where(answers[row], answered[row], NEVER)
        parts.append(
            _feedback(
                kind, keys(kind, row), where(answers[row], score), (1, top),
                (instants(asked[row], now), instants(moment, now),
                 instants(np.full(len(row), NEVER), now),
                 instants(np.maximum(asked[row], moment), now)),
                {
                    "email": contact_emails(world, row)[0],
                    "ticket_id": keys("t", row),
                },
            )
        )  # fmt: skip
    return pl.concat(parts)


def loyalty_frame(world: World) -> pl.DataFrame:
    """Return enrolments, points earned and used, and referrals."""
    frame = pl.concat([_points(world), _referrals(world)])
    return frame.filter(pl.col("happened_at").is_not_null())


def _points(world: World) -> pl.DataFrame:
    orders, people, now = world.orders, make_people(world), world.calendar.now
    size = len(orders)
    member = people.account & (draw(world.seed, 163, size) < MEMBER)
    own = orders.counts & (orders.kind == OWN)
    earns = np.flatnonzero(own & member[orders.person])
    enrols = earns[orders.person[earns] == earns]
    uses = earns[
        (orders.previous[earns] >= 0) & (draw(world.seed, 164, size)[earns] < 0.22)
    ]
    order = np.concatenate([enrols, earns, uses])
    kind = np.repeat([0, 1, 2], [len(enrols), len(earns), len(uses)])
    points = np.floor(world.money.gross * world.money.rate / 100)[order]
    used = np.minimum(points, 300)
    at = orders.at[order] + kind * 60
    return pl.DataFrame(
        {
            "event_id": keys("l", orders.number[order] * 10 + kind),
            "email": people.of(people.email, orders.person[order]),
            "customer_id": people.of(people.customer_id, orders.person[order]),
            "kind": names(["enrolled", "earned", "redeemed"], kind),
            "points": np.choose(kind, (np.zeros(len(order)), points, -used)),
            "amount": money(used * POINT, kind == 2),
            "currency": names(["PLN"], np.where(kind == 2, 0, -1)),
            "referred_email": names([], np.full(len(order), -1)),
            "order_id": keys("", orders.number[order], kind > 0),
            "happened_at": instants(at, now),
            "updated_at": instants(at, now),
        }
    )


def _referrals(world: World) -> pl.DataFrame:
    """Return who brought whom: a first order, recommended after a recent delivery."""
    orders, people, now = world.orders, make_people(world), world.calendar.now
    random = np.random.default_rng([world.seed, 165])
    pick, back = random.random((2, len(orders)))
    own = orders.counts & (orders.kind == OWN)
    new = np.flatnonzero(own & (orders.previous < 0) & (pick < REFERRED / 0.74))
    pool = np.flatnonzero(own & (world.parcels.delivered != NEVER))
    pool = pool[np.argsort(world.parcels.delivered[pool], kind="stable")]
    before = orders.at[new] - ((1 + 24 * back[new]) * DAY).astype(np.int64)
    place = np.searchsorted(world.parcels.delivered[pool], before) - 1
    found = place >= 0
    new, giver = new[found], orders.person[pool[place[found]]]
    other = giver != new
    new, giver = new[other], giver[other]
    return pl.DataFrame(
        {
            "event_id": keys("l", orders.number[new] * 10 + 5),
            "email": people.of(people.email, giver),
            "customer_id": people.of(people.customer_id, giver),
            "kind": names(["referral"], np.zeros(len(new), np.int64)),
            "points": np.full(len(new), 150.0),
            "amount": money(np.zeros(len(new)), np.zeros(len(new), bool)),
            "currency": names([], np.full(len(new), -1)),
            "referred_email": people.of(people.email, orders.person[new]),
            "order_id": keys("", orders.number[new]),
            "happened_at": instants(orders.at[new] + 120, now),
            "updated_at": instants(orders.at[new] + 120, now),
        }
    )


def subscription_frame(world: World) -> pl.DataFrame:
    """Return newsletter sign-ups of buyers and others, and who left again."""
    orders, people, now = world.orders, make_people(world), world.calendar.now
    random = np.random.default_rng([world.seed, 166])
    size, visits = len(orders), world.visits
    first = (
        orders.counts & (orders.kind != MARKETPLACE) & (orders.person == np.arange(size))
    )
    buyers = np.flatnonzero(first & people.consent)
    rate = SIGN_UPS - len(buyers) / len(visits)
    others = np.flatnonzero(
        visits.looked & ~visits.bought & (random.random(len(visits)) < rate)
    )
    at = np.concatenate([orders.at[buyers], visits.at[others] + 90])
    leaves = random.random(len(at)) < 0.16
    left = at + (random.exponential(150, len(at)) * DAY).astype(np.int64)
    email = pl.concat(
        [people.email.gather(buyers), keys("s", others, None, "@mail.example")]
    )
    ids = np.concatenate([orders.number[buyers] * 10, others * 10 + 1])
    gone = leaves & ~is_open(left, world.calendar)
    row = np.concatenate([np.arange(len(at)), np.flatnonzero(gone)])
    kind = np.repeat([0, 1], [len(at), int(gone.sum())])
    moment = np.where(kind == 1, left[row], at[row])
    return pl.DataFrame(
        {
            "event_id": keys("s", ids[row], None, "")
            .to_frame("i")
            .select(pl.concat_str("i", pl.lit("-"), pl.Series("k", kind).cast(pl.String)))
            .to_series(),
            "email": email.gather(row),
            "list": names(["newsletter"], np.zeros(len(row), np.int64)),
            "kind": names(["subscribed", "unsubscribed"], kind),
            "channel": names(["email"], np.zeros(len(row), np.int64)),
            "happened_at": instants(moment, now),
            "updated_at": instants(moment, now),
        }
    ).filter(pl.col("happened_at").is_not_null())
