"""Freshdesk: tickets with their times, and what customers say of them.

One list of tickets has all that is needed, so no ticket is asked for by itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from connectors.freshdesk import calls, tickets, words
from connectors.freshdesk.words import explain
from journey.connector import (
    Access,
    Batch,
    Guide,
    Http,
    JourneyError,
    Problem,
    Rows,
    Since,
    moment,
    one_by_one,
    setting,
)

__all__ = ["GUIDE", "TABLES", "Settings", "access", "check", "explain", "read"]

TABLES = ("ticket", "feedback")
LATE = dt.timedelta(days=30)
"""How long after it was given an answer may be changed and is read again."""
GLOBAL = 1
"""The scope of an agent who sees all tickets."""

GUIDE = Guide(
    title="Freshdesk",
    steps=(
        "In Freshdesk, as an agent with global access to tickets: your picture at the top, "
        "Profile settings",
        "View API key, on the right, and copy it",
        "The plan must have the API; free plans and blocked trials have none",
    ),
    name="helpdesk",
    example='url = "https://acme.freshdesk.com"\nkey = "env:FRESHDESK_KEY"',
)


@dataclass(frozen=True)
class Settings:
    url: str = setting(help="address of the account, https://<name>.freshdesk.com")
    key: str = setting(help="API key of an agent who sees all tickets", secret=True)
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    reason_field: str = setting(
        help="what a ticket is about: type, or the name of a field of your own",
        default="type",
    )
    reason_tags: dict[str, str] = setting(
        help="tag -> reason, of tickets whose field is empty", default={}
    )
    order_field: str = setting(
        help="name of the ticket field that holds the order number", default=""
    )
    country_field: str = setting(
        help="name of the ticket field that holds the country, as two letters", default=""
    )
    channels: dict[str, str] = setting(
        help="source of Freshdesk, by name or number -> the shop's word", default={}
    )


def access(settings: Settings) -> Access:
    """Return where the account is; the key is the user, and any text the password."""
    return Access(base(settings.url), basic=(settings.key, "X"))


def base(url: str) -> str:
    """Return the address without a page of it: "acme" is https://acme.freshdesk.com."""
    parts = urlsplit(url if "://" in url else f"https://{url}")
    host = parts.netloc
    if "." not in host and ":" not in host:
        host += ".freshdesk.com"
    return f"{parts.scheme}://{host}"


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield what changed of a table, or in an older stretch what last changed in it."""
    if table == "ticket":
        yield from tickets.read(since, settings, http)
    elif table == "feedback":
        yield from _answers(since, http)


def _answers(since: Since, http: Http) -> Iterator[Batch]:
    """Yield the answers to surveys; only those that were given can be asked for."""
    first = since.first or calls.EPOCH
    if since.before is None:
        first -= LATE if since.thorough else dt.timedelta(days=1)
    try:
        for found in calls.pages(
            http, words.RATINGS, {"created_since": calls.written(first)}
        ):
            yield from one_by_one(found, lambda some: [Rows(_given(some, since))])
    except JourneyError as error:
        if not words.not_given(error):
            raise
        yield calls.missing(since, "answers of customers: satisfaction surveys")


def _given(ratings: Sequence[calls.Row], since: Since) -> list[dict[str, Any]]:
    """Return the rows of the answers that were given in the stretch."""
    return [
        _answer(rating)
        for rating in ratings
        if since.before is None or moment(rating["created_at"]) < since.before
    ]


def _answer(rating: calls.Row) -> dict[str, Any]:
    face = (rating.get("ratings") or {}).get("default_question")
    score = words.FACES.get(face, words.OLD_FACES.get(face)) if face is not None else None
    person, ticket = rating.get("user_id"), rating.get("ticket_id")
    return {
        "feedback_id": str(rating["id"]),
        "kind": "csat",
        "score": score,
        "scale_min": 1,
        "scale_max": 7,
        "customer_id": str(person) if person else None,
        "ticket_id": str(ticket) if ticket else None,
        "answered_at": rating["created_at"],
        "comment_chars": len(rating.get("feedback") or ""),
        "updated_at": rating.get("updated_at") or rating["created_at"],
    }


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what would keep the account from being read in full."""
    me = http.get(words.ME).json or {}
    if me.get("ticket_scope") not in (GLOBAL, None):
        yield Problem(
            f"Freshdesk, {words.ME}",
            "the key belongs to an agent who sees only some tickets",
            "an agent who sees all of them",
            "in Freshdesk: Admin, Team, Agents: give the agent the scope Global access",
        )  # fmt: skip
    first = settings.since or calls.EPOCH.date()
    asked = {"updated_since": f"{first.isoformat()}T00:00:00Z", "per_page": 1}
    if not http.get(words.TICKETS, asked).json:
        yield Problem(
            f"Freshdesk, {words.TICKETS}", "no tickets at all",
            "the tickets of the account",
            "check that url is the account where customers write to, that since lies in "
            "the past, and that the agent has the scope Global access",
        )  # fmt: skip
    yield from tickets.field_problems(http, settings)
