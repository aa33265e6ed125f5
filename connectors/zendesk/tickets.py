"""Tickets of Zendesk, as its cursor export gives them with metrics and users."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from connectors.zendesk import calls, names, words
from journey.connector import (
    Batch,
    Http,
    Mark,
    Rows,
    Since,
    is_before,
    moment,
    one_by_one,
)

PATH = "/api/v2/incremental/tickets/cursor.json"
SOLVED = ("solved", "closed")
MERGED = "closed_by_merge"
"""The tag that Zendesk gives a ticket when it closes it into another."""
UNTOLD = "not told"
"""The ticket it was merged into, which the export does not name."""

Row = calls.Row


class Chosen(names.Chosen, Protocol):
    """The settings that shape a ticket."""

    @property
    def since(self) -> dt.date | None: ...
    @property
    def reason_tags(self) -> dict[str, str]: ...
    @property
    def spam_tags(self) -> list[str]: ...
    @property
    def channels(self) -> dict[str, str]: ...


def read(since: Since, settings: Chosen, http: Http) -> Iterator[Batch]:
    """Yield the tickets that changed; the cursor is what the next read goes on with.

    The export orders by a time of its own, which is that of a ticket's last change of
    any kind, so an older stretch ends where the stretch after it has begun.
    """
    known = names.ask(http, settings)
    until = since.before if not since.newest else None
    asked: dict[str, Any] = {"include": "metric_sets,users"}
    asked |= (
        {"cursor": since.mark} if since.mark else {"start_time": calls.unix(since.first)}
    )
    while True:
        answer = http.get(PATH, {"include": "metric_sets,users", **asked}).json
        tickets = calls.things(answer, "tickets")
        wanted = calls.older(tickets, _changed, until)
        if wanted:
            yield from one_by_one(
                wanted,
                lambda some: [Rows(_rows(some, answer, known, settings, http))],  # noqa: B023
            )
        after = answer.get("after_cursor")
        if after:
            yield Mark(after, lasting=since.newest)
        over = answer.get("end_of_stream") is not False or len(wanted) < len(tickets)
        if over or not after or after == asked.get("cursor"):
            return
        asked = {"cursor": after}


def _changed(ticket: Row) -> dt.datetime:
    stamp = ticket.get("generated_timestamp")
    return calls.stamped(stamp) if stamp else moment(ticket["updated_at"])


def _rows(
    tickets: Sequence[Row],
    answer: Row,
    known: names.Names,
    settings: Chosen,
    http: Http,
) -> list[dict[str, Any]]:
    if settings.since:
        first = dt.datetime.combine(settings.since, dt.time(), dt.UTC)
        tickets = [t for t in tickets if not is_before(t.get("created_at"), first)]
    users = calls.by_number(calls.things(answer, "users"), "id")
    people = {t.get(name) for t in tickets for name in ("requester_id", "submitter_id")}
    users |= names.accounts(http, people - users.keys())
    metrics = calls.by_number(calls.things(answer, "metric_sets"), "ticket_id")
    return [
        _row(t, _metric(t, metrics), users, known, settings) for t in tickets
    ]  # fmt: skip


def _metric(ticket: Row, metrics: Mapping[int, Row]) -> Row:
    """Return what was measured of a ticket, whichever way the answer holds it."""
    own = ticket.get("metric_set") or ticket.get("metric_sets") or {}
    if isinstance(own, list):
        own = own[0] if own else {}
    return metrics.get(int(ticket["id"]), own)


def _row(
    ticket: Row, metric: Row, users: Mapping[int, Row], known: names.Names, settings: Chosen
) -> dict[str, Any]:
    number = ticket.get("requester_id")
    requester = users.get(number, {}) if number is not None else {}
    channel = words.way(ticket.get("via"))
    tags = ticket.get("tags") or ()
    values = {f["id"]: f.get("value") for f in ticket.get("custom_fields") or ()}
    gone = ticket.get("status") == "deleted"
    return {
        "ticket_id": str(ticket["id"]),
        "email": requester.get("email"),
        "phone": requester.get("phone"),
        "customer_id": str(number) if number is not None and number > 0 else None,
        "order_ref": names.order_number(
            ticket.get("external_id")
            if settings.order_field == names.EXTERNAL
            else _field(values, known, "order_field")
        ),
        "brand": known.brands.get(ticket.get("brand_id") or 0),
        "country": _country(_field(values, known, "country_field")),
        "channel": words.channel_of(channel, settings.channels),
        "reason": _reason(ticket, values, tags, known, settings),
        "status": ticket.get("status"),
        "priority": ticket.get("priority"),
        "team": known.groups.get(ticket.get("group_id") or 0),
        "created_at": ticket["created_at"],
        **_progress(ticket, metric),
        "is_spam": bool(requester.get("suspended"))
        or not set(settings.spam_tags).isdisjoint(tags),
        "initiated_by": _opener(ticket, channel, users),
        "merged_into": _target(ticket) if MERGED in tags else None,
        "updated_at": ticket.get("updated_at"),
        "deleted_at": ticket.get("updated_at") if gone else None,
    }


def _progress(ticket: Row, metric: Row) -> dict[str, Any]:
    """Return what happened so far; what has not happened yet is None."""
    created = ticket["created_at"]
    solved = ticket.get("status") in SOLVED
    reply = _minutes(metric, "reply_time_in_minutes", "calendar")
    if reply is None:  # messaging is measured in seconds
        waited = _minutes(metric, "reply_time_in_seconds", "calendar")
        reply = None if waited is None else waited / 60
    first = _minutes(metric, "first_resolution_time_in_minutes", "calendar")
    full = _minutes(metric, "full_resolution_time_in_minutes", "calendar")
    in_hours = _minutes(metric, "full_resolution_time_in_minutes", "business")
    resolved = metric.get("solved_at") or metric.get("status_updated_at")
    return {
        "first_reply_at": _later(created, reply),
        "first_resolved_at": _later(created, first),
        "resolved_at": resolved if solved else None,
        "first_reply_minutes": reply,
        "full_resolution_minutes": full if solved else None,
        "requester_wait_minutes": _minutes(
            metric, "requester_wait_time_in_minutes", "calendar"
        ),
        "minutes_basis": "calendar" if metric else None,
        "first_reply_business_minutes": _minutes(
            metric, "reply_time_in_minutes", "business"
        ),
        "full_resolution_business_minutes": in_hours if solved else None,
        "replies": metric.get("replies"),
        "reopens": metric.get("reopens"),
        "assignees": metric.get("assignee_stations"),
        "groups": metric.get("group_stations"),
    }


def _minutes(metric: Row, name: str, basis: str) -> float | None:
    value = (metric.get(name) or {}).get(basis)
    return None if value is None else float(value)


def _later(created: str, minutes: float | None) -> dt.datetime | None:
    if minutes is None:
        return None
    return moment(created) + dt.timedelta(minutes=minutes)


def _field(values: Mapping[int, Any], known: names.Names, name: str) -> Any:
    number = known.fields.get(name)
    return None if number is None else values.get(number)


def _country(value: Any) -> str | None:
    """Return a country as two letters: "PL", or "country_pl" as a list's tag has it."""
    last = str(value or "").strip().rsplit("_", 1)[-1].upper()
    return last if len(last) == 2 and last.isalpha() else None


