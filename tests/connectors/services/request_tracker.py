"""Request Tracker 5.0.3 on this machine: its REST 2 interface with the habits it has.

Searches are parsed as it parses them: no IN, dates in the zone of the user, offsets
unread, a date it cannot read finds everything. Deleted and merged tickets are in no
search. Totals of history are null and hidden rows are taken out of a page after paging.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from tests.connectors.service import Answer, Call, Service

KIND = "request_tracker"
SETTINGS = """
url = "{url}"
token = "env:RT_TOKEN"
since = 2026-06-01
reason_field = "Contact reason"
order_field = "Order number"
order_pattern = "(?i)order no (\\\\d+)"
csat_field = "CSAT"
channels = { Telefon = "phone" }
"""
TOKEN = "1-14-90f2c7be31a54d6c8e0b"
SECRETS = {"RT_TOKEN": TOKEN}
SECRET_TEXTS = [TOKEN]
ZONE = ZoneInfo("Europe/Warsaw")
UNSET = "1970-01-01T00:00:00Z"
NOBODY = "6"
TOKENS = re.compile(
    r"\s*(?:(?P<paren>[()])|(?P<join>AND|OR)\b|"
    r"(?P<field>[\w.]+)\s*(?P<op>!=|>=|<=|=|>|<)\s*(?P<value>'[^']*'|[\w.]+))", re.I,
)  # fmt: skip
DATES = ("Created", "LastUpdated", "Resolved")
Row = dict[str, Any]
Told = tuple[int, Any]


class Unread(Exception):
    """A search that cannot be read."""


class Tracker:
    """One helpdesk: what it holds and what it answers."""

    def __init__(self, cap: int = 100, zone: ZoneInfo = ZONE) -> None:
        self.cap, self.zone = cap, zone
        self.tickets: dict[str, Row] = {}
        self.rows: list[Row] = []
        """History, by id; `hidden` ones are not for this user."""
        self.users: dict[str, Row] = {}
        self.queues: dict[str, str] = {}
        self.closed_queues: dict[str, str] = {}
        self.may_see = True
        self.privileged = True
        self.calls: list[str] = []

    # ------------------------------------------------------------ what it answers

    def answer(self, path: str, params: Mapping[str, str], authorization: str) -> Told:
        """Return status and body of one call; `path` below the interface."""
        self.calls.append(path)
        if authorization != f"token {TOKEN}":
            return 401, {"message": "Unauthorized"}
        routes: list[tuple[str, Callable[..., Told]]] = [
            (r"rt", self._version), (r"tickets", self._search),
            (r"transactions", self._transactions), (r"queues/all", self._queues),
            (r"user/([^/]+)", self._user), (r"ticket/(\d+)", self._ticket),
        ]  # fmt: skip
        for pattern, route in routes:
            if found := re.fullmatch(pattern, path.strip("/")):
                try:
                    return route(params, *map(unquote, found.groups()))
                except Unread as error:
                    return 400, {"message": f"Wrong query, {error} at /usr/share/rt"}
        return 404, {"message": "Not Found"}

    def _version(self, params: Mapping[str, str]) -> Told:
        return 200, {"Version": "5.0.3+dfsg-3~deb12u6"}

    def _search(self, params: Mapping[str, str]) -> Told:
        query = params.get("query", "")
        found = [t for t in self.tickets.values() if t["Status"] != "deleted"]
        if "effectiveid" not in query.lower():
            found = [t for t in found if t["EffectiveId"] == t["id"]]
        found = self._select(found, query) if query and self.may_see else []
        if params.get("orderby", "id") not in ("id", *DATES):
            return self._page(params, found, None, total=True)
        return self._page(params, self._sorted(found, params), self._listed, total=True)

    def _transactions(self, params: Mapping[str, str]) -> Told:
        found = self._select(self.rows, params.get("query", "")) if self.may_see else []
        return self._page(params, self._sorted(found, params), _row_listed, total=False)

    def _queues(self, params: Mapping[str, str]) -> Told:
        shown = self.queues if self.may_see else {}
        found = [{"id": key, "Name": name, "type": "queue"} for key, name in shown.items()]
        return self._page(params, found, lambda row, wanted: dict(row), total=True)

    def _user(self, params: Mapping[str, str], name: str) -> Told:
        if not self.privileged:
            return 403, {"message": "Forbidden"}
        by_name = {key.lower(): user for key, user in self.users.items()}
        user = by_name.get(name.lower())
        return (200, user) if user else (404, {"message": "Not Found"})

    def _ticket(self, params: Mapping[str, str], number: str) -> Told:
        ticket = self.tickets.get(number)
        if ticket is None:
            return 404, {"message": "Not Found"}
        if not self.may_see:
            return 403, {"message": "Forbidden"}
        shown = self.tickets[ticket["EffectiveId"]]
        return 200, {**shown, "id": int(shown["id"])}

    # ------------------------------------------------------------------- searches

    def _select(self, rows: list[Row], query: str) -> list[Row]:
        test = eval(self._compiled(query), {"check": self._check})
        return [row for row in rows if test(row)]

    def _compiled(self, query: str) -> str:
        """Return the search as a Python function; raises Unread."""
        at, parts = 0, ["lambda row: "]
        while query[at:].strip():
            found = TOKENS.match(query, at)
            if not found:
                raise Unread(f"expecting an OPERATOR in '{query[:at]}>>>'")
            at = found.end()
            if found["field"]:
                value = found["value"].strip("'")
                parts.append(f"check(row, {found['field']!r}, {found['op']!r}, {value!r})")
            else:
                parts.append(found["paren"] or found["join"].lower())
        return " ".join(parts)

    def _check(self, row: Row, field: str, op: str, value: str) -> bool:
        if field not in row:
            raise Unread(f"Unknown field: {field}")
        if field in DATES:
            return self._check_date(str(row[field]), op, value)
        found: Any = str(row[field])
        wanted: Any = str(row["id"]) if value == "id" else value
        if found.isdigit() and wanted.isdigit():
            found, wanted = int(found), int(wanted)
        return _compare(found, op, wanted)

    def _check_date(self, stored: str, op: str, value: str) -> bool:
        """Read dates as the server does: local, offsets ignored, Z means midnight."""
        plain = re.match(r"(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d))?(.*)", value)
        if not plain:
            return True
        time = "00:00:00" if plain[3] == "Z" else plain[2] or "00:00:00"
        local = dt.datetime.fromisoformat(f"{plain[1]}T{time}").replace(tzinfo=self.zone)
        moment = dt.datetime.fromisoformat(stored)
        if op == "=" and not plain[2]:
            return local <= moment < local + dt.timedelta(days=1)
        return _compare(moment, op, local.astimezone(dt.UTC))

    # ---------------------------------------------------------------------- pages

    def _sorted(self, rows: list[Row], params: Mapping[str, str]) -> list[Row]:
        key = params.get("orderby", "id")
        down = params.get("order", "ASC").upper() == "DESC"
        return sorted(
            rows, key=lambda row: int(row[key]) if key == "id" else row[key], reverse=down
        )

    def _page(
        self, params: Mapping[str, str], rows: list[Row], show: Any, total: bool
    ) -> Told:
        size, page = _number(params.get("per_page"), 20), _number(params.get("page"), 1)
        size = min(size, self.cap)
        part = rows[(page - 1) * size : page * size]
        wanted = [word for word in params.get("fields", "").split(",") if word]
        items = [show(row, {**params, "fields": wanted})
                 for row in part if show and not row.get("hidden")]  # fmt: skip
        body: Row = {"count": len(items), "page": page, "per_page": size, "items": items}
        body["total"] = len(rows) if total else None
        pages = math.ceil(len(rows) / size)
        body["pages"] = (pages or 0.0) if total else None
        return 200, body

    def _listed(self, ticket: Row, params: Any) -> Row:
        shown: Row = {"id": ticket["id"], "type": "ticket", "_url": "/REST/2.0/ticket"}
        for field in params["fields"]:
            shown[field] = ticket.get(field, "")
        if "Queue" in shown:
            number = ticket["Queue"]
            shown["Queue"] = {"id": number, "type": "queue"}
            if params.get("fields[Queue]") == "Name":
                names = {**self.queues, **self.closed_queues}
                shown["Queue"]["Name"] = names[number]
        for field in ("Owner", "Creator"):
            if field in shown:
                shown[field] = {"id": ticket[field], "type": "user"}
        if "Requestor" in shown:
            address = params.get("fields[Requestor]") == "EmailAddress"
            shown["Requestor"] = [self._person(one, address) for one in ticket["Requestor"]]
        if "CustomFields" in shown and int(ticket["id"]) % 2:
            shown["CustomFields"] = list(reversed(ticket["CustomFields"]))
        return shown

    def _person(self, name: str, address: bool) -> Row:
        shown: Row = {"id": name, "type": "user", "_url": f"/REST/2.0/user/{name}"}
        if address:
            shown["EmailAddress"] = self.users.get(name, {}).get("EmailAddress", "")
        return shown


def _row_listed(row: Row, params: Any) -> Row:
    shown: Row = {"id": row["id"], "type": "transaction"}
    for field in params["fields"]:
        shown[field] = "" if field == "Object" else row.get(field, "")
    if "Creator" in shown:
        shown["Creator"] = {"id": row["Creator"], "type": "user"}
    return shown


def _compare(found: Any, op: str, wanted: Any) -> bool:
    if op in ("=", "!="):
        return bool((found == wanted) is (op == "="))
    less = bool(found < wanted)
    equal = bool(found == wanted)
    return {"<": less, "<=": less or equal, ">": not less and not equal,
            ">=": not less}[op]  # fmt: skip


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() and int(text) else default


# ----------------------------------------------------------------- a small helpdesk

AGENTS = ("agent.one", "agent.two")
FIELDS = ("Order number", "Contact reason", "CSAT")


class Desk:
    """Builds a helpdesk by doing what people do there, in order of time."""

    def __init__(self, tracker: Tracker) -> None:
        self.tracker = tracker
        self._row = 100
        for key, name in {"1": "Pomoc", "3": "Zwroty", "4": "Telefon"}.items():
            tracker.queues[key] = name
        tracker.closed_queues["6"] = "Archiwum"
        for number, name in enumerate(AGENTS, 40):
            self.user(name, f"{name}@shop.example", number, privileged=1)
        self.user("Nobody", "", 6)
        self.user("RT_System", "", 1)

    def user(self, name: str, address: str, number: int, privileged: int = 0) -> None:
        self.tracker.users[name] = {
            "Name": name, "EmailAddress": address, "Privileged": privileged,
            "_hyperlinks": [{"id": number, "ref": "self", "type": "user"}],
        }  # fmt: skip

    def open(self, at: str, who: str, queue: str = "1", **more: Any) -> str:
        number = str(len(self.tracker.tickets) + 1)
        fields = [{"name": name, "id": str(place), "values": [], "type": "customfield"}
                  for place, name in enumerate(FIELDS, 2)]  # fmt: skip
        self.tracker.tickets[number] = {
            "id": number, "EffectiveId": number, "Status": "new", "Queue": queue,
            "Owner": "Nobody", "Creator": who, "Created": at, "LastUpdated": at,
            "Requestor": [who], "CustomFields": fields, "Priority": "0",
            "Resolved": UNSET, "Subject": "", **more,
        }  # fmt: skip
        for one in (who, *more.get("Requestor", ())):
            if one not in self.tracker.users:
                self.user(one, one if "@" in one else "", 1000 + int(number))
        self.happen(number, at, who, "Create")
        return number

    def happen(
        self, number: str, at: str, who: str, kind: str, field: str = "",
        old: str = "", new: str = "", hidden: bool = False,
    ) -> None:  # fmt: skip
        self._row += 1
        self.tracker.rows.append({
            "id": str(self._row), "ObjectType": "RT::Ticket", "ObjectId": number,
            "Type": kind, "Field": field, "OldValue": old, "NewValue": new,
            "Created": at, "Creator": who, "hidden": hidden,
        })  # fmt: skip
        self.tracker.tickets[number]["LastUpdated"] = at

    def reply(self, number: str, at: str, who: str) -> None:
        self.happen(number, at, who, "Correspond")
        self.happen(number, at, "RT_System", "EmailRecord", hidden=True)

    def note(self, number: str, at: str, who: str) -> None:
        self.happen(number, at, who, "Comment", hidden=True)
        self.happen(number, at, "RT_System", "CommentEmailRecord", hidden=True)

    def own(self, number: str, at: str, who: str) -> None:
        """Give the ticket to somebody: written twice, by the numbers of the users."""
        ticket = self.tracker.tickets[number]
        old, new = (self._number(name) for name in (ticket["Owner"], who))
        for kind in ("Set", "SetWatcher"):
            self.happen(number, at, who, kind, "Owner", old, new)
        ticket["Owner"] = who

    def _number(self, name: str) -> str:
        return str(self.tracker.users[name]["_hyperlinks"][0]["id"])

    def status(self, number: str, at: str, who: str, new: str) -> None:
        ticket = self.tracker.tickets[number]
        self.happen(number, at, who, "Status", "Status", ticket["Status"], new)
        ticket["Status"] = new
        if new in ("resolved", "rejected"):
            ticket["Resolved"] = at

    def move(self, number: str, at: str, who: str, queue: str) -> None:
        ticket = self.tracker.tickets[number]
        self.happen(number, at, who, "Set", "Queue", ticket["Queue"], queue)
        ticket["Queue"] = queue

    def fill(self, number: str, at: str, who: str, field: str, value: str) -> None:
        for one in self.tracker.tickets[number]["CustomFields"]:
            if one["name"] == field:
                old = one["values"][0] if one["values"] else ""
                one["values"] = [value] if value else []
                self.happen(number, at, who, "CustomField", one["id"], old, value)

    def merge(self, number: str, at: str, who: str, into: str) -> None:
        self.happen(number, at, who, "AddLink", "MergedInto", "", into)
        tickets = self.tracker.tickets
        changed = tickets[number]["LastUpdated"]
        tickets[number].update(EffectiveId=into, LastUpdated=changed)
        self.happen(into, at, who, "AddLink", "MergedInto", number, "")


def moment(day: int, minute: int = 0) -> str:
    """Return the time `day` days and `minute` minutes after 10 June 2026."""
    start = dt.datetime(2026, 6, 10, 8, 0, tzinfo=dt.UTC)
    at = start + dt.timedelta(days=day, minutes=minute)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def person(number: int) -> str:
    """Return a customer's address; every fifth one shouts."""
    address = f"klientka{number}.wrzos@poczta.example"
    return address.upper() if number % 5 == 0 else address


