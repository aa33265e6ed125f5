"""What is asked of Request Tracker: its lists page by page, and who is staff.

Lists are followed by id and not by page number, so that a ticket which drops out of a
search while it is read (merged, deleted) hides no other. A page may be shorter than
asked for, or empty, because rows the user may not see are taken out after paging; where
the server does not tell how many there are, only two empty pages in a row are the end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from connectors.request_tracker.settings import path_of_user
from journey.connector import Http, JourneyError, Problem

PAGE = 100
"""Most rows of a page; the server cuts larger wishes without a word."""
ZONES = dt.timedelta(hours=26)
"""Dates in a search are in the zone of the user, which nobody is told; with this much
more on either side every zone of the world is covered."""
BEHIND = dt.timedelta(hours=1)
"""How far the clock of the server may be behind."""
FIELDS = (
    "Status,Queue,Owner,Creator,Created,LastUpdated,Requestor,CustomFields,EffectiveId,"
    "Priority,Resolved"
)
TYPES = (
    "Create", "Correspond", "Status", "Set", "Give", "Take", "Steal", "Force",
    "Untake",
)  # fmt: skip
"""Kinds of history rows that are read; mail records and watchers are the bulk."""
LARGEST_ID = 2**31
NO_USER = "no such user"
NOBODY = "Nobody"
SYSTEM = "RT_System"

Row = Mapping[str, Any]


def tickets(http: Http, query: str, subject: bool, after: int = 0) -> Iterator[list[Any]]:
    """Yield pages of at most 100 tickets with a greater id than `after`, by id.

    What has no id that can be one comes first, once, to be told.
    """
    params = {
        "fields": f"{FIELDS},Subject" if subject else FIELDS,
        "fields[Queue]": "Name", "fields[Requestor]": "EmailAddress",
    }  # fmt: skip
    yield from _by_id(http, "tickets", query, params, after)


def merged(http: Http, targets: Sequence[str], subject: bool) -> list[Row]:
    """Return the tickets that were merged into one of `targets`."""
    if not targets:
        return []
    into = " OR ".join(f"EffectiveId = {target}" for target in targets)
    query = f"EffectiveId != id AND ({into})"
    pages = tickets(http, query, subject)
    return [row for page in pages for row in page if effective_id(row) != str(row["id"])]


def history(http: Http, ids: Sequence[str], more: Sequence[str] = ()) -> list[Row]:
    """Return what happened to the tickets `ids`, by id of the row; no call per ticket.

    `more` are kinds of rows beside the usual ones.
    """
    wanted, rows = set(ids), []
    kinds = " OR ".join(f"Type = '{kind}'" for kind in (*TYPES, *more))
    params = {"fields": "Type,Field,OldValue,NewValue,Created,Creator,ObjectId"}
    for start in range(0, len(ids), PAGE):
        some = " OR ".join(f"ObjectId = {one}" for one in ids[start : start + PAGE])
        query = f"ObjectType = 'RT::Ticket' AND ({some}) AND ({kinds})"
        for page in _pages(http, "transactions", query, params):
            for row in page:  # an odd one is told by its ticket, which breaks here
                if str(int(row["ObjectId"])) in wanted:
                    rows.append(row)
    unique = {int(row["id"]): row for row in rows}
    return [unique[number] for number in sorted(unique)]


def sees_notes(http: Http) -> bool:
    """Return whether internal notes are shown to this user.

    Where they are not, asking for them would bring whole pages of nothing.
    """
    query = "ObjectType = 'RT::Ticket' AND Type = 'Comment'"
    return bool(_items(http, "transactions", {"query": query, "per_page": PAGE})[0])


def all_ids(http: Http, query: str) -> list[str] | None:
    """Return the ids of every ticket that the search finds; None where one has none."""
    pages = _by_id(http, "tickets", query, {"fields": "Status"}, 0)
    numbers = [number_of(row) for page in pages for row in page]
    return [str(number) for number in numbers] if all(numbers) else None


def custom_fields(http: Http) -> list[str]:
    """Return the names of the custom fields of the newest tickets."""
    params = {
        "query": "id > 0", "fields": "CustomFields", "per_page": PAGE, "orderby": "id",
        "order": "DESC",
    }  # fmt: skip
    items, _ = _items(http, "tickets", params)
    known = (item for item in items if number_of(item))
    fields = (field for item in known for field in item.get("CustomFields") or ())
    return sorted({str(field.get("name")) for field in fields})


def created_between(first: dt.datetime | None, before: dt.datetime | None) -> str:
    """Return a search that finds at least the tickets created in [first, before)."""
    parts = ["id > 0"]
    if first:
        parts.append(f"Created > '{_text(first - ZONES)}'")
    if before:
        parts.append(f"Created < '{_text(before + ZONES)}'")
    return " AND ".join(parts)


def changed_since(first: dt.datetime) -> str:
    """Return a search that finds at least the tickets changed at or after `first`."""
    return f"LastUpdated > '{_text(first - BEHIND - ZONES)}'"


def deleted(http: Http, first: dt.datetime) -> list[str]:
    """Return the tickets set to deleted since `first`; no search of tickets finds them."""
    since = _text(first - BEHIND - ZONES)
    query = (
        "ObjectType = 'RT::Ticket' AND Type = 'Status' AND NewValue = 'deleted' "
        f"AND Created > '{since}'"
    )
    pages = _pages(http, "transactions", query, {"fields": "Type,NewValue,ObjectId"})
    return sorted(
        {str(row["ObjectId"]) for page in pages for row in page if _is_deletion(row)},
        key=int,
    )


def queue_names(http: Http) -> dict[str, str]:
    """Return the names of the queues by id; a disabled one is not among them."""
    pages = _pages(http, "queues/all", None, {"fields": "Name"})
    rows = (row for page in pages for row in page if number_of(row))
    return {str(row["id"]): str(row.get("Name") or "") for row in rows}


class Staff:
    """Who works at the helpdesk; each person is asked for once."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._known = {NOBODY: False, SYSTEM: False, "": False}
        self._domains: set[str] = set()
        self._nobody: str | None = None

    def has(self, login: str) -> bool:
        """Return whether `login` is a privileged user, asking for it if need be."""
        if login not in self._known:
            self._known[login] = found = self._ask(login)
            if found and "@" in login:
                self._domains.add(_domain(login))
        return self._known[login]

    def exists(self, login: str) -> bool:
        """Return whether there is a user of that login."""
        return self._user(login) is not None

    def opened(self, creator: str, requestors: Sequence[str]) -> bool:
        """Return whether a ticket was opened by staff.

        Who writes for himself from an address that no colleague has is a customer; he is
        not asked for, there are as many as tickets.
        """
        own = creator.lower() in requestors and "@" in creator
        if own and creator not in self._known and _domain(creator) not in self._domains:
            return False
        return self.has(creator)

    def nobody(self) -> str:
        """Return the number that history rows write where a ticket has no owner."""
        if self._nobody is None:
            user = self._http.get(path_of_user(NOBODY)).json
            links = user.get("_hyperlinks") if isinstance(user, dict) else ()
            known = [link for link in links or () if number_of(link)]
            numbers = [str(link["id"]) for link in known if link.get("ref") == "self"]
            self._nobody = numbers[0] if numbers else "6"
        return self._nobody

    def _ask(self, login: str) -> bool:
        user = self._user(login)
        return user is not None and str(user.get("Privileged")) == "1"

    def _user(self, login: str) -> Row | None:
        try:
            user = self._http.get(path_of_user(login)).json
        except JourneyError as error:
            if any(problem.found == NO_USER for problem in error.problems):
                return None
            raise
        return user if isinstance(user, dict) else None


