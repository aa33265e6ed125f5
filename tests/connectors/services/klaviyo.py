"""Klaviyo on this machine: JSON:API lists by cursor, the Reporting API with its limits.

A private key and a revision are asked for with every call; campaigns are listed for one
channel at a time; reports count by the day of sending, in the zone of the account, and
two of them a minute are allowed.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from tests.connectors.service import Answer, Call, Service

KIND = "klaviyo"
KEY = "pk_4f1d0c7b9e2a48d5863be01f92ac77d1e3"
SETTINGS = """
url = "{url}"
key = "env:KLAVIYO_KEY"
since = 2026-07-01
attribution = "5 days after a click"
"""
SECRETS = {"KLAVIYO_KEY": KEY}
SECRET_TEXTS = [KEY]
ZONE = ZoneInfo("Europe/Warsaw")
STATISTICS = (
    "recipients", "delivered", "opens_unique", "clicks_unique", "unsubscribe_uniques",
    "conversions", "conversion_value",
)  # fmt: skip
METRICS = {
    "M1": ("Received Email", "Klaviyo"), "M2": ("Opened Email", "Klaviyo"),
    "M3": ("Clicked Email", "Klaviyo"), "M4": ("Received SMS", "Klaviyo"),
    "M5": ("Clicked SMS", "Klaviyo"), "M6": ("Subscribed to Email Marketing", "Klaviyo"),
    "M7": ("Unsubscribed from Email Marketing", "Klaviyo"),
    "M8": ("Subscribed to List", "Klaviyo"), "M9": ("Placed Order", "WooCommerce"),
    "M10": ("Viewed Product", "API"), "M11": ("Clicked Email", "Another tool"),
    "M12": ("Bounced Email", "Klaviyo"),
}  # fmt: skip
FILTER = re.compile(
    r"(equals|greater-or-equal|less-than)\(([\w.]+),('[^']*'|\"[^\"]*\"|[^)]*)\)"
)
NEEDS = {
    "events": ("events", "profiles"), "campaign-values-reports": ("campaigns",),
    "flow-series-reports": ("flows",),
}  # fmt: skip
Row = dict[str, Any]
Told = tuple[int, dict[str, str], Any]


def person(number: int) -> str:
    return f"odbiorca{number}.sosna@poczta.example"


def phone(number: int) -> str:
    return f"+48 601 222 {number:03}"


PEOPLE = [person(n) for n in range(1, 13)] + [phone(n) for n in range(1, 13)]
PEOPLE += ["Jarzębina", "203.0.113.77"]


class Account:
    """What one Klaviyo account holds and answers."""

    def __init__(self, size: int = 7) -> None:
        self.size = size
        self.scopes = {"accounts", "metrics", "campaigns", "flows", "events", "profiles"}
        self.metrics = dict(METRICS)
        self.campaigns: list[Row] = []
        self.flows: dict[str, str] = {"F1": "Witamy", "F2": "Porzucony koszyk"}
        self.events: list[Row] = []
        self.profiles: dict[str, Row] = {}
        self.sendings: list[Row] = []
        """What the reports count: campaign or flow, channel, day, statistics."""
        self.reports_left: int | None = None
        """Reports of this day that are left; None: as many as are asked for."""
        self.revision: str | None = None
        """The only revision that is still known, where one is said."""
        self.test_account = False
        self.url = "http://127.0.0.1"
        self.calls: list[tuple[str, str, Row]] = []

    def answer(
        self, method: str, path: str, params: Mapping[str, str], body: Any,
        headers: Mapping[str, str],
    ) -> Told:  # fmt: skip
        """Return status, headers and body of one call."""
        self.calls.append((method, path, {**params, "body": body}))
        if headers.get("authorization") != f"Klaviyo-API-Key {KEY}":
            return _refused(401, "not_authenticated", "The API key specified is invalid.")
        revision = headers.get("revision", "")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", revision):
            return _refused(400, "invalid", "The revision header is missing or invalid.")
        if self.revision and revision != self.revision:
            return _refused(410, "gone", f"The revision {revision} has been retired.")
        part = path.removeprefix("/api/").strip("/")
        lacking = [one for one in NEEDS.get(part, (part,)) if one not in self.scopes]
        if lacking:
            said = f"You are missing the required scopes: {lacking[0]}:read"
            return _refused(403, "permission_denied", said)
        answers = {
            "accounts": self._account, "metrics": self._metrics,
            "campaigns": self._campaigns, "flows": self._flows, "events": self._events,
            "campaign-values-reports": self._values, "flow-series-reports": self._series,
        }  # fmt: skip
        if part not in answers:
            return _refused(404, "not_found", "The path does not exist.")
        return answers[part](params, body)

    def _account(self, params: Mapping[str, str], body: Any) -> Told:
        told = {"timezone": ZONE.key, "preferred_currency": "PLN",
                "test_account": self.test_account,
                "contact_information": {"default_sender_name": "Jarzębina"}}  # fmt: skip
        return 200, {}, {"data": [{"type": "account", "id": "AB12CD", "attributes": told}]}

    def _metrics(self, params: Mapping[str, str], body: Any) -> Told:
        found = [
            {"type": "metric", "id": key,
             "attributes": {"name": name, "integration": {"name": tool}}}
            for key, (name, tool) in self.metrics.items()
        ]  # fmt: skip
        return self._page("metrics", params, found)

    def _campaigns(self, params: Mapping[str, str], body: Any) -> Told:
        wanted = {name: value for _, name, value in _filters(params)}
        if "messages.channel" not in wanted:
            return _refused(400, "invalid", "A channel filter is required.")
        archived = wanted.get("archived", "false") == "true"
        channel = wanted["messages.channel"]
        found = [row for row in self.campaigns if row["channel"] == channel
                 and row["attributes"].get("archived", False) == archived]  # fmt: skip
        return self._page("campaigns", params, found)

    def _flows(self, params: Mapping[str, str], body: Any) -> Told:
        found = [{"type": "flow", "id": key, "attributes": {"name": name}}
                 for key, name in self.flows.items()]  # fmt: skip
        return self._page("flows", params, found)

    def _events(self, params: Mapping[str, str], body: Any) -> Told:
        found = self.events
        for op, name, value in _filters(params):
            if name == "metric_id":
                found = [e for e in found if e["metric"] == value]
            else:
                bound = dt.datetime.fromisoformat(value)
                found = [e for e in found if _holds(op, e["at"], bound)]
        found = sorted(
            found, key=lambda e: e["at"], reverse=params.get("sort") != "datetime"
        )
        told = [self._event(event) for event in found]
        status, headers, page = self._page("events", params, told)
        if params.get("include") == "profile" and status == 200:
            ids = {e["relationships"]["profile"]["data"]["id"] for e in page["data"]}
            page["included"] = [
                {"type": "profile", "id": one, "attributes": self.profiles[one]}
                for one in sorted(ids)
            ]
        return status, headers, page

    def _event(self, event: Row) -> Row:
        data = {"type": "profile", "id": event["profile"]}
        at = event["at"].isoformat()
        return {
            "type": "event", "id": event["id"],
            "attributes": {"datetime": at, "event_properties": event["told"]},
            "relationships": {"profile": {"data": data}},
        }  # fmt: skip

    def _page(self, path: str, params: Mapping[str, str], rows: list[Row]) -> Told:
        at = (
            int(base64.b64decode(params["page[cursor]"])) if "page[cursor]" in params else 0
        )
        links: Row = {"self": f"{self.url}/api/{path}", "next": None}
        if at + self.size < len(rows):
            cursor = base64.b64encode(str(at + self.size).encode()).decode()
            kept = [f"{key}={_quoted(value)}" for key, value in params.items()
                    if key != "page[cursor]"]  # fmt: skip
            more = "&".join([*kept, f"page%5Bcursor%5D={_quoted(cursor)}"])
            links["next"] = f"{self.url}/api/{path}?{more}"
        shown = [{k: v for k, v in row.items() if k != "channel"}
                 for row in rows[at : at + self.size]]  # fmt: skip
        headers = {"RateLimit-Limit": "150", "RateLimit-Remaining": "149",
                   "RateLimit-Reset": "60"}  # fmt: skip
        return 200, headers, {"data": shown, "links": links}

    # ------------------------------------------------------------------- reports

    def _values(self, params: Mapping[str, str], body: Any) -> Told:
        return self._report("campaign", body, self._sums)

    def _series(self, params: Mapping[str, str], body: Any) -> Told:
        return self._report("flow", body, self._by_day)

    def _report(self, kind: str, body: Any, results: Any) -> Told:
        asked = body["data"]["attributes"]
        if asked["conversion_metric_id"] not in self.metrics:
            return _refused(400, "invalid", "The conversion metric does not exist.")
        unknown = set(asked["statistics"]) - set(STATISTICS)
        if unknown:
            return _refused(400, "invalid", f"Unknown statistics: {unknown}")
        start, end = (dt.datetime.fromisoformat(asked["timeframe"][key]).date()
                      for key in ("start", "end"))  # fmt: skip
        most = 60 if asked.get("interval") == "daily" else 365
        if (end - start).days >= most:
            return _refused(400, "invalid", "The timeframe is too long.")
        if self.reports_left is not None:
            if not self.reports_left:
                return 429, {"Retry-After": "40000"}, {"errors": []}
            self.reports_left -= 1
        days = [start + dt.timedelta(n) for n in range((end - start).days + 1)]
        told = results([s for s in self.sendings if s["kind"] == kind], days, asked)
        headers = {
            "RateLimit-Limit": "2",
            "RateLimit-Remaining": "0",
            "RateLimit-Reset": "30",
        }
        data = {"type": body["data"]["type"], "attributes": told}
        return 200, headers, {"data": data, "links": {"next": None}}

    def _sums(self, rows: list[Row], days: list[dt.date], asked: Row) -> Row:
        return {"results": [
            {"groupings": {"campaign_id": row["id"], "campaign_message_id": f"{row['id']}m",
                           "send_channel": row["channel"]},
             "statistics": {name: row["told"][name] for name in asked["statistics"]}}
            for row in rows if row["day"] in days
        ]}  # fmt: skip

    def _by_day(self, rows: list[Row], days: list[dt.date], asked: Row) -> Row:
        groups: dict[tuple[str, str], dict[dt.date, Row]] = {}
        for row in rows:
            groups.setdefault((row["id"], row["channel"]), {})[row["day"]] = row["told"]
        results = [
            {"groupings": {"flow_id": flow, "flow_message_id": f"{flow}m",
                           "send_channel": channel},
             "statistics": {name: [by_day.get(day, {}).get(name, 0) for day in days]
                            for name in asked["statistics"]}}
            for (flow, channel), by_day in groups.items()
        ]  # fmt: skip
        return {"results": results, "date_times": [f"{day}T00:00:00+00:00" for day in days]}

    # ------------------------------------------------------------- what it holds

    def campaign(
        self, key: str, name: str, at: str, channel: str = "email", **more: Any
    ) -> None:
        told = {"name": name, "status": "Sent", "send_time": at, **more}
        data = [{"type": "campaign-message", "id": f"{key}m"}]
        self.campaigns.append({
            "type": "campaign", "id": key, "channel": channel, "attributes": told,
            "relationships": {"campaign-messages": {"data": data}},
        })  # fmt: skip

    def sent(
        self, kind: str, key: str, day: str, channel: str = "email", **told: float
    ) -> None:  # fmt: skip
        figures = {name: told.get(name, 0) for name in STATISTICS}
        self.sendings.append({
            "kind": kind, "id": key, "channel": channel, "told": figures,
            "day": dt.date.fromisoformat(day),
        })  # fmt: skip

    def happen(
        self, metric: str, at: str, number: int, message: str = "", **told: Any
    ) -> None:  # fmt: skip
        profile = f"P{number:02}"
        self.profiles[profile] = {"email": person(number), "phone_number": phone(number)}
        given = {"Subject": "Jarzębina, wracaj", "Client IP": "203.0.113.77", **told}
        if message:
            given |= {"$message": message, "Email Domain": "poczta.example"}
        self.events.append({
            "id": f"E{len(self.events) + 1:04}", "metric": metric, "profile": profile,
            "at": dt.datetime.fromisoformat(at).astimezone(dt.UTC), "told": given,
        })  # fmt: skip


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


def _filters(params: Mapping[str, str]) -> list[tuple[str, str, str]]:
    found = FILTER.findall(params.get("filter", ""))
    return [(op, name, value.strip("'\"")) for op, name, value in found]


def _holds(op: str, at: dt.datetime, bound: dt.datetime) -> bool:
    return at >= bound if op == "greater-or-equal" else at < bound


def _refused(status: int, code: str, detail: str) -> Told:
    error = {"id": "1", "status": status, "code": code, "title": code, "detail": detail}
    return status, {}, {"errors": [error]}


def small_account() -> Account:
    """Return an account with campaigns, flows and events from July to October."""
    account = Account()
    for number in range(1, 9):
        month, channel = 7 + number % 4, "sms" if number % 4 == 0 else "email"
        key, day = f"C{number}", f"2026-{month:02}-{3 * number:02}"
        account.campaign(key, f"Nowości {number}", f"{day}T08:00:00+00:00", channel)
        account.sent("campaign", key, day, channel, recipients=100 + number, delivered=98,
                     opens_unique=60, clicks_unique=number, unsubscribe_uniques=1,
                     conversions=2, conversion_value=199.99)  # fmt: skip
        for one in range(1, 4):
            cohort = {"$_cohort$message_send_cohort": f"17{number}:{key}m"}
            metric = "M4" if channel == "sms" else "M1"
            account.happen(metric, f"{day}T08:0{one}:00Z", one, f"{key}m", **cohort)
            if one == 1 and channel == "email":
                account.happen("M2", f"{day}T09:00:00Z", one, f"{key}m", **cohort)
                account.happen("M3", f"{day}T09:01:00Z", one, f"{key}m", **cohort)
    for day in range(1, 29, 5):
        at = f"2026-09-{day:02}"
        told = {"$flow": "F1", "$_cohort$message_send_cohort": f"18{day}:F1m"}
        account.happen("M1", f"{at}T12:00:00Z", 4 + day % 6, "F1m", **told)
        account.happen("M6", f"{at}T11:00:00Z", 4 + day % 6, List="Newsletter")
        account.happen("M8", f"{at}T11:00:00Z", 4 + day % 6, List="Newsletter")
        account.happen("M10", f"{at}T11:00:00Z", 4 + day % 6)
        account.sent("flow", "F1", at, recipients=1, delivered=1, clicks_unique=1)
    account.happen("M7", "2026-10-01T10:00:00Z", 5, "C3m", List="Newsletter")
    return account


class Klaviyo(Service):
    """The small account over HTTP."""

    def __init__(self) -> None:
        self.account = small_account()
        super().__init__()
        self.account.url = self.url

    def answer(self, call: Call) -> Answer:
        status, headers, body = self.account.answer(
            call.method, call.path, call.params, call.json, call.headers
        )
        return Answer(body, status, headers)