def _reason(
    ticket: Row,
    values: Mapping[int, Any],
    tags: Sequence[str],
    known: names.Names,
    settings: Chosen,
) -> str | None:
    """Return what the ticket is about: the field of the setting, then its tags."""
    if settings.reason_field == "form":
        told: Any = known.forms.get(ticket.get("ticket_form_id") or 0)
    elif settings.reason_field == "type":
        told = ticket.get("type")
    else:
        told = _field(values, known, "reason_field")
    if isinstance(told, list):
        told = told[0] if told else None
    if told and "@" not in str(told):
        return str(told)[:80]
    return next((settings.reason_tags[t] for t in tags if t in settings.reason_tags), None)


def _opener(ticket: Row, channel: str, users: Mapping[int, Row]) -> str:
    """Return who opened the ticket: a customer, or staff for one or for themselves."""
    if channel in words.STAFF_OPENED:
        return "agent"
    if channel in words.CUSTOMER_OPENED:
        return "customer"
    by = users.get(ticket.get("submitter_id") or ticket.get("requester_id") or 0, {})
    return "agent" if by.get("role") in names.STAFF_ROLES else "customer"


def _target(ticket: Row) -> str:
    source = (ticket.get("via") or {}).get("source") or {}
    into = (source.get("to") or {}).get("ticket_id")
    return str(into) if into else UNTOLD
