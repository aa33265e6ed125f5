"""Canonical rows from a ticket of Request Tracker and all of its history."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connectors.request_tracker.calls import (
    NOBODY,
    SYSTEM,
    Staff,
    effective_id,
)
from connectors.request_tracker.settings import Settings
from journey.connector import moment

UNSET = "1970-01-01"
"""What stands where a date was never set."""
GONE = ("rejected", "deleted")
"""Statuses that are no return to work."""
OWNER_CHANGES = ("Set", "Give", "Take", "Steal", "Force", "Untake")
"""The same change is written once more as SetWatcher, which is not read."""

Row = Mapping[str, Any]
QueueName = Callable[[str], str]


@dataclass(frozen=True)
class Ticket:
    """One ticket with its history, that of what was merged into it included."""

    row: Row
    history: Sequence[Row]
    """By time and then by number."""
    settings: Settings
    staff: Staff
    queue_name: QueueName

    @property
    def id(self) -> str:
        return str(self.row["id"])

    @cached_property
    def queue(self) -> str:
        return _name(self.row.get("Queue"))

    @cached_property
    def status(self) -> str:
        return str(self.row.get("Status") or "")

    @cached_property
    def creator(self) -> str:
        return _login(self.row.get("Creator"))

    @cached_property
    def requestors(self) -> tuple[str, ...]:
        return tuple(_login(person).lower() for person in self.row.get("Requestor") or ())

    @cached_property
    def fields(self) -> dict[str, tuple[str, list[str]]]:
        """Id and values of the custom fields by name; their order is never the same."""
        return {
            str(field.get("name")): (
                str(field.get("id")),
                [str(value) for value in field.get("values") or () if str(value).strip()],
            )
            for field in self.row.get("CustomFields") or ()
        }

    def field(self, name: str) -> str | None:
        values = self.fields.get(name, ("", []))[1]
        return values[0].strip() if values else None

    @cached_property
    def replies(self) -> list[Row]:
        """Public answers of staff who are not themselves the ones who ask."""
        return [row for row in self.history if self._is_reply(row)]

    def _is_reply(self, row: Row) -> bool:
        return row.get("Type") == "Correspond" and self.author(row) == "agent"

    @cached_property
    def solved(self) -> list[str]:
        """The times at which it was solved, oldest first."""
        done = self.settings.resolved
        return [str(row["Created"]) for row in self.history
                if _is_status(row) and row["NewValue"] in done]  # fmt: skip

    @cached_property
    def reopens(self) -> list[Row]:
        return [row for row in self.history if self.is_reopening(row)]

    def is_reopening(self, row: Row) -> bool:
        done = self.settings.resolved
        return (
            _is_status(row)
            and row["OldValue"] in done
            and row["NewValue"] not in (*done, *GONE)
        )

    def author(self, row: Row) -> str:
        """Return customer, agent, system or, of who was only copied in, other."""
        login = _login(row.get("Creator"))
        if login.lower() in self.requestors:
            return "customer"
        if login == SYSTEM:
            return "system"
        return "agent" if self.staff.has(login) else "other"

    def owner_change(self, row: Row) -> str | None:
        """Return assign, transfer or unassign where the row changes the owner."""
        if row.get("Field") != "Owner" or row.get("Type") not in OWNER_CHANGES:
            return None
        nobody = self.staff.nobody()
        old, new = str(row.get("OldValue")), str(row.get("NewValue"))
        if old == new:
            return None
        if new == nobody:
            return "unassign"
        return "assign" if old == nobody else "transfer"


def ticket_row(ticket: Ticket) -> dict[str, Any]:
    """Return the canonical ticket; times in minutes are of day and night."""
    row, settings = ticket.row, ticket.settings
    created = str(row["Created"])
    first_reply = str(ticket.replies[0]["Created"]) if ticket.replies else None
    resolved = _resolved(ticket)
    owners = [ticket.owner_change(change) for change in ticket.history]
    return {
        "ticket_id": ticket.id, "email": _email(ticket),
        "order_ref": _order(ticket),
        "channel": _channel(ticket), "reason": _reason(ticket), "status": ticket.status,
        "priority": _priority(row), "team": _team(ticket), "created_at": created,
        "first_reply_at": first_reply,
        "first_resolved_at": ticket.solved[0] if ticket.solved else resolved,
        "resolved_at": resolved,
        "first_reply_minutes": _minutes(created, first_reply),
        "full_resolution_minutes": _minutes(created, resolved),
        "minutes_basis": "calendar", "replies": len(ticket.replies),
        "reopens": len(ticket.reopens),
        "assignees": owners.count("assign") + owners.count("transfer"),
        "groups": 1 + sum(_is_move(change) for change in ticket.history),
        "is_spam": not {ticket.queue, ticket.status}.isdisjoint(settings.spam),
        "initiated_by": _initiator(ticket),
        "updated_at": _time(row.get("LastUpdated")),
    }  # fmt: skip


def merged_row(ticket: Ticket) -> dict[str, Any]:
    """Return the row of a ticket that lives on in another one."""
    row = ticket.row
    return {
        "ticket_id": ticket.id, "email": _email(ticket), "channel": _channel(ticket),
        "status": ticket.status, "created_at": str(row["Created"]),
        "initiated_by": _initiator(ticket),
        "merged_into": effective_id(row), "updated_at": _time(row.get("LastUpdated")),
    }  # fmt: skip


def deleted_row(number: str, history: Sequence[Row]) -> dict[str, Any] | None:
    """Return the row of a deleted ticket, None where it has come back since."""
    states = [row for row in history if _is_status(row)]
    created = [str(row["Created"]) for row in history if row.get("Type") == "Create"]
    if not states or states[-1]["NewValue"] != "deleted" or not created:
        return None
    at = str(states[-1]["Created"])
    return {
        "ticket_id": number, "status": "deleted", "created_at": created[0],
        "updated_at": at, "deleted_at": at,
    }  # fmt: skip


def event_rows(ticket: Ticket) -> list[dict[str, Any]]:
    """Return what happened to a ticket, one row for each thing."""
    found = ((row, _event(ticket, row)) for row in ticket.history)
    return [
        {
            "event_id": str(row["id"]), "ticket_id": ticket.id,
            "author": ticket.author(row), "happened_at": str(row["Created"]),
            "updated_at": str(row["Created"]), **event,
        }
        for row, event in found
        if event
    ]  # fmt: skip


def feedback_row(ticket: Ticket) -> dict[str, Any] | None:
    """Return the rating that a custom field holds; None without one, now or before."""
    settings = ticket.settings
    number, values = ticket.fields.get(settings.csat_field, ("", []))
    given = [row for row in ticket.history if _is_value(row, number)]
    score = _score(values[0], settings) if values else None
    if score is None and not given:
        return None
    at = str(given[-1]["Created"]) if given else _time(ticket.row.get("LastUpdated"))
    return {
        "feedback_id": f"csat:{ticket.id}", "kind": "csat", "score": score,
        "scale_min": settings.csat_min, "scale_max": settings.csat_max,
        "email": _email(ticket), "ticket_id": ticket.id, "answered_at": at,
        "updated_at": _time(ticket.row.get("LastUpdated")),
    }  # fmt: skip


def _event(ticket: Ticket, row: Row) -> dict[str, Any] | None:
    kind = str(row.get("Type"))
    if kind == "Correspond":
        return {"kind": "reply", "is_public": True}
    if kind == "Comment":
        return {"kind": "comment", "is_public": False}
    values = {"from_value": str(row.get("OldValue")), "to_value": str(row.get("NewValue"))}
    if _is_status(row):
        again = ticket.is_reopening(row)
        return {"kind": "reopen" if again else "status", "is_public": False, **values}
    if change := ticket.owner_change(row):
        return {"kind": change, "is_public": False, **values}
    if _is_move(row):
        names = {key: ticket.queue_name(value) for key, value in values.items()}
        return {"kind": "transfer", "is_public": False, **names}
    return None


def _resolved(ticket: Ticket) -> str | None:
    """Return when it was solved, if it still is: the field stays when it comes back."""
    if ticket.status not in ticket.settings.resolved:
        return None
    return ticket.solved[-1] if ticket.solved else _time(ticket.row.get("Resolved"))


def _initiator(ticket: Ticket) -> str:
    opened = ticket.staff.opened(ticket.creator, ticket.requestors)
    return "agent" if opened else "customer"


def _email(ticket: Ticket) -> str | None:
    """Return the address of who asks: who opened the ticket, else the first named."""
    people = list(ticket.row.get("Requestor") or ())
    people.sort(key=lambda person: _login(person).lower() != ticket.creator.lower())
    for person in people:
        address = str(person.get("EmailAddress") or _login(person))
        if "@" in address:
            return address
    return None


def _order(ticket: Ticket) -> str | None:
    """Return the order's number; nothing else of the subject is ever kept."""
    settings = ticket.settings
    if settings.order_field and (number := ticket.field(settings.order_field)):
        return number
    if settings.order_pattern:
        found = re.search(settings.order_pattern, str(ticket.row.get("Subject") or ""))
        return found[1] if found else None
    return None


