"""What is asked of Klaviyo: JSON:API lists by their next links, and reports."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from journey.connector import Http, JourneyError, Problem, near

CHANNELS = ("email", "sms", "mobile_push")
"""Kinds of campaigns; a list of campaigns must name one."""
STATISTICS = (
    "recipients", "delivered", "opens_unique", "clicks_unique", "unsubscribe_uniques",
    "conversions", "conversion_value",
)  # fmt: skip
MOST_WAIT = 60.0
"""Seconds; what the window of two reports a minute asks for at most."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    time_zone: str
    currency: str | None
    is_test: bool = False

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return zoneinfo.ZoneInfo("UTC")


@dataclass(frozen=True)
class Campaign:
    id: str
    name: str
    sent_at: str | None
    utm: str | None


@dataclass(frozen=True)
class Metric:
    id: str
    name: str
    integration: str


def account(http: Http) -> Account:
    """Return zone and currency of the account that the key belongs to."""
    found = _data(http.get("api/accounts").json, "accounts")
    told = within(found[0] if found else {}, "attributes")
    return Account(
        str(told.get("timezone") or "UTC"),
        told.get("preferred_currency"),
        told.get("test_account") is True,
    )


def metrics(http: Http) -> list[Metric]:
    """Return every metric of the account; names repeat among integrations."""
    return [
        Metric(
            row["id"], str(within(row, "attributes").get("name")),
            str(within(row, "attributes", "integration").get("name") or ""),
        )
        for row in _all(http, "api/metrics", {})
    ]  # fmt: skip


def own_metrics(known: Sequence[Metric], name: str) -> list[str]:
    """Return the ids of Klaviyo's own metric of that name; another tool may have it too."""
    named = [metric for metric in known if metric.name == name]
    own = [metric for metric in named if metric.integration.lower() == "klaviyo"]
    return [metric.id for metric in own or named]


def conversion(known: Sequence[Metric], wanted: str) -> str:
    """Return the id of the metric of sales; raises JourneyError where none is named so."""
    for metric in known:
        if wanted in (metric.id, metric.name):
            return metric.id
    raise JourneyError(no_conversion(known, wanted))


def no_conversion(known: Sequence[Metric], wanted: str) -> Problem:
    return Problem(
        "journey.toml, conversion_metric", f'the account has no metric "{wanted}"',
        near(wanted, {metric.name for metric in known}),
        "write the name that Klaviyo shows under Analytics > Metrics, or its id",
    )  # fmt: skip


def campaigns(http: Http) -> tuple[dict[str, Campaign], dict[str, Campaign]]:
    """Return all campaigns by id, and by the id of each of their messages."""
    by_id: dict[str, Campaign] = {}
    by_message: dict[str, Campaign] = {}
    for channel in CHANNELS:
        for archived in ("false", "true"):
            name = f"equals(messages.channel,'{channel}'),equals(archived,{archived})"
            params = {"filter": name, "include": "campaign-messages"}
            for row in _all(http, "api/campaigns", params):
                campaign = _campaign(row)
                by_id[campaign.id] = campaign
                messages = within(row, "relationships", "campaign-messages").get("data")
                by_message |= {one["id"]: campaign for one in _named(messages)}
    return by_id, by_message


def flows(http: Http) -> dict[str, str]:
    """Return the names of the automatic flows by id."""
    rows = _all(http, "api/flows", {"fields[flow]": "name"})
    return {row["id"]: str(within(row, "attributes").get("name") or "") for row in rows}


def events(
    http: Http, metric: str, first: dt.datetime, before: dt.datetime | None
) -> Iterator[tuple[Any, Row]]:
    """Yield each event of a metric, oldest first, with what is known of its profile;
    odd things among them."""
    told = f'equals(metric_id,"{metric}"),greater-or-equal(datetime,{_stamp(first)})'
    if before:
        told += f",less-than(datetime,{_stamp(before)})"
    params = {
        "filter": told, "sort": "datetime", "include": "profile",
        "fields[profile]": "email,phone_number",
        "fields[event]": "datetime,event_properties,uuid",
    }  # fmt: skip
    for page in _pages(http, "api/events", params):
        people = {
            one["id"]: within(one, "attributes")
            for one in _named(page.get("included"))
            if one.get("type") == "profile"
        }
        for event in _data(page, "events"):
            yield event, people.get(profile_of(event), {})


