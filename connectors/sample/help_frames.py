"""The sample shop's helpdesk: tickets, what happened to them, bot chats and calls."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import polars as pl

from connectors.sample.calendar import DAY, NEVER, Array
from connectors.sample.columns import instants, keys, names, where
from connectors.sample.contacts import (
    BOT,
    CALL,
    CHANNELS,
    NOBODY,
    PROSPECT,
    REASONS,
    TICKET,
)
from connectors.sample.links import visits_of_contacts
from connectors.sample.people import make_people, make_web_identity
from connectors.sample.visits import COUNTRIES
from connectors.sample.world import World

FIRST_REPLY = np.array([2.5, 170.0, 240.0, 130.0, 60.0, 1.0, 1.0])
"""Median minutes to the first reply, by channel."""
TEAMS = ("Product advice", "Orders", "Returns", "Payments")
TEAM_OF = np.array([0, 0, 1, 2, 2, 3, 2, 3])
"""By reason."""
NOISE = ("spam", "merged", "staff")
NOISE_PER_MILLION = (60, 25, 40)
MINUTE = 60


@dataclass(frozen=True)
class Handling:
    """One element per contact: how staff dealt with it."""

    replied: Array
    resolved: Array
    reopened: Array
    """When it came back, NEVER if it did not."""
    replies: Array
    waited: Array
    """Minutes the customer waited in all."""


@functools.lru_cache(maxsize=2)
def make_handling(world: World) -> Handling:
    """Return how each contact was dealt with, whether or not it was a ticket."""
    contacts = world.contacts
    size = len(contacts)
    random = np.random.default_rng([world.seed, 150])
    first = FIRST_REPLY[contacts.channel] * np.exp(random.normal(0, 0.75, size))
    first = np.minimum(first, 1380)
    quick = random.random(size) < 0.56
    rough = contacts.rough == 1
    replies = np.where(quick & ~rough, 1, 2 + random.poisson(0.8 + 1.4 * rough))
    hours = np.where(contacts.channel == 0, 0.3, 6.0) * np.exp(random.normal(0, 0.9, size))
    lasting = first + np.where(replies == 1, 1.0, hours * 60 * (replies - 1))
    replied = contacts.at + (first * MINUTE).astype(np.int64)
    resolved = contacts.at + (lasting * MINUTE).astype(np.int64) + 60
    again = resolved + ((0.2 + 1.5 * random.random(size)) * DAY).astype(np.int64)
    reopened = np.where(contacts.reopened == 1, again, NEVER)
    last = np.where(contacts.reopened == 1, again + 4 * 3600, resolved)
    abandoned = random.random(size) < 0.02
    last = np.where(abandoned & ~rough, NEVER, last)
    return Handling(replied, last, reopened, replies, np.round(lasting * 0.6, 1))


def contact_emails(world: World, row: Array) -> tuple[pl.Series, pl.Series]:
    """Return e-mail and phone of the contacts in `row`; callers gave the phone too."""
    contacts, people = world.contacts, make_people(world)
    who = contacts.who[row]
    person = np.where(who == 0, contacts.person[row], -1)
    stranger = keys("q", contacts.person[row], who == PROSPECT, "@mail.example")
    email = where(who == 0, people.of(people.email, person), stranger)
    phone = where(contacts.kind[row] == CALL, people.of(people.phone, person))
    return where(who != NOBODY, email), phone


def ticket_frame(world: World) -> pl.DataFrame:
    """Return tickets, and a little of what a helpdesk must leave out of its counts."""
    contacts, now = world.contacts, world.calendar.now
    row = np.flatnonzero(contacts.kind == TICKET)
    email, phone = contact_emails(world, row)
    product, order = contacts.product[row], contacts.order[row]
    catalogue = world.catalogue
    country = np.where(contacts.who[row] == 0, contacts.country[row], -1)
    frame = pl.DataFrame(
        {
            "ticket_id": keys("t", row),
            "email": email,
            "phone": phone,
            **_visit(world, row),
            "order_ref": keys("", world.orders.number[np.maximum(order, 0)], order >= 0),
            "product_id": names(catalogue.product_id, product),
            "brand": names(catalogue.brand, product),
            "country": names(COUNTRIES, country),
            "channel": names(CHANNELS, contacts.channel[row]),
            "reason": names(REASONS, contacts.reason[row]),
            "priority": names(["normal", "high"], contacts.rough[row]),
            "team": names(TEAMS, TEAM_OF[contacts.reason[row]]),
            "created_at": instants(contacts.at[row], now),
            **_progress(world, row),
        }
    )
    return _with_noise(world, frame)


def _progress(world: World, row: Array) -> dict[str, pl.Series]:
    """Return what had happened to the tickets in `row` by the end of the last day."""
    handling, contacts, now = make_handling(world), world.contacts, world.calendar.now
    created = contacts.at[row]
    replied, resolved = handling.replied[row], handling.resolved[row]
    is_replied = replied <= now
    is_resolved = (resolved != NEVER) & (resolved <= now)
    minutes = pl.Series(np.round((replied - created) / MINUTE, 1))
    full = pl.Series(np.round((resolved - created) / MINUTE, 1))
    old = is_resolved & (resolved < now - 4 * DAY)
    status = np.where(old, 3, np.where(is_resolved, 2, np.where(is_replied, 1, 0)))
    again = handling.reopened[row]
    reopens = (contacts.reopened[row] == 1) & (again <= now)
    last = np.where(is_resolved, resolved, np.where(is_replied, replied, created))
    transferred = contacts.transferred[row]
    replies = np.where(is_resolved, handling.replies[row], is_replied * 1)
    return {
        "status": names(["new", "open", "solved", "closed"], status),
        "first_reply_at": instants(replied, now),
        "first_resolved_at": instants(np.where(reopens, again - DAY // 5, resolved), now),
        "resolved_at": instants(resolved, now),
        "first_reply_minutes": where(is_replied, minutes),
        "full_resolution_minutes": where(is_resolved, full),
        "requester_wait_minutes": where(is_resolved, pl.Series(handling.waited[row])),
        "minutes_basis": names(["calendar"], np.zeros(len(row), np.int64)),
        "first_reply_business_minutes": where(
            is_replied, pl.Series(world.calendar.office_minutes(created, replied))
        ),
        "full_resolution_business_minutes": where(
            is_resolved, pl.Series(world.calendar.office_minutes(created, resolved))
        ),
        "replies": pl.Series(replies.astype(np.int32)),
        "reopens": pl.Series(reopens.astype(np.int32)),
        "assignees": pl.Series((1 + transferred).astype(np.int32)),
        "groups": pl.Series((1 + transferred).astype(np.int32)),
        "is_spam": pl.Series(np.zeros(len(row), bool)),
        "initiated_by": names(["customer"], np.zeros(len(row), np.int64)),
        "merged_into": names([], np.full(len(row), -1)),
        "updated_at": instants(np.maximum(last, created), now),
    }


def _visit(world: World, row: Array) -> dict[str, pl.Series]:
    """Return visit and browser of the contacts in `row`, where they came from one."""
    place = visits_of_contacts(world)[row]
    known = (place >= 0) & ~world.visits.denied[place]
    browser = make_web_identity(world).visitor[place]
    return {
        "session_key": keys("s", place, place >= 0),
        "visitor_key": keys("v", browser, known),
    }


def _with_noise(world: World, tickets: pl.DataFrame) -> pl.DataFrame:
    """Return the tickets with spam, merged ones and ones staff opened beside them."""
    kinds = np.repeat(
        np.arange(3), [max(1, round(n * world.scale)) for n in NOISE_PER_MILLION]
    )
    picked = (np.arange(len(kinds)) * 37 + 11) % tickets.height
    copies = tickets[picked].with_columns(
        ticket_id=keys("x", np.arange(len(kinds))),
        email=where(kinds != 0, tickets["email"].gather(picked)),
        order_ref=where(kinds != 0, tickets["order_ref"].gather(picked)),
        is_spam=pl.Series(kinds == 0),
        merged_into=where(kinds == 1, tickets["ticket_id"].gather(picked)),
        initiated_by=names(["customer", "agent"], (kinds == 2) * 1),
    )
    return pl.concat([tickets, copies])


def event_frame(world: World) -> pl.DataFrame:
    """Return first replies, transfers and reopenings of tickets."""
    contacts, handling, now = world.contacts, make_handling(world), world.calendar.now
    ticket = contacts.kind == TICKET
    replied = np.flatnonzero(ticket & (handling.replied <= now))
    moved = np.flatnonzero(ticket & (contacts.transferred == 1) & (handling.replied <= now))
    again = np.flatnonzero(
        ticket & (handling.reopened != NEVER) & (handling.reopened <= now)
    )
    row = np.concatenate([replied, moved, again])
    kind = np.repeat([0, 1, 2], [len(replied), len(moved), len(again)])
    at = np.choose(
        kind, (handling.replied[row], handling.replied[row] - 1, handling.reopened[row])
    )
    at = np.maximum(at, contacts.at[row])
    own_team = TEAM_OF[contacts.reason[row]]
    return pl.DataFrame(
        {
            "event_id": keys("e", row * 10 + kind),
            "ticket_id": keys("t", row),
            "kind": names(["reply", "transfer", "reopen"], kind),
            "channel": names(CHANNELS, contacts.channel[row]),
            "author": names(["agent", "agent", "customer"], kind),
            "is_public": kind != 1,
            "from_value": names(TEAMS, np.where(kind == 1, (own_team + 1) % 4, -1)),
            "to_value": names(TEAMS, np.where(kind == 1, own_team, -1)),
            "happened_at": instants(at, now),
            "updated_at": instants(at, now),
        }
    )


def conversation_frame(world: World) -> pl.DataFrame:
    """Return bot chats and calls."""
    contacts, now = world.contacts, world.calendar.now
    row = np.flatnonzero(contacts.kind != TICKET)
    bot = contacts.kind[row] == BOT
    random = np.random.default_rng([world.seed, 151])
    wait = np.round(random.exponential(75, len(contacts))[row], 0)
    talk = np.round(random.gamma(2.0, 110, len(contacts))[row], 0)
    answered = bot | (random.random(len(contacts))[row] > 0.07)
    email, phone = contact_emails(world, row)
    order = contacts.order[row]
    ended = np.minimum(
        contacts.at[row] + np.where(bot, talk, wait + talk).astype(np.int64), now
    )
    return pl.DataFrame(
        {
            "conversation_id": keys("b", row),
            "ticket_id": _handed_to(world, row),
            "email": email,
            "phone": phone,
            **_visit(world, row),
            "order_ref": keys("", world.orders.number[np.maximum(order, 0)], order >= 0),
            "kind": names(["bot", "call"], (~bot) * 1),
            "channel": names(CHANNELS, contacts.channel[row]),
            "reason": names(REASONS, contacts.reason[row]),
            "started_at": instants(contacts.at[row], now),
            "ended_at": instants(ended, now),
            "wait_seconds": where(~bot, pl.Series(wait)),
            "talk_seconds": where(answered, pl.Series(talk)),
            "answered": answered,
            "abandoned": ~answered,
            "handed_over": where(bot, pl.Series(contacts.handed_over[row] == 1)),
            "claimed_resolved": where(bot, pl.Series(contacts.claimed[row] == 1)),
            "updated_at": instants(ended, now),
        }
    )


def _handed_to(world: World, row: Array) -> pl.Series:
    """Return the ticket each bot chat became; null where it became none."""
    contacts = world.contacts
    tickets = np.flatnonzero((contacts.kind == TICKET) & (contacts.ticket >= 0))
    tickets = tickets[np.argsort(contacts.ticket[tickets], kind="stable")]
    wanted = contacts.ticket[row]
    if len(tickets) == 0:
        return names([], np.full(len(row), -1))
    place = np.minimum(np.searchsorted(contacts.ticket[tickets], wanted), len(tickets) - 1)
    found = (wanted >= 0) & (contacts.ticket[tickets][place] == wanted)
    return keys("t", tickets[place], found)
