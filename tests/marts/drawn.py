"""Small landings drawn at random, with whatever makes marts go wrong in them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Warsaw")
FIRST = dt.datetime(2026, 3, 20, tzinfo=dt.UTC)
"""Nine days before the clocks of the zone go forward."""
DAYS = 160
Landing = Mapping[str, list[dict[str, Any]]]

STATUSES = ["completed", "completed", "completed", "Processing", "failed", "teleported"]
CHANNELS = ["email", "chat", "phone", "bot"]
REASONS = ["size", "delivery", "delivery", None]


class Draw:
    """One landing: two shops, one helpdesk, one web property, surveys, referrals."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.taken: set[dt.datetime] = set()
        self.people = self.random.randint(2, 6)
        for table in ("person", "sales_order", "ticket", "session"):
            self.rows[f"landed.{table}"] = []
        self._people()
        self._shops()
        self._helpdesk()
        self._web()
        self._voices()
        self._read()

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def pick(self, *values: Any) -> Any:
        return self.random.choice(values)

    def moment(self, after: dt.datetime = FIRST, days: float = DAYS) -> dt.datetime:
        """Return a moment no row has yet; every third one is close to a midnight."""
        at = after + dt.timedelta(minutes=self.random.randrange(int(days * 1440) or 1))
        if self.chance(0.3):
            local = at.astimezone(ZONE)
            at = local.replace(hour=23, minute=59, second=59) + dt.timedelta(
                seconds=self.pick(0, 1, 2)
            )
        while at in self.taken:
            at += dt.timedelta(seconds=1)
        self.taken.add(at)
        return at.astimezone(dt.UTC)

    def add(self, table: str, **row: Any) -> None:
        # none of them stands for what the source leaves out
        told = {key: value for key, value in row.items() if value is not None}
        self.rows.setdefault(f"landed.{table}", []).append(told)

    def email(self) -> str | None:
        """Return the hash of somebody, of a stranger, or nothing."""
        if self.chance(0.1):
            return None
        return "stranger" if self.chance(0.05) else f"e{self.random.randrange(self.people)}"

    def _people(self) -> None:
        for number in range(self.people):
            self.add("person", key_kind="email", key=f"e{number}", person_id=number + 1)
            self.add("person", key_kind="customer", key=f"shop:c{number}",
                     person_id=number + 1)  # fmt: skip
            self.add("person", key_kind="user", key=f"u{number}", person_id=number + 1)

    def _shops(self) -> None:
        for number in range(self.random.randint(0, 40)):
            source, at = self.pick("shop", "shop", "market"), self.moment()
            gross = self.random.randrange(0, 60000) / 100
            self.add(
                "sales_order", source=source, order_id=str(number), placed_at=at,
                order_name=self.pick(None, f"#{1000 + number}"),
                status=self.pick(*STATUSES), currency=self.pick("PLN", "PLN", "eur"),
                gross_total=gross, tax_total=round(gross * 0.2, 2),
                shipping_total=self.pick(None, 0, min(gross, 10)),
                refunded_total=self.pick(None, gross),
                email_hash=self.email(), is_test=self.chance(0.05),
                customer_id=self.pick(None, f"c{self.random.randrange(self.people)}"),
                cancelled_at=at if self.chance(0.05) else None,
                deleted_at=at if self.chance(0.05) else None,
                sales_channel="marketplace" if source == "market" else None,
            )  # fmt: skip
            self._of_order(source, str(number), at, gross)
        for day in range(-8, DAYS + 10, 3):
            self.add(
                "exchange_rate", source="bank", currency="EUR", to_currency="PLN",
                date=(FIRST + dt.timedelta(day)).date(), rate=4 + day / 100,
            )  # fmt: skip

    def _of_order(self, source: str, number: str, at: dt.datetime, gross: float) -> None:
        key = {"source": source, "order_id": number}
        for line in range(self.random.randint(0, 3)):
            self.add("order_line", **key, line_id=str(line), product_id=self.pick("p", "q"),
                     category=self.pick("Boots", "Socks", None), quantity=line + 1,
                     brand=self.pick("Tatra", "Wander", None),
                     unit_price=10.5 + line, refunded_quantity=self.pick(0, 1),
                     unit_cost=self.pick(3, 4, None))  # fmt: skip
        for parcel in range(self.random.randint(0, 2)):
            sent = self.moment(at, 3)
            self.add("fulfillment", **key, fulfillment_id=f"{source}{number}{parcel}",
                     shipped_at=sent, promised_at=self.pick(None, self.moment(at, 9)),
                     delivered_at=self.pick(None, self.moment(sent, 9)),
                     status=self.pick("success", "success", "cancelled"))  # fmt: skip
        for refund in range(self.random.choice([0, 0, 0, 1, 2])):
            self.add("refund", **key, refund_id=f"{source}{number}{refund}",
                     refunded_at=self.moment(at, 500), amount=round(gross, 2),
                     tax=self.pick(None, 1), currency=self.pick(None, "PLN"))  # fmt: skip

    def _helpdesk(self) -> None:
        for number in range(self.random.randint(0, 40)):
            self.add(
                "ticket", source="desk", ticket_id=str(number), created_at=self.moment(),
                email_hash=self.email(), channel=self.pick(*CHANNELS),
                reason=self.pick(*REASONS), is_spam=self.chance(0.1),
                order_ref=self.pick(None, None, str(number), f"#{1000 + number}", "404"),
                product_id=self.pick(None, None, "p"), replies=self.pick(0, 1, 2),
                status=self.pick("open", "solved"),
            )  # fmt: skip
        for number in range(self.random.randint(0, 15)):
            self.add(
                "conversation", source="desk", conversation_id=str(number),
                started_at=self.moment(), email_hash=self.email(),
                kind=self.pick("bot", "call"), channel=self.pick("chat", "phone"),
                ticket_id=self.pick(None, None, str(number)),
                handed_over=self.pick(None, True, False), reason=self.pick(*REASONS),
            )  # fmt: skip

    def _web(self) -> None:
        for number in range(self.random.randint(0, 40)):
            at = self.moment()
            self.add(
                "session", source="web", session_key=f"s{number}", started_at=at,
                user_key=self.pick(None, f"u{self.random.randrange(self.people)}"),
                visitor_key=self.pick(None, f"v{number % 7}"),
                items_viewed=self.pick(0, 1, None), add_to_carts=self.pick(0, 1),
                checkouts=self.pick(0, 1), payment_infos=self.pick(0, 1),
                purchases=(bought := self.pick(0, 0, 1)), searches=self.pick(0, 2, None),
                transaction_id=self.pick(None, str(number), f"{1000 + number}")
                if bought else None,
                device_category=self.pick("Mobile", "desktop", None),
                source_name=self.pick("google", None), medium=self.pick("cpc", None),
                is_new=self.pick(True, False, None), is_engaged=self.pick(True, False),
            )  # fmt: skip

    def _voices(self) -> None:
        for number in range(self.random.randint(0, 20)):
            at = self.moment()
            self.add(
                "feedback", source="desk", feedback_id=str(number),
                kind=self.pick("nps", "review", "csat"), score=self.pick(2, 5, 9),
                email_hash=self.email(), asked_at=at,
                answered_at=self.pick(None, at, at),
                order_id=self.pick(None, str(number)),
            )  # fmt: skip
            self.add(
                "loyalty_event", source="club", event_id=str(number),
                happened_at=self.moment(), email_hash=self.email(),
                kind=self.pick("earn", "referral"), points=10,
            )  # fmt: skip

    def _read(self) -> None:
        for table, source in (("sales_order", "shop"), ("ticket", "desk"),
                              ("feedback", "desk"), ("session", "web")):  # fmt: skip
            last = (FIRST + dt.timedelta(DAYS - self.random.randrange(30))).date()
            self.add("landed_day", source=source, table_name=table, day=last)


def draw(seed: int) -> Landing:
    """Return the landed rows of this seed, as `tests.marts.given` takes them."""
    return Draw(seed).rows