def profile_of(event: Row) -> str:
    return str(within(event, "relationships", "profile", "data").get("id") or "")


def campaign_values(
    http: Http, zone: zoneinfo.ZoneInfo, days: tuple[dt.date, dt.date], metric: str
) -> list[Row]:
    """Return what came of the campaigns sent in these days, at most a year of them."""
    answers = _report(http, "campaign-values-report", zone, days, metric, {})
    return [row for answer in answers for row in _results(answer)]


def flow_series(
    http: Http, zone: zoneinfo.ZoneInfo, days: tuple[dt.date, dt.date], metric: str
) -> list[Row]:
    """Return what came of the flows, by the day of sending; at most 60 days of them."""
    answers = _report(http, "flow-series-report", zone, days, metric, {"interval": "daily"})
    return [
        {**row, "date_times": answer.get("date_times")} if isinstance(row, dict) else row
        for answer in answers
        for row in _results(answer)
    ]


def _results(answer: Row) -> list[Any]:
    found = answer.get("results")
    return found if isinstance(found, list) else []


def _report(
    http: Http, kind: str, zone: zoneinfo.ZoneInfo, days: tuple[dt.date, dt.date],
    metric: str, more: Row,
) -> list[Row]:  # fmt: skip
    """Return the attributes of a report, page by page, at the pace that is allowed."""
    start = dt.datetime.combine(days[0], dt.time(), zone)
    end = dt.datetime.combine(days[1], dt.time(23, 59, 59), zone)
    asked = {
        "statistics": list(STATISTICS), "conversion_metric_id": metric, **more,
        "timeframe": {"start": start.isoformat(), "end": end.isoformat()},
    }  # fmt: skip
    body = {"data": {"type": kind, "attributes": asked}}
    path, found = f"api/{kind}s", []
    while path:
        reply = http.post(path, body)
        _keep_pace(http, reply.headers)
        data = reply.json.get("data") if isinstance(reply.json, dict) else None
        if not isinstance(data, dict):
            raise JourneyError(_no_list(kind))
        found.append(within(data, "attributes"))
        path = str(within(reply.json, "links").get("next") or "")
    return found


def _keep_pace(http: Http, headers: Mapping[str, str]) -> None:
    """Wait until the window of reports opens again, as the answer itself tells."""
    if headers.get("ratelimit-remaining", "").strip() == "0":
        try:
            seconds = float(headers.get("ratelimit-reset", "") or 0)
        except ValueError:
            return
        http.wait(min(seconds, MOST_WAIT), "two reports a minute are allowed")


def _campaign(row: Row) -> Campaign:
    told = within(row, "attributes")
    options = within(told, "tracking_options")
    given = options.get("custom_tracking_params") or options.get("utm_params") or ()
    utm = [
        str(one.get("value"))
        for one in (given if isinstance(given, list) else ())
        if isinstance(one, dict)
        and one.get("name") == "utm_campaign"
        and one.get("type", "static") == "static"
    ]
    sent = told.get("send_time") or None
    return Campaign(row["id"], str(told.get("name") or ""), sent, (*utm, None)[0])


def _all(http: Http, path: str, params: Row) -> Iterator[Row]:
    for page in _pages(http, path, params):
        yield from _named(_data(page, path))


def _pages(http: Http, path: str, params: Row) -> Iterator[Row]:
    """Yield answers, following the links that each one names."""
    asked: Row | None = params
    while path:
        page = http.get(path, params=asked).json
        _data(page, path)
        yield page
        path, asked = str(within(page, "links").get("next") or ""), None


def _data(page: Any, path: str) -> list[Any]:
    found = page.get("data") if isinstance(page, dict) else None
    if not isinstance(found, list):
        raise JourneyError(_no_list(path))
    return found


def _named(rows: Any) -> list[Row]:
    """Return those of the rows that have an id."""
    return [
        row
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and isinstance(row.get("id"), str)
    ]


def _no_list(path: str) -> Problem:
    return Problem(
        f"Klaviyo, {path}", "an answer without data", "an answer of the Klaviyo API",
        "check the url of the source; without one it is https://a.klaviyo.com",
    )  # fmt: skip


def within(thing: Any, *names: str) -> Row:
    """Return the object that stands there, an empty one where none does."""
    for name in names:
        thing = thing.get(name) if isinstance(thing, dict) else None
    return thing if isinstance(thing, dict) else {}


def _stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