def _channel(ticket: Ticket) -> str:
    channels, settings = ticket.settings.channels, ticket.settings
    return channels.get(ticket.creator) or channels.get(ticket.queue) or settings.channel


def _reason(ticket: Ticket) -> str | None:
    name = ticket.settings.reason_field
    return ticket.field(name) if name else ticket.queue or None


def _team(ticket: Ticket) -> str | None:
    if ticket.settings.team == "queue":
        return ticket.queue or None
    owner = _login(ticket.row.get("Owner"))
    return None if owner in ("", NOBODY) else owner


def _priority(row: Row) -> str | None:
    value = str(row.get("Priority") or "")
    return value if value not in ("", "0") else None


def _score(text: str, settings: Settings) -> float | None:
    if text in settings.csat_values:
        return float(settings.csat_values[text])
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _is_status(row: Row) -> bool:
    return row.get("Field") == "Status" and row.get("Type") in ("Status", "Set")


def _is_value(row: Row, field: str) -> bool:
    return row.get("Type") == "CustomField" and str(row.get("Field")) == field


def _is_move(row: Row) -> bool:
    return row.get("Type") == "Set" and row.get("Field") == "Queue"


def _login(person: object) -> str:
    return str(person.get("id") or "") if isinstance(person, dict) else str(person or "")


def _name(thing: object) -> str:
    return str(thing.get("Name") or "") if isinstance(thing, dict) else ""


def _time(value: object) -> str | None:
    text = str(value or "")
    return text if text and not text.startswith(UNSET) else None


def _minutes(start: str, end: str | None) -> float | None:
    """Return the minutes between two times; never fewer than none."""
    if end is None:
        return None
    span = moment(end) - moment(start)
    return max(0.0, span.total_seconds() / 60)
