"""Campaigns, flows, single messages and subscriptions of Klaviyo.

Sums by campaign come from the Reporting API, which counts by the day of sending as
Klaviyo's own screens do. Profiles are not stored: address and phone of a message's
receiver are asked for with it and hashed on arrival.
"""

from __future__ import annotations

import datetime as dt
import heapq
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from connectors.klaviyo import calls, rows
from connectors.klaviyo.messages import GUIDE, check, explain
from connectors.klaviyo.rows import Names, Stream
from connectors.klaviyo.settings import Settings, access
from journey.connector import (
    ODD,
    Batch,
    Days,
    Http,
    Mark,
    Rows,
    Since,
    Unreadable,
    moment,
    unreadable,
)  # fmt: skip

__all__ = ["GUIDE", "TABLES", "Settings", "access", "check", "explain", "read"]

TABLES = ("subscription_event", "campaign_daily", "message")
DAY = dt.timedelta(days=1)
LATE = dt.timedelta(days=1)
"""How much of the messages is read again: some events are told late."""
CHUNK = 60
"""Days of one report of flows, the most that is allowed by day."""
BATCH = 5_000

Row = Mapping[str, Any]
Found = tuple[str, Stream, Row, Row]


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield one table, oldest day first, with a mark at the end of each day or report."""
    if table == "campaign_daily" and "campaigns" in settings.read:
        yield from _campaigns(since, settings, http)
    if table == "message" and "messages" in settings.read:
        known = calls.metrics(http)
        streams = rows.message_streams(known)
        names = _names(http)
        yield from _by_day(
            streams, since, http,
            lambda stream, event, person: rows.message_row(stream, event, person, names),
        )  # fmt: skip
    if table == "subscription_event" and "subscriptions" in settings.read:
        streams = rows.subscription_streams(calls.metrics(http))
        yield from _by_day(streams, since, http, rows.subscription_row)


# ------------------------------------------------------------------ single events


def _by_day(
    streams: Sequence[Stream], since: Since, http: Http,
    make: Callable[[Stream, Row, Row], Row | None],
) -> Iterator[Batch]:  # fmt: skip
    """Yield the events of all metrics day by day: a day is whole before it is marked."""
    first, before = _bounds(since)
    odd: list[Unreadable] = []
    found = heapq.merge(
        *(_told(http, stream, first, before, odd) for stream in streams),
        key=lambda one: (one[0], str(one[2].get("id"))),
    )
    start, today = first.date(), dt.datetime.now(dt.UTC).date()
    for text, events in itertools.groupby(found, key=lambda one: one[0][:10]):
        made = _made(make, events, odd)
        kept = (row for row in made if row)
        while part := list(itertools.islice(kept, BATCH)):
            yield Rows(part)
        yield from odd
        odd.clear()
        day = dt.date.fromisoformat(text)
        yield from _whole(start, min(day, today - DAY))
        start = day + DAY
        yield Mark(start.isoformat())
    yield from odd
    yield from _whole(start, (before.date() if before else today) - DAY)


def _whole(first: dt.date, last: dt.date) -> Iterator[Days]:
    if first <= last:
        yield Days(first, last)


def _told(
    http: Http, stream: Stream, first: dt.datetime, before: dt.datetime | None,
    odd: list[Unreadable],
) -> Iterator[Found]:  # fmt: skip
    until = before or dt.datetime.now(dt.UTC) + DAY
    for event, person in calls.events(http, stream.metric, first, before):
        try:
            at = rows.moment_of(event)
            if not isinstance(event["id"], str) or not first <= moment(at) < until:
                raise ValueError("no event of what was asked for")
            yield at, stream, event, person
        except ODD as error:
            odd.append(unreadable(event, error))


def _made(
    make: Callable[[Stream, Row, Row], Row | None], events: Iterable[Found],
    odd: list[Unreadable],
) -> Iterator[Row | None]:  # fmt: skip
    """Yield the rows of a day; what cannot be read is told by its id."""
    for _, stream, event, person in events:
        try:
            yield make(stream, event, person)
        except ODD as error:
            odd.append(unreadable(event, error))


def _bounds(since: Since) -> tuple[dt.datetime, dt.datetime | None]:
    """Return whole days in UTC; the day a stretch ends in belongs to the newer one."""
    first = _midnight(_first(since) - (LATE if since.before is None else dt.timedelta()))
    if since.mark:
        marked = dt.datetime.combine(dt.date.fromisoformat(since.mark), dt.time(), dt.UTC)
        first = max(first, marked)
    if since.before is None or since.newest:
        return first, since.before
    return first, _midnight(since.before)


def _first(since: Since) -> dt.datetime:
    return since.first or dt.datetime.now(dt.UTC) - dt.timedelta(days=730)


def _midnight(moment: dt.datetime) -> dt.datetime:
    day = moment.astimezone(dt.UTC).date()
    return dt.datetime.combine(day, dt.time(), dt.UTC)


def _names(http: Http) -> Names:
    by_id, by_message = calls.campaigns(http)
    return Names(by_id, by_message, calls.flows(http))


# ---------------------------------------------------------------- sums by campaign


def _campaigns(since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    account = calls.account(http)
    metric = calls.conversion(calls.metrics(http), settings.conversion_metric)
    first, last = _days(since, account)
    if first > last:
        return
    names = _names(http)
    today = dt.datetime.now(account.zone).date()
    for start in range(0, (last - first).days + 1, CHUNK):
        begin = first + dt.timedelta(start)
        days = (begin, min(last, begin + dt.timedelta(CHUNK - 1)))
        report = rows.Report(names, account, settings.attribution, days, today)
        values = calls.campaign_values(http, account.zone, days, metric)
        series = calls.flow_series(http, account.zone, days, metric)
        yield from _summed(report.campaign_rows, values, "campaign_id")
        yield from _summed(report.flow_rows, series, "flow_id")
        yield from _whole(begin, min(days[1], today - DAY))
        yield Mark((days[1] + DAY).isoformat())


def _summed(
    make: Callable[[Row], Sequence[Row]], values: Sequence[Row], id: str
) -> Iterator[Batch]:
    """Yield the rows of a report; a value that cannot be read is told by its id."""
    found: list[Row] = []
    for value in values:
        try:
            found += make(value)
        except ODD as error:
            yield unreadable(calls.within(value, "groupings"), error, id)
    yield Rows(rows.together(found))


def _days(since: Since, account: calls.Account) -> tuple[dt.date, dt.date]:
    """Return the account's days to read; those whose figures still move come again."""
    first = _first(since).astimezone(account.zone).date()
    end = since.before or dt.datetime.now(dt.UTC)
    last = end.astimezone(account.zone).date()
    if since.before is None:
        first -= dt.timedelta(rows.OPEN_DAYS)
    elif not since.newest:
        last -= DAY
    if since.mark:
        first = max(first, dt.date.fromisoformat(since.mark))
    return first, last
