"""A Zendesk account of a small shop, speaking the vendor's protocol."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from tests.connectors.service import Answer, Call, Service

KIND = "zendesk"
SETTINGS = """
url = "{url}"
email = "owner@acme.example"
token = "env:ZENDESK_TOKEN"
since = 2026-08-10
order_field = "Order number"
reason_field = "Contact reason"
reason_tags = { refund_wanted = "refund" }
"""
TOKEN = "zd-token-4b1f9c77e2"
SECRETS = {"ZENDESK_TOKEN": TOKEN}
SECRET_TEXTS = (TOKEN,)

NAMES = (
    "Agata Wrona",
    "Bruno Hoff",
    "Celia Nunes",
    "Dario Lupi",
    "Edda Falk",
    "Filip Sowa",
)
ADDRESSES = tuple(f"{name.replace(' ', '.').lower()}@post.example" for name in NAMES)
PHONES = tuple(f"+48 601 700 10{number}" for number in range(len(NAMES)))
TEXTS = ("My parcel lies at the neighbour's", "Please send it again")
PEOPLE = (*NAMES, *ADDRESSES, *PHONES, *TEXTS, "198.51.100.23", "Zorza Pomoc")

AGENT, SECOND_AGENT, OWNER = 801, 802, 800
FIRST_PERSON = 9001
ORDER_FIELD, REASON_FIELD = 71, 72
START = dt.datetime(2026, 5, 3, 8, 0, tzinfo=dt.UTC)
TICKETS = 40


def at(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def unix(moment: dt.datetime) -> int:
    return int(moment.timestamp())


def seconds(text: str) -> int:
    return unix(dt.datetime.fromisoformat(text))


def user(number: int) -> dict[str, Any]:
    staff = {AGENT: "Zorza Pomoc", SECOND_AGENT: "Zorza Pomoc 2", OWNER: "Zorza Pomoc 0"}
    if number in staff:
        role = "admin" if number == OWNER else "agent"
        return {"id": number, "name": staff[number], "email": f"staff{number}@acme.example",
                "phone": None, "role": role, "suspended": False}  # fmt: skip
    index = number - FIRST_PERSON
    return {"id": number, "name": NAMES[index], "email": ADDRESSES[index],
            "phone": PHONES[index], "role": "end-user", "suspended": False}  # fmt: skip


def metric(ticket: dict[str, Any], number: int, **changes: Any) -> dict[str, Any]:
    solved = ticket["status"] in ("solved", "closed")
    none = {"calendar": None, "business": None}
    full = {"calendar": 1500, "business": 500} if solved else none
    return {
        "id": 50_000 + number, "ticket_id": ticket["id"],
        "created_at": ticket["created_at"], "updated_at": ticket["updated_at"],
        "replies": 2, "reopens": int(number % 5 == 0),
        "assignee_stations": 2, "group_stations": 1 + (number % 4 == 0),
        "solved_at": ticket["updated_at"] if solved else None,
        "status_updated_at": ticket["updated_at"],
        "reply_time_in_minutes": {"calendar": 60 + number, "business": 30},
        "first_resolution_time_in_minutes": full,
        "full_resolution_time_in_minutes": full,
        "requester_wait_time_in_minutes": {"calendar": 90, "business": 45},
    } | changes  # fmt: skip


def place(ticket: dict[str, Any]) -> tuple[int, int]:
    """Return where a ticket stands in the export."""
    return ticket["generated_timestamp"], ticket["id"]


class State:
    """What the account holds; tests change it as people and time would."""

    def __init__(self) -> None:
        self.tickets: dict[int, dict[str, Any]] = {}
        self.metrics: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.surveys: list[dict[str, Any]] = []
        self.ratings: list[dict[str, Any]] = []
        self.users = {n: user(n) for n in (OWNER, AGENT, SECOND_AGENT)}
        self.users |= {FIRST_PERSON + n: user(FIRST_PERSON + n) for n in range(len(NAMES))}
        self.page, self.event_page = 7, 15
        self.role = "admin"
        self.refused: dict[str, int] = {}
        """Path -> status with which this account refuses it."""
        self.sideloads = {"metric_sets", "users"}
        self.exports = 0
        """Calls of exports in this minute."""
        self.most_exports = 1000
        for number in range(TICKETS):
            self._ticket(number)
        for number in range(6):
            self._call(number)
            self._rating(number)

    def _ticket(self, number: int) -> None:
        created = START + dt.timedelta(days=5 * number, minutes=number)
        changed = created + dt.timedelta(days=2)
        ways = ("email", "web", "native_messaging", "phone_call_inbound", "whatsapp", "api")
        states = ("new", "open", "pending", "hold", "solved", "closed", "closed")
        ticket = {
            "id": 100 + number, "created_at": at(created), "updated_at": at(changed),
            "generated_timestamp": unix(changed) + 5,
            "via": {"channel": ways[number % len(ways)], "source": {"from": {
                "address": ADDRESSES[number % len(NAMES)], "name": NAMES[0]}}},
            "type": "question", "subject": TEXTS[0], "description": TEXTS[1],
            "priority": "normal", "status": states[number % len(states)],
            "requester_id": FIRST_PERSON + number % len(NAMES),
            "submitter_id": FIRST_PERSON + number % len(NAMES),
            "assignee_id": AGENT, "group_id": 31 + number % 2, "brand_id": 11 + number % 2,
            "tags": ["vip"], "satisfaction_rating": {"score": "good", "comment": TEXTS[0]},
            "custom_fields": [
                {"id": ORDER_FIELD, "value": f"A-{1000 + number}"},
                {"id": REASON_FIELD, "value": "delivery" if number % 3 else None},
            ],
        }  # fmt: skip
        if not number % 3:
            ticket["tags"] = ["refund_wanted"]
        self.tickets[100 + number] = ticket
        self.metrics[100 + number] = metric(ticket, number)
        self._told(ticket, created, 0, ticket["submitter_id"], "Web form", [
            {"event_type": "Create", "subject": TEXTS[0]},
            {"event_type": "Comment", "public": True, "author_id": ticket["submitter_id"],
             "body": TEXTS[1], "via": {"channel": ticket["via"]["channel"]}}])  # fmt: skip
        self._told(ticket, created + dt.timedelta(hours=1), 1, AGENT, "Web form", [
            {"event_type": "Comment", "public": True, "author_id": AGENT, "body": TEXTS[0]},
            {"event_type": "Change", "group_id": 32, "previous_value": 31},
            {"event_type": "Change", "tags": ["a"], "previous_value": []}])  # fmt: skip

    def _told(
        self, ticket: dict[str, Any], moment: dt.datetime, turn: int, who: int, via: str,
        children: list[dict[str, Any]],
    ) -> None:  # fmt: skip
        number = ticket["id"] * 100 + turn * 10
        self.events.append({
            "id": number, "ticket_id": ticket["id"], "timestamp": unix(moment),
            "created_at": at(moment), "updater_id": who, "via": via, "event_type": "Audit",
            "system": {"client": TEXTS[0], "ip_address": "198.51.100.23"},
            "child_events": [
                {"id": number + place + 1, "via": via, "via_reference_id": None, **child}
                for place, child in enumerate(children)],
        })  # fmt: skip
        self.events.sort(key=lambda event: (event["timestamp"], event["id"]))

    def _call(self, number: int) -> None:
        started = START + dt.timedelta(days=30 * number)
        status = ("completed", "abandoned_in_queue", "completed_voicemail")[number % 3]
        self.calls.append({
            "id": 7000 + number, "created_at": at(started), "updated_at": at(started),
            "customer_id": FIRST_PERSON,
            "direction": "outbound" if number == 5 else "inbound",
            "completion_status": status,
            "duration": 200, "wait_time": 20, "talk_time": 150,
            "ticket_id": 103 if number == 0 else None, "phone_number": PHONES[0],
        })  # fmt: skip

    def _rating(self, number: int) -> None:
        asked = START + dt.timedelta(days=25 * number)
        score = ("good", "bad", "offered", "unoffered")[number % 4]
        self.ratings.append({
            "id": 6000 + number, "ticket_id": 100 + number, "requester_id": FIRST_PERSON,
            "score": score, "created_at": at(asked),
            "updated_at": at(asked + dt.timedelta(hours=number)), "comment": TEXTS[0],
        })  # fmt: skip

    # -------------------------------------------------------------- the answers

    def reply(
        self, path: str, query: dict[str, list[str]], headers: Any
    ) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body of one call."""
        given = base64.b64encode(f"owner@acme.example/token:{TOKEN}".encode()).decode()
        if headers.get("authorization") not in (
            f"Basic {given}",
            "Bearer oauth-9d8e7f6a5b",
        ):
            return 401, {}, {"error": "Couldn't authenticate you"}
        if path in self.refused:
            return self.refused[path], {}, {"error": "RecordNotFound",
                                            "description": "Not found"}  # fmt: skip
        self.exports += "incremental" in path
        if self.exports > self.most_exports:
            return 429, {"Retry-After": "37"}, {"error": "APIRateLimitExceeded"}
        one = {key: values[-1] for key, values in query.items()}
        answers = {
            "/api/v2/users/me.json": self._me,
            "/api/v2/users.json": self._users,
            "/api/v2/users/show_many.json": self._many,
            "/api/v2/groups.json": self._groups,
            "/api/v2/brands.json": self._brands,
            "/api/v2/ticket_fields.json": self._fields,
            "/api/v2/incremental/tickets/cursor.json": self._export,
            "/api/v2/incremental/ticket_events.json": self._history,
            "/api/v2/channels/voice/stats/incremental/calls.json": self._talk,
            "/api/v2/guide/survey_responses": self._answers,
            "/api/v2/satisfaction_ratings.json": self._rated,
        }
        if path not in answers:
            return 404, {}, {"error": "InvalidEndpoint", "description": "Not found"}
        found = answers[path](one | {"role[]": query.get("role[]")})
        return found if isinstance(found, tuple) else (200, {}, found)

    def _me(self, asked: Any) -> Any:
        return {"user": {"id": OWNER, "role": self.role, "email": "owner@acme.example"}}

    def _users(self, asked: Any) -> Any:
        some = [u for u in self.users.values() if u["role"] in (asked["role[]"] or ())]
        return self._paged("users", some, asked, 3)

    def _many(self, asked: Any) -> Any:
        wanted = {int(n) for n in asked["ids"].split(",")}
        assert len(wanted) <= 100
        return {"users": [u for n, u in self.users.items() if n in wanted]}

    def _groups(self, asked: Any) -> Any:
        some = [{"id": 31, "name": "Help"}, {"id": 32, "name": "Returns"}]
        return self._paged("groups", some, asked, 2)

    def _brands(self, asked: Any) -> Any:
        return {"brands": [{"id": 11, "name": "Zorza"}, {"id": 12, "name": "Zorza Kids"}],
                "next_page": None, "count": 2}  # fmt: skip

    def _fields(self, asked: Any) -> Any:
        titles = {
            70: "Subject",
            ORDER_FIELD: "Order number",
            REASON_FIELD: "Contact reason",
        }
        some = [{"id": number, "title": title} for number, title in titles.items()]
        return self._paged("ticket_fields", some, asked, 3)

    def _paged(self, key: str, rows: list[Any], asked: Any, size: int) -> Any:
        begin = int(asked.get("page[after]") or 0)
        more = begin + size < len(rows)
        cursor = str(begin + size) if more else None
        return {key: rows[begin : begin + size],
                "meta": {"has_more": more, "after_cursor": cursor}}  # fmt: skip

    def _export(self, asked: Any) -> Any:
        if self.role != "admin":
            return 403, {}, {"error": {"title": "Forbidden", "message": "No access"}}
        rows = sorted(self.tickets.values(), key=place)
        if "cursor" in asked:
            stamp, number = base64.b64decode(asked["cursor"]).decode().split("||")
            rows = [t for t in rows if place(t) > (int(stamp), int(number))]
        else:
            start = int(asked["start_time"])
            rows = [t for t in rows if t["generated_timestamp"] >= start]
        some = rows[: self.page]
        cursor = asked.get("cursor")
        if some:
            last = f"{some[-1]['generated_timestamp']}||{some[-1]['id']}"
            cursor = base64.b64encode(last.encode()).decode()
        answer = {"tickets": some, "after_cursor": cursor, "before_cursor": None,
                  "end_of_stream": len(rows) <= self.page}  # fmt: skip
        if "metric_sets" in self.sideloads and "metric_sets" in asked.get("include", ""):
            answer["metric_sets"] = [self.metrics[t["id"]] for t in some]
        if "users" in self.sideloads and "users" in asked.get("include", ""):
            people = {t[key] for t in some for key in ("requester_id", "submitter_id")}
            answer["users"] = [self.users[n] for n in sorted(people & self.users.keys())]
        return answer

    def _history(self, asked: Any) -> Any:
        start = int(asked["start_time"])
        rows = [e for e in self.events if e["timestamp"] >= start]
        some = rows[: self.event_page]
        while (rest := rows[len(some) :]) and rest[0]["timestamp"] == some[-1]["timestamp"]:
            some.append(rest[0])
        end = some[-1]["timestamp"] if some else None
        return {"ticket_events": some, "end_time": end, "count": len(some),
                "next_page": f"https://acme.example/x?start_time={end}",
                "end_of_stream": len(some) == len(rows)}  # fmt: skip

    def _talk(self, asked: Any) -> Any:
        start = int(asked["start_time"])
        rows = [c for c in self.calls if seconds(c["updated_at"]) >= start]
        some = rows[:2]
        if not some:
            return {"calls": [], "count": 0, "next_page": None}
        end = seconds(some[-1]["updated_at"])
        return {"calls": some, "count": len(some),
                "next_page": f"https://acme.example/x?start_time={end}"}  # fmt: skip

    def _answers(self, asked: Any) -> Any:
        first = int(asked.get("filter[created_at_start]") or 0) / 1000
        last = int(asked.get("filter[created_at_end]") or 10**15) / 1000
        some = [s["body"] for s in self.surveys if first <= s["created"] <= last]
        return self._paged("survey_responses", some, asked, 2)

    def _rated(self, asked: Any) -> Any:
        first = int(asked.get("start_time") or 0)
        last = int(asked.get("end_time") or 10**12)
        some = [r for r in self.ratings if first <= seconds(r["created_at"]) <= last]
        return self._paged("satisfaction_ratings", some, asked, 2)


class Zendesk(Service):
    def __init__(self) -> None:
        self.state = State()
        self.state.page, self.state.event_page = 12, 35
        super().__init__()

    def answer(self, call: Call) -> Answer:
        query: dict[str, list[str]] = {}
        for name, value in call.query:
            query.setdefault(name, []).append(value)
        status, headers, body = self.state.reply(call.path, query, call.headers)
        return Answer(body, status, headers)
