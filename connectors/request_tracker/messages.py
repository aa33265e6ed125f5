"""What is said to who connects a Request Tracker: guide, doctor, failed calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.request_tracker import calls
from connectors.request_tracker.settings import Settings
from journey.connector import Failure, Guide, Http, JourneyError, Problem, near

GUIDE = Guide(
    title="Request Tracker 5",
    steps=(
        "In Request Tracker, Admin > Users > Create: a user for this product, with "
        '"Let this user be granted rights".',
        "Admin > Queues > (each queue of customers) > User Rights: give that user SeeQueue "
        "and ShowTicket, and SeeCustomField where a custom field holds reason, order "
        "number or rating. ShowTicketComments only if internal notes shall count.",
        "Log in as that user: Logged in as > Settings > Auth Tokens > Create. The token is "
        "shown once.",
        "Put the token into the environment under the name below.",
    ),
    name="helpdesk",
    example='url = "https://rt.shop.example"\ntoken = "env:RT_TOKEN"\n'
    'reason_field = "Contact reason"\norder_field = "Order number"',
)


def explain(failure: Failure) -> Problem | None:
    """Return what a failed call means in Request Tracker's words."""
    where = f"Request Tracker, {failure.path}"
    if failure.kind == "not json" and failure.text.lstrip().startswith("<"):
        return Problem(
            where, "a web page instead of data", "the REST 2 interface",
            "check the url: it is the address of Request Tracker itself, to which "
            "/REST/2.0 is added; a login page or a firewall may also stand before it, and "
            "before version 5 the interface is an extension to install",
        )  # fmt: skip
    if failure.kind != "status":
        return None
    if _is_user(failure.path) and failure.status == 404:
        return Problem(where, calls.NO_USER, "a user", "nothing: it counts as a customer")
    said = _said(failure)
    if failure.status == 401:
        return Problem(
            where, f"HTTP 401: {said}", "a token or a password that is valid",
            "make a new token at Logged in as > Settings > Auth Tokens and put it into the "
            "environment; if it is right, the web server may strip the Authorization "
            "header: with Apache set CGIPassAuth On",
        )  # fmt: skip
    if failure.status == 403:
        return Problem(
            where, f"HTTP 403: {said}", "the right to read this", _right(failure.path)
        )
    if failure.status == 404:
        return Problem(
            where, f"HTTP 404: {said}", "the REST 2 interface of Request Tracker 5",
            "check the url: it is the address as in the browser, without /REST/2.0",
        )  # fmt: skip
    if failure.status == 400:
        return Problem(
            where, f"the search was refused: {said}",
            "a search that Request Tracker 5 reads", "run doctor; it tells the version",
        )  # fmt: skip
    return None


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what doctor says: version, rights, and names that nobody knows."""
    version = http.get("rt").json
    told = str(version.get("Version") if isinstance(version, dict) else "")
    if told and not told.startswith(("5", "6")):
        yield Problem(
            "Request Tracker", f"version {told}", "version 5 or newer",
            "update it; older versions answer differently",
        )  # fmt: skip
    try:
        calls.require_tickets(http)
    except JourneyError as error:
        yield from error.problems
        return
    yield from _unknown_queues(settings, http)
    yield from _unknown_fields(settings, http)


def _unknown_queues(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield the names in `channels` that are no queue and no user's login."""
    queues = sorted(calls.queue_names(http).values())
    staff = calls.Staff(http)
    for name in settings.channels:
        if name not in queues and not staff.exists(name):
            yield Problem(
                "journey.toml, channels", f'"{name}" is no queue and no login',
                near(name, queues), "correct the name, or give the user SeeQueue on it",
            )  # fmt: skip


def _unknown_fields(settings: Settings, http: Http) -> Iterator[Problem]:
    asked = {
        "reason_field": settings.reason_field, "order_field": settings.order_field,
        "csat_field": settings.csat_field,
    }  # fmt: skip
    if not any(asked.values()):
        return
    known = calls.custom_fields(http)
    for key, name in asked.items():
        if name and name not in known:
            yield Problem(
                f"journey.toml, {key}", f'no ticket has a custom field "{name}"',
                near(name, known) if known else "a custom field the user may see",
                "correct the name, or give the user SeeCustomField on that field",
            )  # fmt: skip


def _is_user(path: str) -> bool:
    return "/user/" in f"/{path}"


def _right(path: str) -> str:
    if _is_user(path):
        return (
            'switch on "Let this user be granted rights" for the user of the token: only '
            "then may it ask who is staff"
        )
    return "give the user of the token SeeQueue and ShowTicket at Admin > Queues"


def _said(failure: Failure) -> str:
    found: Any = failure.json.get("message") if isinstance(failure.json, dict) else None
    text = str(found or "no reason given").split(" at /")[0].strip()
    return text[:200]
