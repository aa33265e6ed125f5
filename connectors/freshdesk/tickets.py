"""Tickets of Freshdesk: one list by their changes, with times and requesters in it."""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from connectors.freshdesk import calls, words
from journey.connector import (
    Batch,
    Http,
    JourneyError,
    Mark,
    Present,
    Problem,
    Rows,
    Since,
    is_before,
    moment,
    near,
    one_by_one,
)

AGAIN = dt.timedelta(days=90)
"""How far a thorough read goes back: longer than Freshdesk keeps what was deleted."""
WITH = {"include": "stats,requester"}
ORDER = re.compile(r"#?[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}")
"""What an order number looks like; a sentence or an address in its field is none."""

NAMELESS = ""
"""Stands for a ticket of which nobody can say whether it is there."""

Row = calls.Row


class Chosen(Protocol):
    """The settings that shape a ticket."""

    @property
    def since(self) -> dt.date | None: ...
    @property
    def reason_field(self) -> str: ...
    @property
    def reason_tags(self) -> dict[str, str]: ...
    @property
    def order_field(self) -> str: ...
    @property
    def country_field(self) -> str: ...
    @property
    def channels(self) -> dict[str, str]: ...


@dataclass(frozen=True)
class Names:
    """What the numbers in a ticket stand for; empty where the role does not tell."""

    groups: Mapping[int, str]
    products: Mapping[int, str]
    agents: frozenset[int]
    statuses: dict[int, str]
    sources: dict[int, str]


def read(since: Since, settings: Chosen, http: Http) -> Iterator[Batch]:
    """Yield the tickets that changed; from time to time, what no longer exists too.

    A thorough read walks the last 90 days anew: what it does not meet was deleted for
    good. Lists leave out spam and deleted tickets, which have lists of their own.
    """
    names = ask(http)
    thorough = since.thorough and since.before is None and since.first is not None
    first = since.first or calls.EPOCH
    start = first - AGAIN if thorough else first
    mark = since.mark or ""
    seen: set[str] = set()
    if not mark.startswith(("spam", "deleted")):
        place = calls.Place.of(mark) if mark else calls.Place(start)
        for found, after in _bounded(http, place, WITH, since):
            if found:
                yield from one_by_one(
                    found, lambda some: [Rows(_rows(some, names, settings))]
                )
            seen.update(map(_number, found))
            if after:
                yield Mark(str(after))
    if not since.newest:
        return
    for name in ("spam", "deleted"):
        for found, _ in calls.walk(
            http, words.TICKETS, calls.Place(start), {**WITH, "filter": name}
        ):
            if found:
                told = functools.partial(_rows, list_name=name)
                yield from one_by_one(
                    found,
                    lambda some: [Rows(told(some, names, settings))],  # noqa: B023
                )
            seen.update(map(_number, found))
    if thorough and not mark and NAMELESS not in seen:
        yield Present("ticket_id", seen, start, since.first)


def _number(ticket: Any) -> str:
    told = ticket.get("id") if isinstance(ticket, Mapping) else None
    return str(told) if told else NAMELESS


def _bounded(
    http: Http, place: calls.Place, params: Mapping[str, Any], since: Since
) -> Iterator[tuple[list[Any], calls.Place | None]]:
    """Yield pages of an older stretch only up to where the stretch after it began."""
    until = since.before if not since.newest else None
    for found, after in calls.walk(http, words.TICKETS, place, params):
        wanted = [t for t in found if until is None or _is_wanted(t, until)]
        yield wanted, after
        if len(wanted) < len(found):
            return


def _is_wanted(ticket: Any, until: dt.datetime) -> bool:
    """Whether a ticket changed before; one of which nobody knows is to be told."""
    changed = ticket.get("updated_at") if isinstance(ticket, Mapping) else None
    return is_before(changed, until) is not False


# ---------------------------------------------------------------------- names


def ask(http: Http) -> Names:
    return Names(
        _named(http, words.GROUPS),
        _named(http, words.PRODUCTS),
        frozenset(_named(http, words.AGENTS)),
        *_choices(_all(http, words.FIELDS)),
    )


def _all(http: Http, path: str) -> list[Row]:
    """Return a list in full; nothing where plan or role do not give it."""
    try:
        pages = list(calls.pages(http, path))
    except JourneyError as error:
        if not words.not_given(error):
            raise
        return []
    return [row for page in pages for row in page if isinstance(row, Mapping)]


def _named(http: Http, path: str) -> dict[int, str]:
    """Return number -> name of a list; what has no number stands for nothing."""
    return {
        row["id"]: str(row.get("name") or row["id"])
        for row in _all(http, path)
        if isinstance(row.get("id"), int)
    }


def _choices(fields: Sequence[Row]) -> tuple[dict[int, str], dict[int, str]]:
    """Return number -> name of the account's own statuses and sources."""
    named: dict[str, dict[int, str]] = {"status": {}, "source": {}}
    for row in fields:
        choices = row.get("choices")
        if str(row.get("name")) not in named or not isinstance(choices, dict):
            continue
        for key, value in choices.items():
            if row["name"] == "status" and str(key).isdigit():
                text = value[0] if isinstance(value, list) and value else value
                named["status"][int(key)] = str(text)
            elif row["name"] == "source" and isinstance(value, int):
                named["source"][value] = str(key)
    return named["status"], named["source"]


