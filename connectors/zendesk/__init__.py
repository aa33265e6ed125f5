"""Zendesk: tickets with their metrics, what happened to them, calls, and answers.

Tickets come from the cursor export, whose cursor is where the next run goes on. The
exports allow ten calls a minute; Zendesk says how long to wait, and the core waits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.zendesk import calls, doctor, events, surveys, talk, tickets
from connectors.zendesk.words import explain
from journey.connector import (
    Access,
    Batch,
    Guide,
    Http,
    JourneyError,
    Problem,
    Since,
    setting,
)  # fmt: skip

__all__ = ["GUIDE", "TABLES", "Settings", "access", "check", "explain", "read"]

TABLES = ("ticket", "ticket_event", "conversation", "feedback")
SYSTEMS = ("", "surveys", "ratings")

GUIDE = Guide(
    title="Zendesk",
    steps=(
        "In Zendesk, as an administrator: Admin Center, Apps and integrations, APIs, "
        "API tokens (or Zendesk API): turn token access on and add a token",
        "Copy the token; Zendesk shows it once",
        "The e-mail is that of an administrator; agents cannot export tickets",
    ),
    name="helpdesk",
    example='url = "https://acme.zendesk.com"\nemail = "admin@shop.example"\n'
    'token = "env:ZENDESK_TOKEN"',
)


@dataclass(frozen=True)
class Settings:
    url: str = setting(help="address of the account, https://<name>.zendesk.com")
    email: str = setting(help="e-mail of the administrator whose token it is", default="")
    token: str = setting(help="API token of that account", secret=True, default="")
    oauth_token: str = setting(
        help="OAuth access token with read, instead of email and token",
        secret=True, default="",
    )  # fmt: skip
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    reason_field: str = setting(
        help="what a ticket is about: title or number of a ticket field, type or form",
        default="type",
    )
    reason_tags: dict[str, str] = setting(
        help="tag -> reason, of tickets whose field is empty", default={}
    )
    order_field: str = setting(
        help="title or number of the ticket field with the order number, or external_id",
        default="",
    )
    country_field: str = setting(
        help="title or number of the ticket field that holds the country", default=""
    )
    spam_tags: list[str] = setting(help="tags that mark a ticket as spam", default=["spam"])
    channels: dict[str, str] = setting(
        help="channel of Zendesk -> the shop's word, such as api -> form", default={}
    )
    satisfaction: str = setting(
        help="surveys or ratings; without it, whichever the account uses", default=""
    )


def access(settings: Settings) -> Access:
    """Return where the account is and as whom; JourneyError if credentials are odd."""
    problems = list(_oddities(settings))
    if problems:
        raise JourneyError(*problems)
    url = base(settings.url)
    if settings.oauth_token:
        headers = {"Authorization": f"Bearer {settings.oauth_token}"}
        return Access(url, headers=headers, timeout=120)
    user = settings.email.removesuffix("/token") + "/token"
    return Access(url, basic=(user, settings.token), timeout=120)


def base(url: str) -> str:
    """Return the address without a page of it: "acme" is https://acme.zendesk.com."""
    full = url if "://" in url else f"https://{url}"
    parts = urlsplit(full)
    host = parts.netloc if "." in parts.netloc or ":" in parts.netloc else ""
    return f"{parts.scheme}://{host or parts.netloc + '.zendesk.com'}"


def _oddities(settings: Settings) -> Iterator[Problem]:
    if bool(settings.oauth_token) == bool(settings.token):
        both = "both" if settings.token else "neither"
        yield Problem(
            "Zendesk, settings token and oauth_token", f"{both} of them",
            "email with token, or oauth_token",
            'write token = "env:ZENDESK_TOKEN" and the e-mail it belongs to',
        )  # fmt: skip
    elif settings.token and "@" not in settings.email:
        yield Problem(
            "Zendesk, setting email", "no e-mail address",
            "the address with which the owner of the token signs in",
            'write email = "admin@shop.example"; Zendesk knows a token by that address',
        )  # fmt: skip
    if settings.satisfaction not in SYSTEMS:
        yield Problem(
            "Zendesk, setting satisfaction", f'"{settings.satisfaction}"',
            "surveys, ratings, or nothing", "take one of them",
        )  # fmt: skip


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield what changed of a table, or in an older stretch what last changed in it."""
    if table == "ticket":
        yield from tickets.read(since, settings, http)
    elif table == "ticket_event":
        yield from events.read(since, settings, http)
    elif table == "conversation":
        yield from talk.read(since, http)
    elif table == "feedback":
        yield from surveys.read(since, settings.satisfaction, http)


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what would keep the account from being read in full."""
    yield from doctor.check(settings, http, calls.unix(_start(settings)))


def _start(settings: Settings) -> dt.datetime | None:
    first = settings.since
    return dt.datetime.combine(first, dt.time(), dt.UTC) if first else None
