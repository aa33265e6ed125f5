"""What happened to tickets of Zendesk: replies, transfers, reopenings, states."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from connectors.zendesk import calls, names, words
from connectors.zendesk.tickets import SOLVED
from journey.connector import Batch, Http, Since, moment

PATH = "/api/v2/incremental/ticket_events.json"

Row = calls.Row


class Chosen(Protocol):
    @property
    def channels(self) -> dict[str, str]: ...


def read(since: Since, settings: Chosen, http: Http) -> Iterator[Batch]:
    """Yield the events by time; no text of a message, no place of its writer."""
    teller = Teller(http, names.groups(http), names.staff(http), settings.channels)
    yield from calls.by_time(
        http, PATH, "ticket_events", since, {"include": "comment_events"},
        _happened, teller.rows,
    )  # fmt: skip


def _happened(event: Row) -> dt.datetime:
    stamp = event.get("timestamp")
    return calls.stamped(stamp) if stamp else moment(event["created_at"])


class Teller:
    """Says of each change who made it and what kind it is."""

    def __init__(
        self,
        http: Http,
        groups: Mapping[int, str],
        staff: frozenset[int] | None,
        channels: dict[str, str],
    ) -> None:
        self.http = http
        self.groups = groups
        self.staff = staff
        self.channels = channels

    def rows(self, events: list[Row]) -> list[dict[str, Any]]:
        staff = self.staff if self.staff is not None else self._looked_up(events)
        found = []
        for event in events:
            for child in event.get("child_events") or ():
                told = self._told(event, child, staff)
                if told:
                    found.append(told)
        return found

    def _looked_up(self, events: list[Row]) -> frozenset[int] | None:
        """Return which writers are staff, asked one by one; None where nobody tells."""
        people = {event.get("updater_id") for event in events}
        people |= {c.get("author_id") for e in events for c in e.get("child_events") or ()}
        found = names.accounts(self.http, people)
        staff = {n for n, user in found.items() if user.get("role") in names.STAFF_ROLES}
        return frozenset(staff) if found else None

    def _told(
        self, event: Row, child: Row, staff: frozenset[int] | None
    ) -> dict[str, Any] | None:
        kind = child.get("event_type") or child.get("type")
        told: dict[str, Any] | None = None
        if kind == "Comment":
            told = self._reply(event, child, staff)
        elif kind == "Change":
            told = self._change(child)
        if told is None:
            return None
        return {
            "event_id": str(child["id"]),
            "ticket_id": str(event["ticket_id"]),
            "author": self._changer(event, child, staff),
            "happened_at": event["created_at"],
            **told,
        }

    def _changer(self, event: Row, child: Row, staff: frozenset[int] | None) -> str | None:
        via = _via(event, child)
        return (
            "system" if via in words.RULES else _author(via, event.get("updater_id"), staff)
        )

    def _reply(
        self, event: Row, child: Row, staff: frozenset[int] | None
    ) -> dict[str, Any]:
        via = _via(event, child)
        author = _author(via, child.get("author_id", event.get("updater_id")), staff)
        return {
            "kind": "reply",
            "author": author,
            "is_public": child.get("public", child.get("comment_public")),
            "channel": words.channel_of(via, self.channels)
            if author == "customer"
            else None,
        }

    def _change(self, child: Row) -> dict[str, Any] | None:
        """Return a change of status, team or owner; None for every other field."""
        before = child.get("previous_value")
        if "status" in child:
            after = child["status"]
            again = before in SOLVED and after not in (*SOLVED, "deleted")
            kind = "reopen" if again else "status"
            return {"kind": kind, "from_value": before, "to_value": after}
        if "group_id" in child:
            return {
                "kind": "transfer" if before else "assigned",
                "from_value": self._team(before), "to_value": self._team(child["group_id"]),
            }  # fmt: skip
        if "assignee_id" in child:
            return {"kind": "transfer" if before else "assigned"}
        return None

    def _team(self, number: Any) -> str | None:
        text = str(number or "")
        return self.groups.get(int(text)) if text.isdigit() else None


def _via(event: Row, child: Row) -> str:
    return words.way(child.get("via")) or words.way(event.get("via"))


def _author(via: str, number: Any, staff: frozenset[int] | None) -> str | None:
    """Return agent, customer, bot or system; None where nobody tells who is staff."""
    if "bot" in via.split("_"):
        return "bot"
    if number is None or int(number) <= 0:
        return "system"
    if staff is None:
        return None
    return "agent" if int(number) in staff else "customer"