def require_tickets(http: Http) -> None:
    """Raise JourneyError where not one ticket can be seen: rights, never a result."""
    params = {"query": "id > 0", "per_page": 1, "orderby": "id", "order": "ASC"}
    if not _items(http, "tickets", params)[0]:
        raise JourneyError(nothing_seen())


def nothing_seen() -> Problem:
    return Problem(
        "Request Tracker", "not one ticket can be seen",
        "a user with the rights SeeQueue and ShowTicket on the queues",
        "Admin > Queues > (the queue) > User Rights: give the user of the token SeeQueue, "
        "ShowTicket and SeeCustomField; a helpdesk without any ticket is connected later",
    )  # fmt: skip


def _by_id(
    http: Http, path: str, query: str, params: Row, after: int
) -> Iterator[list[Any]]:
    told: list[Any] = []
    while True:
        last, found = after, False
        for page in _pages(http, path, f"({query}) AND id > {after}", params):
            odd = [row for row in page if not number_of(row) and row not in told]
            told += odd
            fresh = sorted((r for r in page if number_of(r) > last), key=number_of)
            if odd or fresh:
                yield [*odd, *fresh]
            if fresh:
                last, found = number_of(fresh[-1]), True
                break
        if not found:
            return
        after = last


def _pages(http: Http, path: str, query: str | None, params: Row) -> Iterator[list[Any]]:
    """Yield the pages that hold rows; the end is where no more can follow."""
    asked = {
        **params, "query": query, "per_page": PAGE, "orderby": "id", "order": "ASC",
    }  # fmt: skip
    page, empty, seen = 1, 0, 0
    while True:
        items, reply = _items(http, path, {**asked, "page": page})
        empty, seen = (0, seen + len(items)) if items else (empty + 1, seen)
        if items:
            yield items
        pages = reply.get("pages")
        told = isinstance(pages, (int, float)) and page >= pages
        if not items and (told or empty == 2):
            break
        page += 1
    total = reply.get("total")
    if not seen and isinstance(total, int) and total > 0:
        raise JourneyError(_withheld(path, total))


