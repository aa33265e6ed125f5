"""A property's hidden truth: visits one by one, and any report counted from them."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

CHANNELS = (
    ("Organic Search", "google / organic", "(organic)"),
    ("Paid Search", "google / cpc", "winter boots"),
    ("Email", "newsletter / email", "week 40"),
    ("Direct", "(direct) / (none)", "(direct)"),
    ("Unassigned", "(not set)", "(not set)"),
)
ITEMS = (("b1", "Boot"), ("t2", "Tent"), ("s3", "Sock"))
FUNNEL = (
    ("session_start", 1.0), ("page_view", 1.0), ("view_item", 0.7), ("add_to_cart", 0.6),
    ("begin_checkout", 0.7), ("add_shipping_info", 0.9), ("add_payment_info", 0.9),
    ("purchase", 0.8),
)  # fmt: skip

Row = Mapping[str, Any]

DIMENSIONS = (
    "date", "sessionDefaultChannelGroup", "sessionSourceMedium", "sessionCampaignName",
    "deviceCategory", "countryId", "country", "newVsReturning", "eventName",
    "landingPage", "itemId", "itemName", "transactionId",
)  # fmt: skip
NAMES = {"PL": "Poland", "CZ": "Czechia", "DE": "Germany"}


@dataclass
class World:
    """Visits of `days` days up to `last`, the same for the same seed and day."""

    last: dt.date
    days: int = 40
    visits_a_day: int = 9
    silent: frozenset[dt.date] = frozenset()
    """Days on which nothing happened."""
    visits: list[dict[str, Any]] = field(default_factory=list)
    ads: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number in range(self.days):
            day = self.last - dt.timedelta(days=number)
            if day not in self.silent:
                self._fill(day)

    def _fill(self, day: dt.date) -> None:
        draw = random.Random(day.toordinal())
        for place in range(self.visits_a_day):
            self.visits.append(_visit(day, place, draw))
        self.ads.append(
            {"date": f"{day:%Y%m%d}", "sessionCampaignName": "winter boots",
             "sessionSourceMedium": "google / cpc",
             "sessionDefaultChannelGroup": "Paid Search",
             "advertiserAdCost": Decimal(draw.randint(100, 9999)) / 100,
             "advertiserAdClicks": draw.randint(1, 40),
             "advertiserAdImpressions": draw.randint(100, 900)}
        )  # fmt: skip

    def report(
        self,
        dimensions: Sequence[str],
        metrics: Sequence[str],
        first: str,
        last: str,
        events: Sequence[str] = (),
    ) -> list[tuple[list[str], list[str]]]:
        """Return the rows that are not all zero: texts of dimensions and metrics."""
        groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in self._rows(dimensions, metrics):
            day = f"{row['date'][:4]}-{row['date'][4:6]}-{row['date'][6:]}"
            wanted = not events or row.get("eventName") in events
            if first <= day <= last and wanted and all(name in row for name in dimensions):
                groups[tuple(str(row[name]) for name in dimensions)].append(row)
        found = []
        for key, rows in groups.items():
            values = [METRICS[name](rows) for name in metrics]
            if any(values):
                found.append((list(key), [str(value) for value in values]))
        return found

    def _rows(self, dimensions: Sequence[str], metrics: Sequence[str]) -> Iterable[Row]:
        if any(name.startswith("advertiser") for name in metrics):
            return self.ads
        if any(name.startswith("item") for name in (*dimensions, *metrics)):
            return [v | item for v in self.visits for item in v["items"]]
        if "eventName" in dimensions:
            return [v | event for v in self.visits for event in v["events"]]
        return self.visits

    def total(self, metric: str, first: dt.date, last: dt.date, *events: str) -> Any:
        """Return one metric of all days from first to last."""
        dimensions = ["eventName"] if events else []
        rows = self.report(
            dimensions, [metric], first.isoformat(), last.isoformat(), events
        )
        return sum(Decimal(values[0]) for _, values in rows)


def _visit(day: dt.date, place: int, draw: random.Random) -> dict[str, Any]:
    channel, source_medium, campaign = draw.choice(CHANNELS)
    country = draw.choice(("PL", "PL", "CZ", "DE"))
    reached = []
    for name, chance in FUNNEL:
        if draw.random() > chance:
            break
        reached.append(name)
    counts = {name: 1 + (draw.random() < 0.3) for name in reached}
    bought = "purchase" in counts
    item_id, item_name = draw.choice(ITEMS)
    value = Decimal(draw.randint(1000, 50000)) / 100
    visit = {
        "id": f"{day:%Y%m%d}-{place}", "user": f"u{draw.randint(1, 60)}",
        "date": f"{day:%Y%m%d}", "sessionDefaultChannelGroup": channel,
        "sessionSourceMedium": source_medium, "sessionCampaignName": campaign,
        "deviceCategory": draw.choice(("mobile", "mobile", "desktop", "tablet")),
        "countryId": country, "country": NAMES[country],
        "newVsReturning": draw.choice(("new", "returning", "(not set)")),
        "landingPage": draw.choice(("/", "/boots", "/sale")),
        "engaged": draw.random() < 0.6, "seconds": draw.randint(0, 300),
        "is_new": draw.random() < 0.4, "counts": counts,
        "events": [{"eventName": name, "times": times} for name, times in counts.items()],
        "items": [
            {"itemId": item_id, "itemName": item_name,
             "item_revenue": value if bought else 0}
        ] if "view_item" in counts else [],
        "revenue": value if bought else 0,
    }  # fmt: skip
    if bought:
        visit["transactionId"] = f"{day:%y%m%d}{place:02}"
    return visit


def _of_counts(name: str) -> Callable[[list[Row]], int]:
    return lambda rows: sum(row["counts"].get(name, 0) for row in rows)


def _users(rows: list[Row]) -> int:
    return len({row["user"] for row in rows})


METRICS: dict[str, Callable[[list[Row]], Any]] = {
    "sessions": lambda rows: len({row["id"] for row in rows}),
    "engagedSessions": lambda rows: sum(row["engaged"] for row in rows),
    "userEngagementDuration": lambda rows: sum(row["seconds"] for row in rows),
    "newUsers": lambda rows: sum(row["is_new"] for row in rows),
    "activeUsers": _users,
    "totalUsers": lambda rows: _users(rows) + 1,
    "eventCount": lambda rows: sum(row["times"] for row in rows),
    "addToCarts": _of_counts("add_to_cart"),
    "checkouts": _of_counts("begin_checkout"),
    "ecommercePurchases": _of_counts("purchase"),
    "purchaseRevenue": lambda rows: sum(row["revenue"] for row in rows),
    "refundAmount": lambda rows: 0,
    "itemsViewed": _of_counts("view_item"),
    "itemsAddedToCart": _of_counts("add_to_cart"),
    "itemsCheckedOut": _of_counts("begin_checkout"),
    "itemsPurchased": _of_counts("purchase"),
    "itemRevenue": lambda rows: sum(row["item_revenue"] for row in rows),
    "advertiserAdCost": lambda rows: sum(row["advertiserAdCost"] for row in rows),
    "advertiserAdClicks": lambda rows: sum(row["advertiserAdClicks"] for row in rows),
    "advertiserAdImpressions": lambda rows: sum(
        row["advertiserAdImpressions"] for row in rows
    ),
}