def field_problems(http: Http, settings: Chosen) -> Iterator[Problem]:
    """Yield a problem for each setting that names a field which no ticket has."""
    known = {str(row.get("name")) for row in _all(http, words.FIELDS)}
    for name in ("reason_field", "order_field", "country_field"):
        value = _key(getattr(settings, name))
        if known and value not in ("", "type") and value not in known:
            yield Problem(
                f"Freshdesk, setting {name}", f'no ticket field is called "{value}"',
                near(value, known),
                "write the field's name as Admin, Workflows, Ticket fields has it in its "
                'API name, such as "cf_order_number"',
            )  # fmt: skip


# -------------------------------------------------------------------- tickets


def _rows(
    tickets: Sequence[Row], names: Names, settings: Chosen, list_name: str = ""
) -> list[dict[str, Any]]:
    if settings.since:
        first = dt.datetime.combine(settings.since, dt.time(), dt.UTC)
        tickets = [t for t in tickets if not is_before(t["created_at"], first)]
    return [_row(ticket, names, settings, list_name) for ticket in tickets]


def _row(
    ticket: Row, names: Names, settings: Chosen, list_name: str = ""
) -> dict[str, Any]:
    requester = ticket.get("requester") or {}
    number, source, status = (ticket.get(n) for n in ("requester_id", "source", "status"))
    gone = list_name == "deleted" or ticket.get("deleted")
    by_staff = source == words.OUTBOUND or number in names.agents
    return {
        "ticket_id": str(ticket["id"]),
        "email": requester.get("email"),
        "phone": requester.get("mobile") or requester.get("phone"),
        "customer_id": str(number) if number else None,
        "order_ref": order_number(_field(ticket, settings.order_field)),
        "brand": names.products.get(ticket.get("product_id") or 0),
        "country": _country(_field(ticket, settings.country_field)),
        "channel": words.channel_of(source, names.sources, settings.channels),
        "reason": _reason(ticket, settings),
        "status": _status(status, names),
        "priority": words.PRIORITIES.get(ticket.get("priority") or 0),
        "team": names.groups.get(ticket.get("group_id") or 0),
        "created_at": ticket["created_at"],
        **_progress(ticket, status in words.RESOLVED),
        "is_spam": list_name == "spam" or bool(ticket.get("spam")),
        "initiated_by": "agent" if by_staff else "customer",
        "updated_at": ticket["updated_at"],
        "deleted_at": ticket["updated_at"] if gone else None,
    }


def _progress(ticket: Row, resolved: bool) -> dict[str, Any]:
    """Return what happened so far; a time of resolving counts only while it holds."""
    stats = ticket.get("stats") or {}
    replied = stats.get("first_responded_at")
    at = stats.get("resolved_at") or stats.get("closed_at")
    again = stats.get("reopened_at")
    created = moment(ticket["created_at"])
    return {
        "first_reply_at": replied,
        "first_resolved_at": None if again else at,
        "resolved_at": at if resolved else None,
        "first_reply_minutes": _minutes(created, replied),
        "full_resolution_minutes": _minutes(created, at) if resolved else None,
        "minutes_basis": "calendar",
        "reopens": (1 if again else 0) if stats else None,
    }


def _minutes(created: dt.datetime, at: str | None) -> float | None:
    return (moment(at) - created).total_seconds() / 60 if at else None


def _status(status: Any, names: Names) -> str | None:
    """Return the usual word for the usual numbers, the account's own for its own."""
    if status in words.STATUSES:
        return words.STATUSES[status]
    own = names.statuses.get(status) if isinstance(status, int) else None
    return own.lower() if own else None if status is None else str(status)


def _key(field: str) -> str:
    """Return the name of a field in the API: "Order number" is cf_order_number."""
    if field in ("", "type") or field.startswith("cf_"):
        return field
    return "cf_" + "_".join(re.findall(r"\w+", field.lower()))


def _field(ticket: Row, field: str) -> Any:
    return (ticket.get("custom_fields") or {}).get(_key(field)) if field else None


def _reason(ticket: Row, settings: Chosen) -> str | None:
    """Return what the ticket is about: the field of the setting, then its tags."""
    if settings.reason_field == "type":
        told: Any = ticket.get("type")
    else:
        told = _field(ticket, settings.reason_field)
    if told and "@" not in str(told):
        return str(told)[:80]
    tags = ticket.get("tags") or ()
    return next((settings.reason_tags[t] for t in tags if t in settings.reason_tags), None)


def _country(value: Any) -> str | None:
    text = str(value or "").strip().upper()
    return text if len(text) == 2 and text.isalpha() else None


def order_number(value: Any) -> str | None:
    """Return an order number as written into a field; None for anything else."""
    text = str(value).strip() if value is not None else ""
    return text if ORDER.fullmatch(text) and re.search(r"\d", text) else None
