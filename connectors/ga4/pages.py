"""One report of some days: all its pages, each remark of GA4 on it, nothing twice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from google.analytics.data_v1beta import types

from connectors.ga4 import quality
from connectors.ga4.client import Client
from connectors.ga4.decoding import frame_of, typed, unread
from connectors.ga4.fields import Ask, Remark, only_events
from journey.connector import FEW, JourneyError, Problem, Unreadable

MOST_ROWS = 250_000
"""Rows of one answer, however many are asked for; the default would be 10,000."""
RESTARTS = 3


@dataclass(frozen=True)
class Property:
    """What the property says of itself now; old days are not restated when it changes."""

    time_zone: str
    currency: str


@dataclass
class Answer:
    """All rows of a request, typed, and what is to be known beside them."""

    frame: pl.DataFrame
    remarks: list[Remark] = field(default_factory=list)
    odd: list[Unreadable] = field(default_factory=list)
    """Rows that are left out, because a number of theirs cannot be read."""


@dataclass
class _Read:
    """Pages of one request as they come."""

    frames: list[pl.DataFrame] = field(default_factory=list)
    rows: int = 0
    total: int = 0
    remarks: list[Remark] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    is_sampled: bool = False

    def add(self, answer: Any, ask: Ask) -> None:
        if not self.frames:
            self.total = answer.row_count
        self.frames.append(_page(answer, dict((*ask.dimensions, *ask.metrics))))
        self.rows += len(answer.rows)
        self.remarks += quality.of_metadata(answer, ask)
        self.hidden |= quality.restricted(answer)
        self.is_sampled |= quality.is_sampled(answer)


class Pages:
    """Asks one property for reports and watches its quota, zone and currency."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.quota = quality.Quota()
        self.property: Property | None = None
        self._always_sampled: set[str] = set()

    def describe(self, day: dt.date) -> Property:
        """Return zone and currency, which only a report tells."""
        request = types.RunReportRequest(
            property=self.client.name,
            metrics=[types.Metric(name="sessions")],
            date_ranges=[_range(day, day)],
            limit=1,
            return_property_quota=True,
        )
        self._run(request)
        return self.property or Property("UTC", "")

    def has_rows(self, ask: Ask, first: dt.date, last: dt.date) -> bool:
        """Return whether the report has any row in these days."""
        request = self._request(ask, first, last, 0)
        request.limit = 1
        return len(self._run(request).rows) > 0

    def fetch(self, ask: Ask, first: dt.date, last: dt.date) -> Answer:
        """Return the report of the days; a sampled one is asked for in halves,
        unless single days of it are sampled too.

        Raises JourneyError when GA4 gives fewer rows than it says there are.
        """
        pages = self._pages(ask, first, last)
        if pages.is_sampled and first == last:
            self._always_sampled.add(ask.report)
        splits = first < last and _is_daily(ask) and ask.report not in self._always_sampled
        if pages.is_sampled and splits:
            middle = first + (last - first) // 2
            older = self.fetch(ask, first, middle)
            newer = self.fetch(ask, middle + dt.timedelta(days=1), last)
            frame = pl.concat([older.frame, newer.frame])
            return Answer(frame, older.remarks + newer.remarks, older.odd + newer.odd)
        frame, odd = self._read_numbers(pl.concat(pages.frames), ask)
        frame = frame.with_columns(
            pl.lit(None, frame.schema[column]).alias(column)
            for name, column in ask.metrics
            if name in pages.hidden
        )
        return Answer(frame, [*pages.remarks, *quality.of_rows(frame, ask)], odd)

    def _read_numbers(
        self, texts: pl.DataFrame, ask: Ask
    ) -> tuple[pl.DataFrame, list[Unreadable]]:
        """Return the rows whose numbers can be read, and what is told of the others.

        Raises JourneyError where they are most: then the whole report means another thing.
        """
        frame = typed(texts)
        lost = unread(texts, frame, [column for _, column in ask.metrics])
        found = texts.with_columns(lost.alias("_lost")).filter(lost.is_not_null())
        if found.height > FEW and found.height * 2 > texts.height:
            raise JourneyError(
                Problem(
                    f"{self.client.where}, report {ask.report}",
                    f"{found.height:,} of {texts.height:,} rows have numbers that are none",
                    "the numbers of the Data API", "run again later",
                )
            )  # fmt: skip
        odd = [
            Unreadable(f"a row of {row.get('date') or 'the period'} in report {ask.report}",
                       f"a value that the vendor does not describe ({row['_lost']})",
                       ask.table)
            for row in found.iter_rows(named=True)
        ]  # fmt: skip
        return frame.filter(lost.is_null()), odd

    def _pages(self, ask: Ask, first: dt.date, last: dt.date) -> _Read:
        """Return every page; starts anew when rows change between two of them."""
        for _ in range(RESTARTS):
            read = _Read()
            while True:
                answer = self._run(self._request(ask, first, last, read.rows))
                read.add(answer, ask)
                if answer.row_count != read.total or (
                    not answer.rows and read.rows < read.total
                ):
                    break
                if read.rows >= read.total:
                    return read
        raise JourneyError(
            Problem(
                f"{self.client.where}, report {ask.report}",
                f"{read.rows:,} of {read.total:,} rows came, {RESTARTS} times",
                "as many rows as the answer says there are", "run again later",
            )
        )  # fmt: skip

    def _request(self, ask: Ask, first: dt.date, last: dt.date, offset: int) -> Any:
        """Build the request; without an order pages would overlap and leave rows out."""
        return types.RunReportRequest(
            property=self.client.name,
            dimensions=[types.Dimension(name=name) for name, _ in ask.dimensions],
            metrics=[types.Metric(name=name) for name, _ in ask.metrics],
            date_ranges=[_range(first, last)],
            dimension_filter=only_events(ask.events),
            order_bys=[
                types.OrderBy(dimension=types.OrderBy.DimensionOrderBy(dimension_name=name))
                for name, _ in ask.dimensions
            ],
            offset=offset,
            limit=MOST_ROWS,
            return_property_quota=True,
        )

    def _run(self, request: Any) -> Any:
        answer = self.client.run_report(request)
        self.quota.watch(answer)
        said = Property(answer.metadata.time_zone, answer.metadata.currency_code)
        if not said.time_zone:
            return answer
        if self.property is not None and said != self.property:
            raise JourneyError(changed(self.client.where, self.property, said))
        self.property = said
        return answer


def changed(where: str, before: Property, now: Property) -> Problem:
    """Return why rows of two zones or currencies are not put into one table."""
    return Problem(
        where,
        f"time zone {now.time_zone} and currency {now.currency}, where what has landed is "
        f"in {before.time_zone} and {before.currency}",
        "the zone and currency of the days read before: GA4 does not restate them",
        "set them back in Analytics, Admin, Property details; or read all days anew: "
        "python -m journey sync, the name of this source, --full",
    )


def _is_daily(ask: Ask) -> bool:
    return any(column == "date" for _, column in ask.dimensions)


def _page(answer: Any, columns: dict[str, str]) -> pl.DataFrame:
    frame = frame_of(answer, columns)
    lacking = [column for column in columns.values() if column not in frame.columns]
    if not answer.rows:
        return pl.DataFrame(schema=dict.fromkeys(columns.values(), pl.String))
    if lacking:
        frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in lacking)
    return frame.select(list(columns.values()))


def _range(first: dt.date, last: dt.date) -> types.DateRange:
    return types.DateRange(start_date=first.isoformat(), end_date=last.isoformat())
