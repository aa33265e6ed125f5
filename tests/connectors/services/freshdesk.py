"""A Freshdesk account of a small shop, speaking the vendor's protocol."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

from tests.connectors.service import Answer, Call, Service

KIND = "freshdesk"
SETTINGS = """
url = "{url}"
key = "env:FRESHDESK_KEY"
since = 2026-07-20
order_field = "Order number"
reason_tags = { refund_wanted = "refund" }
"""
KEY = "fd-key-93ac51d0b7"
SECRETS = {"FRESHDESK_KEY": KEY}
SECRET_TEXTS = (KEY,)

NAMES = ("Greta Lind", "Hugo Maas", "Ilka Toth", "Jonas Riva", "Karin Voss", "Lotte Prins")
ADDRESSES = tuple(f"{name.replace(' ', '.').lower()}@post.example" for name in NAMES)
PHONES = tuple(f"+48 602 800 20{number}" for number in range(len(NAMES)))
TEXTS = ("The box was empty", "All is well now, thanks")
PEOPLE = (*NAMES, *ADDRESSES, *PHONES, *TEXTS, "Sklep Obsluga")

AGENT = 501
FIRST_PERSON = 4001
START = dt.datetime(2026, 5, 3, 8, 0, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
"""The account's own time, on which "the last 30 days" depend."""
TICKETS = 230
MOST_PAGES = 300


