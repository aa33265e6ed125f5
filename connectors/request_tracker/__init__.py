"""Tickets of Request Tracker 5, over its REST interface 2.

A page of 100 tickets costs one call, the history of all of them a few more, and none is
made for a single ticket. Everything told of a ticket is worked out anew from all of its
history whenever it has changed.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.request_tracker import calls
from connectors.request_tracker.messages import GUIDE, check, explain
from connectors.request_tracker.rows import (
    Ticket,
    deleted_row,
    event_rows,
    feedback_row,
    merged_row,
    ticket_row,
)
from connectors.request_tracker.settings import Settings, access
from journey.connector import (
    Batch,
    Http,
    Mark,
    Present,
    Rows,
    Since,
    Unreadable,
    is_before,
    one_by_one,
)  # fmt: skip

__all__ = ["GUIDE", "TABLES", "Settings", "access", "check", "explain", "read"]

TABLES = ("ticket", "ticket_event", "feedback")

Row = Mapping[str, Any]


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield tickets page by page, each page with its events and ratings."""
    if table != "ticket":
        return
    calls.require_tickets(http)
    reading = _Reading(settings, http)
    after = int(since.mark) if since.mark and since.mark.isdecimal() else 0
    query = _query(since, settings)
    for page in calls.tickets(http, query, bool(settings.order_pattern), after):
        wanted = [row for row in page if _is_wanted(row, since, settings)]
        yield from reading.rows(wanted)
        if last := calls.number_of(page[-1]):
            yield Mark(str(last))
    if since.first and since.before is None:
        yield from _deleted(http, since.first, settings)
        if since.thorough:
            yield from _present(http)


class _Reading:
    """What one read learns on the way: who is staff and what the queues are called."""

    def __init__(self, settings: Settings, http: Http) -> None:
        self._settings, self._http = settings, http
        self._staff = calls.Staff(http)
        self._queues = functools.cache(lambda: calls.queue_names(http))
        self._more = functools.cache(self._more_kinds)

    def rows(self, page: Sequence[Row]) -> Iterator[Rows | Unreadable]:
        """Yield the rows of a page of tickets; what cannot be read is told by its id."""
        yield from one_by_one(page, self._rows)

    def _rows(self, page: Sequence[Row]) -> Iterator[Rows]:
        settings, http = self._settings, self._http
        if not page:
            return
        numbers = [calls.named(row) for row in page]
        merged = calls.merged(http, numbers, bool(settings.order_pattern))
        into = {str(row["id"]): calls.effective_id(row) for row in merged}
        history: dict[str, list[Row]] = {}
        for event in calls.history(http, [*numbers, *into], self._more()):
            number = str(event["ObjectId"])
            history.setdefault(into.get(number, number), []).append(event)
        for row in page:  # owners first: they tell who else may be staff
            self._staff.has(str((row.get("Owner") or {}).get("id") or ""))
        tickets = [self._ticket(row, history.get(str(row["id"]), [])) for row in page]
        absorbed = [merged_row(self._ticket(row, [])) for row in merged]
        yield Rows([*map(ticket_row, tickets), *absorbed])
        yield Rows([row for one in tickets for row in event_rows(one)], "ticket_event")
        if settings.csat_field:
            found = (feedback_row(one) for one in tickets)
            yield Rows([row for row in found if row], "feedback")

    def _more_kinds(self) -> tuple[str, ...]:
        rating = ("CustomField",) if self._settings.csat_field else ()
        return ("Comment", *rating) if calls.sees_notes(self._http) else rating

    def _ticket(self, row: Row, history: Sequence[Row]) -> Ticket:
        in_order = sorted(history, key=lambda one: (str(one["Created"]), int(one["id"])))
        return Ticket(row, in_order, self._settings, self._staff, self._queue_name)

    def _queue_name(self, number: str) -> str:
        return self._queues().get(number) or f"queue {number}"


def _query(since: Since, settings: Settings) -> str:
    if since.before is None and since.first:
        return calls.changed_since(since.first)
    return calls.created_between(since.first, since.before)


def _is_wanted(row: Any, since: Since, settings: Settings) -> bool:
    """Judge again in UTC what the search could only bound; what is odd is to be told."""
    if not calls.number_of(row):
        return True
    created, changed = row.get("Created"), row.get("LastUpdated")
    if since.before is None:
        old = since.first and is_before(changed, since.first - calls.BEHIND)
        return not old and _is_recent(created, settings)
    old = since.first and is_before(created, since.first)
    return not old and is_before(created, since.before) is not False


def _is_recent(created: Any, settings: Settings) -> bool:
    """Return whether a change is of a ticket that is wanted; zones differ by a day."""
    if not settings.since:
        return True
    first = dt.datetime.combine(settings.since, dt.time(), dt.UTC) - dt.timedelta(days=1)
    return not is_before(created, first)


def _deleted(
    http: Http, first: dt.datetime, settings: Settings
) -> Iterator[Rows | Unreadable]:
    """Yield the tickets deleted since: no search of tickets shows them any more."""

    def rows(tickets: Sequence[Row]) -> list[Rows]:
        history = calls.history(http, [ticket["id"] for ticket in tickets])
        of = {ticket["id"]: list[Row]() for ticket in tickets}
        for event in history:
            of[str(event["ObjectId"])].append(event)
        found = [deleted_row(number, events) for number, events in of.items()]
        recent = [r for r in found if r and _is_recent(r["created_at"], settings)]
        return [Rows(recent)]

    yield from one_by_one([{"id": number} for number in calls.deleted(http, first)], rows)


def _present(http: Http) -> Iterator[Present]:
    """Yield every ticket there is; what was wiped out leaves no other trace."""
    ids, merged = calls.all_ids(http, "id > 0"), calls.all_ids(http, "EffectiveId != id")
    if ids is not None and merged is not None:
        yield Present("ticket_id", ids + merged)
