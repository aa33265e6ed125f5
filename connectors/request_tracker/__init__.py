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
        yield Mark(str(page[-1]["id"]))
    if since.first and since.before is None:
        yield from _deleted(http, since.first, settings)
        if since.thorough:
            yield _present(http)


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
        numbers = [str(row["id"]) for row in page]
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


def _is_wanted(row: Row, since: Since, settings: Settings) -> bool:
    """Judge again in UTC what the search could only bound."""
    created, changed = str(row.get("Created")), str(row.get("LastUpdated"))
    if since.before is None:
        fresh = not since.first or changed >= _stamp(since.first - calls.BEHIND)
        return fresh and _is_recent(created, settings)
    later = not since.first or created >= _stamp(since.first)
    return later and created < _stamp(since.before)


def _is_recent(created: str, settings: Settings) -> bool:
    """Return whether a change is of a ticket that is wanted; zones differ by a day."""
    if not settings.since:
        return True
    return created[:10] >= (settings.since - dt.timedelta(1)).isoformat()


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _deleted(http: Http, first: dt.datetime, settings: Settings) -> Iterator[Rows]:
    """Yield the tickets deleted since: no search of tickets shows them any more."""
    numbers = calls.deleted(http, first)
    history = calls.history(http, numbers)
    of = {one: [row for row in history if str(row["ObjectId"]) == one] for one in numbers}
    rows = [deleted_row(number, events) for number, events in of.items()]
    yield Rows([row for row in rows if row and _is_recent(row["created_at"], settings)])


def _present(http: Http) -> Present:
    """Return every ticket there is; what was wiped out leaves no other trace."""
    ids = calls.all_ids(http, "id > 0") + calls.all_ids(http, "EffectiveId != id")
    return Present("ticket_id", ids)