PEOPLE = [person(number) for number in range(1, 45)] + ["Drzewiecka", "600 700 811"]


def small_desk(cap: int = 20) -> Tracker:
    """Return a helpdesk of 44 tickets from June to October, with every oddity once."""
    tracker = Tracker(cap)
    desk = Desk(tracker)
    for one in range(1, 45):
        queue = ("1", "3", "4", "6")[one % 4]
        subject = f"Order no {9000 + one}, Drzewiecka, 600 700 811"
        number = desk.open(moment(one * 3), person(one), queue, Subject=subject)
        agent = AGENTS[one % 2]
        if one % 6:
            desk.own(number, moment(one * 3, 60), agent)
            desk.note(number, moment(one * 3, 65), agent)
            desk.reply(number, moment(one * 3, 70), agent)
            desk.status(number, moment(one * 3, 70), "RT_System", "open")
        if one % 3 == 0:
            desk.status(number, moment(one * 3, 300), agent, "resolved")
        if one % 9 == 0:
            desk.reply(number, moment(one * 3, 400), person(one))
            desk.status(number, moment(one * 3, 400), "RT_System", "open")
        if one % 4 == 0:
            desk.own(number, moment(one * 3, 500), AGENTS[1 - one % 2])
        if one == 8:
            desk.reply(number, moment(one * 3, 505), "kurier")  # no user any more
        if one % 7 == 0:
            desk.move(number, moment(one * 3, 510), agent, "3")
        desk.fill(number, moment(one * 3, 520), agent, "Contact reason", "Zwrot")
        if one % 5 == 0:
            desk.fill(number, moment(one * 3, 530), agent, "CSAT", str(1 + one % 4))
            desk.fill(number, moment(one * 3, 540), agent, "Order number", f"#{8000 + one}")
    desk.merge("11", moment(140), AGENTS[0], "10")
    desk.status("13", moment(141), AGENTS[0], "deleted")
    return tracker


class Helpdesk(Service):
    """The small helpdesk over HTTP."""

    def __init__(self) -> None:
        self.tracker = small_desk(40)
        super().__init__()

    def answer(self, call: Call) -> Answer:
        if not call.path.startswith("/REST/2.0/"):
            return Answer({"message": "Not Found"}, 404)
        if "text/html" in call.headers.get("accept", ""):
            return Answer({"message": "Not Acceptable"}, 406)
        path = call.path.removeprefix("/REST/2.0/")
        login = call.headers.get("authorization", "")
        status, body = self.tracker.answer(path, call.params, login)
        return Answer(body, status)