def at(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


class State:
    """What the account holds; tests change it as people and time would."""

    def __init__(self, tickets: int = TICKETS) -> None:
        self.tickets: dict[int, dict[str, Any]] = {}
        self.ratings: list[dict[str, Any]] = []
        self.refused: dict[str, int] = {}
        """Path -> status with which this account refuses it."""
        self.scope = 1
        self.remaining = 5000
        for number in range(tickets):
            self._ticket(number)
        for number in range(8):
            self._rating(number)

    def _ticket(self, number: int) -> None:
        created = START + dt.timedelta(hours=20 * number, minutes=number % 60)
        changed = created + dt.timedelta(days=2)
        status = (2, 3, 4, 5, 6, 7, 8)[number % 7]
        done = status in (4, 5)
        self.tickets[1000 + number] = {
            "id": 1000 + number, "created_at": at(created), "updated_at": at(changed),
            "source": (1, 2, 3, 7, 9, 10, 13, 101)[number % 8], "status": status,
            "priority": 1 + number % 4, "type": "Question" if number % 3 else None,
            "tags": ["refund_wanted"] if not number % 3 else [],
            "requester_id": FIRST_PERSON + number % len(NAMES), "responder_id": AGENT,
            "group_id": 21, "product_id": 31 if number % 2 else None, "spam": False,
            "subject": TEXTS[0], "description_text": TEXTS[1],
            "to_emails": [ADDRESSES[0]], "cc_emails": [],
            "custom_fields": {"cf_order_number": f"B-{2000 + number}", "cf_note": TEXTS[0]},
            "stats": {
                "first_responded_at": at(created + dt.timedelta(minutes=30)),
                "agent_responded_at": at(changed), "requester_responded_at": None,
                "status_updated_at": at(changed), "pending_since": None,
                "reopened_at": at(changed) if number % 11 == 0 else None,
                "resolved_at": at(changed) if done else None,
                "closed_at": at(changed) if status == 5 else None,
            },
        }  # fmt: skip

    def _rating(self, number: int) -> None:
        given = at(START + dt.timedelta(days=20 * number))
        face = (103, 102, 101, 100, -101, -102, -103, 103)[number]
        self.ratings.append({
            "id": 900 + number, "survey_id": 1, "user_id": FIRST_PERSON, "agent_id": AGENT,
            "ticket_id": 1000 + number, "feedback": TEXTS[1], "created_at": given,
            "updated_at": given, "ratings": {"default_question": face},
        })  # fmt: skip

    # -------------------------------------------------------------- the answers

    def reply(
        self, path: str, query: dict[str, list[str]], headers: Any
    ) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body of one call."""
        given = base64.b64encode(f"{KEY}:X".encode()).decode()
        if headers.get("authorization") != f"Basic {given}":
            return 401, {}, {"code": "invalid_credentials", "message": "Log in first."}
        if path in self.refused:
            return self.refused[path], {}, {"code": "access_denied", "message": "No access"}
        self.remaining -= 1
        limits = {"X-RateLimit-Total": "5000", "X-RateLimit-Remaining": str(self.remaining)}
        one = {key: values[-1] for key, values in query.items()}
        lists = {
            "/api/v2/groups": [{"id": 21, "name": "Help"}],
            "/api/v2/products": [{"id": 31, "name": "Zorza Kids"}],
            "/api/v2/agents": [{"id": AGENT, "contact": {"name": "Sklep Obsluga"}}],
            "/api/v2/ticket_fields": self._fields(),
        }
        if path in lists:
            return 200, limits, self._page(lists[path], one)
        if path == "/api/v2/agents/me":
            return 200, limits, {"id": AGENT, "ticket_scope": self.scope}
        if path == "/api/v2/surveys/satisfaction_ratings":
            since = one.get("created_since", at(START))
            rows = [r for r in self.ratings if time(r["created_at"]) >= time(since)]
            return 200, limits, self._page(rows, one)
        if path == "/api/v2/tickets":
            return self._list(one, limits)
        return 404, limits, None

    def _fields(self) -> list[Any]:
        statuses = {"2": ["Open", "Open"], "8": ["With the carrier", "With the carrier"]}
        return [
            {"name": "status", "choices": statuses},
            {"name": "source", "choices": {"Email": 1, "Marketplace inbox": 101}},
            {"name": "cf_order_number"}, {"name": "cf_country"},
        ]  # fmt: skip

    def _list(self, one: dict[str, str], limits: Any) -> tuple[int, dict[str, str], Any]:
        if int(one.get("page", 1)) > MOST_PAGES:
            return 400, limits, {"description": "Validation failed", "errors": [
                {"field": "page", "message": "Pages above 300 are not given"}]}  # fmt: skip
        wanted = one.get("filter", "")
        rows = [t for t in self.tickets.values()
                if (wanted == "spam") == t["spam"]
                and (wanted == "deleted") == bool(t.get("deleted"))]  # fmt: skip
        if "updated_since" in one:
            rows = [t for t in rows if time(t["updated_at"]) >= time(one["updated_since"])]
        else:
            month = NOW - dt.timedelta(days=30)
            rows = [t for t in rows if time(t["created_at"]) >= month]
        key = one.get("order_by", "created_at")
        rows.sort(key=lambda t: (time(t[key]), t["id"]),
                  reverse=one.get("order_type", "desc") == "desc")  # fmt: skip
        extra = one.get("include", "").split(",")
        return 200, limits, [self._shown(t, extra) for t in self._page(rows, one)]

    def _shown(self, ticket: dict[str, Any], extra: list[str]) -> dict[str, Any]:
        shown = {key: value for key, value in ticket.items() if key != "stats"}
        if "stats" in extra:
            shown["stats"] = ticket["stats"]
        if "requester" in extra:
            index = ticket["requester_id"] - FIRST_PERSON
            shown["requester"] = {
                "id": ticket["requester_id"], "name": NAMES[index % len(NAMES)],
                "email": ADDRESSES[index % len(NAMES)], "mobile": None,
                "phone": PHONES[index % len(NAMES)],
            }  # fmt: skip
        return shown

    def _page(self, rows: list[Any], one: dict[str, str]) -> list[Any]:
        size = min(int(one.get("per_page", 30)), 100)
        begin = (int(one.get("page", 1)) - 1) * size
        return rows[begin : begin + size]


class Freshdesk(Service):
    def __init__(self) -> None:
        self.state = State()
        super().__init__()

    def answer(self, call: Call) -> Answer:
        query: dict[str, list[str]] = {}
        for name, value in call.query:
            query.setdefault(name, []).append(value)
        status, headers, body = self.state.reply(call.path, query, call.headers)
        return Answer(body, status, headers)