def _items(http: Http, path: str, params: Row) -> tuple[list[Any], Row]:
    reply = http.get(path, params=params).json
    items = reply.get("items") if isinstance(reply, dict) else None
    if not isinstance(items, list):
        raise JourneyError(_no_list(path))
    return [item for item in items if item is not None], reply  # null: may not be seen


def _withheld(path: str, total: int) -> Problem:
    return Problem(
        f"Request Tracker, {path}", f"it counts {total:,} and lists none",
        "the rows themselves",
        "give the user of the token SeeQueue and ShowTicket, then run doctor",
    )  # fmt: skip


def _no_list(path: str) -> Problem:
    return Problem(
        f"Request Tracker, {path}", "an answer without a list of items",
        "the REST 2 interface of Request Tracker 5",
        "check the url of the source in journey.toml",
    )  # fmt: skip


def number_of(row: Any) -> int:
    """Return the id of a row as a number; 0 where it has none that can be one."""
    told = str(row.get("id") if isinstance(row, dict) else "")
    return int(told) if told.isdecimal() and int(told) < LARGEST_ID else 0


def named(row: Row) -> str:
    """Return the id of a row as searches name it; ValueError where it has none."""
    if not number_of(row):
        raise ValueError("no number")
    return str(number_of(row))


def effective_id(row: Row) -> str:
    """Return the id a ticket answers to now; an object in one place, a text in another."""
    value = row.get("EffectiveId")
    return str(value.get("id") if isinstance(value, dict) else value or row["id"])


def _is_deletion(row: Row) -> bool:
    named = number_of(row) and str(row.get("ObjectId")).isdecimal()
    return bool(named) and row.get("NewValue") == "deleted"


def _text(moment: dt.datetime) -> str:
    """Return the one form of a date that searches read right; others find everything."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
