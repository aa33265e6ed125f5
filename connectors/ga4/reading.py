"""Reads a property in slices of days, newest first; each slice is whole in itself."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import zoneinfo
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import polars as pl

from connectors.ga4 import ads, quality
from connectors.ga4.client import Client
from connectors.ga4.fields import Ask, Fields, Plan, Remark, nothing_to_ask
from connectors.ga4.pages import Pages, Property, changed
from connectors.ga4.reports import PEOPLE, REPORTS, property_problem
from connectors.ga4.retries import used_up
from journey.connector import (
    Batch,
    Days,
    Flag,
    Frame,
    JourneyError,
    Mark,
    Pause,
    Problem,
    Rows,
    Since,
)

DAY = dt.timedelta(days=1)
SLICE = dt.timedelta(days=15)
"""Days of one request; GA4 samples long ones sooner."""
TRAILING, THOROUGH = 4, 30
"""Days before today that are read again each time, and once a day: GA4 restates them."""
FINAL = 3
"""Days after which GA4 no longer changes a day for late events."""
BACK = 730
PERIODS = (7, 28, 90, 365)
"""Days of the periods for which users are asked for."""
TABLES_OF = {
    report.name: (report.table, "campaign_daily")
    if report.name == "ads"
    else (report.table,)
    for report in REPORTS
}
"""Report -> the tables that its rows fill."""
YEAR = 364
"""Days between a period and the same weekdays a year before."""


@dataclass(frozen=True)
class State:
    """What a Mark holds: where a read stands, and in which zone and currency."""

    property: str = ""
    time_zone: str = ""
    currency: str = ""
    first: str = ""
    """First day that an unfinished read has got to; empty when none is open."""
    until: str = ""
    """Last day it began with."""

    @staticmethod
    def of(mark: str | None) -> State:
        """Return what a mark says; an unreadable one says nothing."""
        with contextlib.suppress(ValueError, TypeError):
            return State(**json.loads(mark or "{}"))
        return State()

    def text(self) -> str:
        return json.dumps(asdict(self))


@contextlib.contextmanager
def opened(settings: Any) -> Iterator[Pages]:
    """Yield the way to ask the property; raises JourneyError for wrong settings."""
    if problem := property_problem(settings.property):
        raise JourneyError(problem)
    if settings.transport not in ("grpc", "rest"):
        raise JourneyError(
            Problem("journey.toml, GA4", f'transport = "{settings.transport}"',
                    '"grpc" or "rest"', 'write transport = "rest" or take the line out')
        )  # fmt: skip
    client = Client(settings)
    try:
        yield Pages(client)
    finally:
        client.close()


def read_days(since: Since, settings: Any, now: dt.datetime) -> Iterator[Batch]:
    """Yield every report by day, with purchases and the cost of ads."""
    with opened(settings) as pages:
        described = pages.describe(now.date() - DAY)
        state = State.of(since.mark)
        _refuse_change(pages, described, state)
        today = now.astimezone(_zone(described.time_zone)).date()
        first, last = _days(since, settings, described, today)
        plan = _plan(pages, settings, today)
        here = State(pages.client.number, described.time_zone, described.currency)
        for start, end, place in _slices(first, last, state):
            yield from _slice(pages, plan, described, start, end, today)
            yield Mark(replace(here, first=place[0], until=place[1]).text())
            if pages.quota.low:
                raise Pause(used_up(pages.client.where, pages.quota.low))
        yield Mark(here.text(), lasting=True)


def _refuse_change(pages: Pages, described: Property, state: State) -> None:
    """Raise JourneyError when days would be added in another zone or currency."""
    if not state.property:
        return
    if state.property != pages.client.number:
        raise JourneyError(
            Problem(
                pages.client.where, f"what has landed is of property {state.property}",
                "one property in one source",
                "give the other property a source of its own, or read all days anew: "
                "python -m journey sync, the name of this source, --full",
            )
        )  # fmt: skip
    before = Property(state.time_zone, state.currency)
    if before != described:
        raise JourneyError(changed(pages.client.where, before, described))


def _zone(name: str) -> dt.tzinfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return dt.UTC


def _days(
    since: Since, settings: Any, described: Property, today: dt.date
) -> tuple[dt.date, dt.date]:
    """Return first and last day to read, days of the property; today is never whole."""
    zone = _zone(described.time_zone)
    wanted = settings.since or today - dt.timedelta(days=BACK)
    last = today - DAY
    if since.before is not None:
        last = min(last, since.before.astimezone(zone).date())
    if since.first is None:
        return wanted, last
    first = since.first.astimezone(zone).date()
    if since.before is None:
        trailing = dt.timedelta(days=THOROUGH if since.thorough else TRAILING)
        first = min(first - dt.timedelta(days=TRAILING), today - trailing)
    return max(first, wanted), last


def _slices(
    first: dt.date, last: dt.date, state: State
) -> Iterator[tuple[dt.date, dt.date, tuple[str, str]]]:
    """Yield first and last day of each slice, newest first, and the place after it.

    An unfinished read goes on below the day it got to, after days that are new since.
    """
    reached = until = last + DAY
    if state.first and state.until:
        reached, until = map(dt.date.fromisoformat, (state.first, state.until))
        for start, end in _cut(until + DAY, last):
            done = until if start > until + DAY else last
            yield start, end, (reached.isoformat(), done.isoformat())
    for start, end in _cut(first, min(last, reached - DAY)):
        yield start, end, (start.isoformat(), last.isoformat())


def _cut(first: dt.date, last: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    while last >= first:
        start = max(first, last - SLICE + DAY)
        yield start, last
        last = start - DAY


def _plan(pages: Pages, settings: Any, today: dt.date) -> Plan:
    fields = Fields(pages.client)
    wanted = [report for report in REPORTS if settings.ad_cost or report.name != "ads"]
    plan = fields.plan(wanted)
    if not any(ask.report == "sessions" for ask in plan.asks):
        raise nothing_to_ask(pages.client.where, plan)
    if costs := [ask for ask in plan.asks if ask.report == "ads"]:
        # a property without linked ads would land days on which ads cost nothing
        span = today - dt.timedelta(days=BACK), today - DAY
        if not any(pages.has_rows(ask, *span) for ask in costs):
            plan.asks = [ask for ask in plan.asks if ask.report != "ads"]
    return plan


def _slice(
    pages: Pages, plan: Plan, described: Property, first: dt.date, last: dt.date,
    today: dt.date,
) -> Iterator[Batch]:  # fmt: skip
    """Yield all reports of the days: rows, that they are whole, and remarks."""
    remarks: dict[str, list[Remark]] = {}
    for remark in plan.remarks:
        for table in TABLES_OF[remark.report]:
            remarks.setdefault(table, []).append(remark)
    for ask in plan.asks:
        answer = pages.fetch(ask, first, last)
        yield from answer.odd
        of_days = pl.col("date").is_between(first, last)
        frame = answer.frame.with_columns(pl.when(of_days).then("date").alias("date"))
        frame = _dated(frame, ask, described, today, remarks)
        remarks.setdefault(ask.table, []).extend(answer.remarks)
        if not frame.is_empty():
            yield Frame(frame, ask.table)
        if ask.report == "ads":
            yield Frame(ads.campaigns(frame), "campaign_daily")
            remarks.setdefault("campaign_daily", []).extend(answer.remarks)
    asked = dict.fromkeys(ask.report.split(" by ")[0] for ask in plan.asks)
    for table in dict.fromkeys(name for report in asked for name in TABLES_OF[report]):
        yield Days(first, last, table)
    for table, said in remarks.items():
        yield from _flags(table, said, first, last)


def _dated(
    frame: pl.DataFrame, ask: Ask, described: Property, today: dt.date,
    remarks: dict[str, list[Remark]],
) -> pl.DataFrame:  # fmt: skip
    """Return the rows with what stands beside each; those of no day are told, not kept."""
    if lost := frame["date"].null_count():
        words = f"{lost} rows of no day"
        remarks.setdefault(ask.table, []).append(Remark("other_row", ask.report, words))
        frame = frame.drop_nulls("date")
    final = pl.col("date") < today - dt.timedelta(days=FINAL)
    currency = pl.lit(described.currency or None, pl.String).alias("currency")
    frame = frame.with_columns(currency, final.alias("is_final"))
    if ask.table == "web_order":
        return frame.drop_nulls("transaction_id")
    return frame.with_columns(
        pl.lit(ask.report).alias("report"), pl.lit(described.time_zone).alias("time_zone")
    )


def _flags(
    table: str, remarks: list[Remark], first: dt.date, last: dt.date
) -> Iterator[Flag]:
    """Yield each remark for each day, so that a later read can take back single days."""
    for flag, (value, detail) in quality.combined(remarks).items():
        for number in range((last - first).days + 1):
            day = first + number * DAY
            yield Flag(flag, day, day, value, detail, table)


def read_people(since: Since, settings: Any, now: dt.datetime) -> Iterator[Batch]:
    """Yield users of exact periods up to yesterday, and of those they are compared with."""
    if not since.newest:
        return
    with opened(settings) as pages:
        described = pages.describe(now.date() - DAY)
        state = State.of(since.mark)
        _refuse_change(pages, described, state)
        yesterday = now.astimezone(_zone(described.time_zone)).date() - DAY
        asks = Fields(pages.client).plan([PEOPLE]).asks
        for first, last in _periods(yesterday):
            row = {"time_zone": described.time_zone}
            for ask in asks:
                answer = pages.fetch(ask, first, last)
                yield from answer.odd
                row |= next(iter(answer.frame.to_dicts()), {})
            if len(row) > 1:
                yield Rows([{"period_start": first, "period_end": last, **row}])
        yield Days(yesterday, yesterday)
        here = State(pages.client.number, described.time_zone, described.currency)
        yield Mark(here.text(), lasting=True)


def _periods(end: dt.date) -> list[tuple[dt.date, dt.date]]:
    """Return each period with the one before it and the one a year before."""
    found = []
    for days in PERIODS:
        for back in (0, days, YEAR):
            last = end - dt.timedelta(days=back)
            found.append((last - dt.timedelta(days=days - 1), last))
    return list(dict.fromkeys(found))
