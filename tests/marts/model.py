"""What marts should hold, computed slowly row by row from their descriptions alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import cached_property
from typing import Any

from tests.marts.drawn import ZONE, Landing

Row = dict[str, Any]
STANDING = {"completed": "counts", "processing": "counts", "failed": "lost"}
TIMES = {
    "sales_order": "placed_at", "ticket": "created_at", "conversation": "started_at",
    "feedback": "answered_at",
}  # fmt: skip
BUY, COME_BACK, RECOMMEND = 7, 90, 30


def day_of(at: dt.datetime | None) -> dt.date | None:
    return at.astimezone(ZONE).date() if at else None


def days(first: dt.datetime, last: dt.datetime) -> int:
    """Return the days between two moments, by the calendar of the zone."""
    return (last.astimezone(ZONE).date() - first.astimezone(ZONE).date()).days


def number_of(text: str | None) -> str | None:
    return text.lstrip("#") if text else None


class Model:
    """The marts of one drawn landing; stage windows are the usual ones."""

    def __init__(self, landing: Landing) -> None:
        self.landing = landing
        self.keys = {(r["key_kind"], r["key"]): r["person_id"]
                     for r in landing["landed.person"]}  # fmt: skip

    def rows(self, table: str, keep: Callable[[Row], Any] = lambda row: True) -> list[Row]:
        return [row for row in self.landing.get(f"landed.{table}", []) if keep(row)]

    def of(self, table: str, order: Row) -> list[Row]:
        key = (order["source"], order["order_id"])
        return self.rows(table, lambda r: (r["source"], r["order_id"]) == key)

    def person(self, row: Row) -> int | None:
        customer = self.keys.get(("customer", f"{row['source']}:{row.get('customer_id')}"))
        return customer or self.keys.get(("email", row.get("email_hash")))

    def through(self, *tables: str) -> dt.date | None:
        """Return the last day complete in every source of these tables."""
        found = []
        for table in tables:
            at = TIMES[table]
            said = self.rows("landed_day", lambda r, t=table: r["table_name"] == t)
            rows = self.rows(table)
            for source in {row["source"] for row in rows + said}:
                whole = [r["day"] for r in said if r["source"] == source]
                newest = [day_of(r.get(at) or r.get("asked_at")) for r in rows
                          if r["source"] == source]  # fmt: skip
                found.append(max(whole) if whole else max(newest) - dt.timedelta(1))
        return min(found, default=None)

    def over(self, day: dt.date, window: int, *tables: str) -> bool:
        through = self.through(*tables)
        return through is not None and day + dt.timedelta(window) <= through

    # ------------------------------------------------------------------ orders

    def rate(self, currency: str, day: dt.date) -> Decimal:
        if currency.upper() == "PLN":
            return Decimal(1)
        known = [r for r in self.rows("exchange_rate") if r["date"] <= day]
        return Decimal(str(max(known, key=lambda r: r["date"])["rate"]))

    @cached_property
    def orders(self) -> dict[str, Row]:
        kept = self.rows("sales_order", lambda r: "deleted_at" not in r)
        found = {
            f"{row['source']}:{row['order_id']}": self.plain_order(row) for row in kept
        }
        for key, order in found.items():
            order["key"] = key
        for order in found.values():
            order |= self.sequence(order, list(found.values()))
        return found

    def plain_order(self, row: Row) -> Row:
        placed = row["placed_at"]
        day, money = day_of(placed), self.money(row)
        standing = STANDING.get(row["status"].lower(), "unknown")
        if row.get("is_test") or row.get("cancelled_at"):
            standing = "test" if row.get("is_test") else "lost"
        lines = self.of("order_line", row)
        parcels = [p for p in self.of("fulfillment", row) if p["status"] != "cancelled"]
        arrived = [p.get("delivered_at") for p in parcels]
        delivered = max(arrived) if parcels and all(arrived) else None
        promised = max((p["promised_at"] for p in parcels if p.get("promised_at")),
                       default=None)  # fmt: skip
        late = day_of(delivered) > day_of(promised) if delivered and promised else None
        cost = sum(line.get("unit_cost", 0) * line["quantity"] for line in lines)
        costed = bool(lines) and all("unit_cost" in line for line in lines)
        bands = ((100, "<100"), (200, "100-200"), (400, "200-400"), (10**9, "400+"))
        return money | {
            "source": row["source"], "order_id": row["order_id"], "placed_at": placed,
            "numbers": {row["order_id"], number_of(row.get("order_name"))} - {None},
            "person": self.person(row), "day": day, "standing": standing,
            "counts": standing == "counts", "delivered_at": delivered, "is_late": late,
            "band": next(name for top, name in bands if money["gross"] < top),
            "margin": money["revenue"] - cost * self.rate(row["currency"], day)
            if costed else None,
            "quantity": sum(r["quantity"] for r in lines) if lines else None,
            "returned": sum(r["refunded_quantity"] for r in lines),
            "product_brand": self.product_brand(lines),
            "arrival": None if late is None else ("late" if late else "on_time"),
            "days_to_deliver": days(placed, delivered) if delivered else None,
            "category": next((r["category"] for r in reversed(lines) if "category" in r),
                             None),
        }  # fmt: skip

    @staticmethod
    def product_brand(lines: list[Row]) -> str | None:
        worth: dict[str, float] = {}
        for line in lines:
            if brand := line.get("brand"):
                worth[brand] = worth.get(brand, 0) + line["unit_price"] * line["quantity"]
        return max(sorted(worth), key=lambda brand: worth[brand], default=None)

    def money(self, row: Row) -> Row:
        day = day_of(row["placed_at"])
        rate, gross = self.rate(row["currency"], day), Decimal(str(row["gross_total"]))
        net = gross - Decimal(str(row.get("shipping_total", 0) + row["tax_total"]))
        share = min(max(net / gross, Decimal(0)), Decimal(1)) if gross else Decimal(0)
        refunded = Decimal(str(row.get("refunded_total", 0))) * share * rate
        if refunds := self.of("refund", row):
            refunded = Decimal(0)
            for refund in refunds:
                amount = Decimal(str(refund["amount"]))
                part = amount - refund["tax"] if "tax" in refund else amount * share
                refunded += part * self.rate(refund.get("currency", row["currency"]), day)
        return {"gross": gross * rate, "revenue": net * rate, "refunded": refunded}

    def sequence(self, order: Row, every: list[Row]) -> Row:
        """Return what the person's other orders, contacts and words say of an order."""
        placed = order["placed_at"]
        own = [o for o in every if o["person"] is not None
               and o["person"] == order["person"] and o["counts"]]  # fmt: skip
        before = [o for o in own if o["placed_at"] < placed]
        after = [o for o in own if o["placed_at"] > placed]
        first = min(own, key=lambda o: o["placed_at"], default=None)
        next_at = min((o["placed_at"] for o in after), default=None)
        ranked = order["counts"] and order["person"] is not None
        # too few people for any other tier
        tier = None if before else "prospects"
        return {
            "order_number": len(before) + 1 if ranked else None,
            "previous_order_at": max((o["placed_at"] for o in before), default=None)
            if ranked else None,
            "next_order_at": next_at if ranked else None,
            "days_to_next": days(placed, next_at) if ranked and next_at else None,
            "tier": tier if order["person"] is not None else None,
            "first_category": first["category"] if first else None,
        }  # fmt: skip

    def words(self, order: Row) -> Row:
        """Return the first review of an order and the first referral after delivery."""
        reviews = [r["answered_at"] for r in self.rows("feedback") if r["kind"] == "review"
                   and "answered_at" in r and self.reviewed(r) == order["key"]]  # fmt: skip
        delivered = order["delivered_at"]
        brought = [
            r["happened_at"] for r in self.rows("loyalty_event")
            if r["kind"] == "referral" and delivered and order["person"] is not None
            and self.person(r) == order["person"] and r["happened_at"] >= delivered
            and days(delivered, r["happened_at"]) <= RECOMMEND
        ]  # fmt: skip
        return {"reviewed_at": min(reviews, default=None),
                "referred_at": min(brought, default=None)}  # fmt: skip

    def named(self, row: Row, at: dt.datetime, person: int | None) -> Row | None:
        """Return the order whose number a row has, of several the most likely."""
        named = [o for o in self.orders.values() if row["order_id"] in o["numbers"]]
        return min(named, default=None, key=lambda o: (
            person is not None and o["person"] != person,
            abs(at - o["placed_at"]), o["key"]))  # fmt: skip

    def answerer(self, answer: Row) -> int | None:
        """Return who answered: who is named, else whose order it is about."""
        person = self.person(answer)
        if person is None and "order_id" in answer:
            order = self.named(answer, answer["asked_at"], None)
            return order["person"] if order else None
        return person

    def reviewed(self, review: Row) -> str | None:
        at = review["answered_at"]
        if "order_id" in review:
            order = self.named(review, at, None)
            return order and order["key"]
        own = [
            o for o in self.orders.values() if o["counts"] and o["placed_at"] <= at
            and o["person"] is not None and o["person"] == self.person(review)
        ]  # fmt: skip
        return max(own, key=lambda o: o["placed_at"])["key"] if own else None

    # ---------------------------------------------------------------- contacts

    @cached_property
    def contacts(self) -> list[Row]:
        found = [
            {"key": f"desk:ticket:{r['ticket_id']}", "at": r["created_at"], "counts": True}
            | r for r in self.rows("ticket", lambda r: not r["is_spam"])
        ] + [
            {"key": f"desk:conversation:{r['conversation_id']}", "at": r["started_at"],
             "counts": "ticket_id" not in r} | r for r in self.rows("conversation")
        ]  # fmt: skip
        for contact in found:
            contact |= {"person": self.asker(contact), "order": self.about(contact)}
        return found

    def asker(self, contact: Row) -> int | None:
        """Return who asks; who says nothing of himself is the buyer of the one order."""
        number = number_of(contact.get("order_ref"))
        named = [o for o in self.orders.values() if number in o["numbers"]]
        said = self.person(contact)
        return named[0]["person"] if said is None and len(named) == 1 else said

    def about(self, contact: Row) -> str | None:
        at, person = contact["at"], self.person(contact)
        number = number_of(contact.get("order_ref"))
        named = [o for o in self.orders.values() if number in o["numbers"]]
        if named:
            return min(named, key=lambda o: (
                o["person"] is None or o["person"] != person, abs(at - o["placed_at"]),
                o["key"]))["key"]  # fmt: skip
        own = [
            o for o in self.orders.values()
            if person is not None and o["person"] == person and o["placed_at"] <= at
        ]  # fmt: skip
        last = max(own, key=lambda o: o["placed_at"], default=None)
        return last["key"] if last and days(last["placed_at"], at) <= 30 else None

    def around(self, order: Row) -> Row:
        """Return the contacts before and after an order."""
        placed, counted = order["placed_at"], [c for c in self.contacts if c["counts"]]
        own = [c["at"] for c in counted
               if c["person"] is not None and c["person"] == order["person"]]  # fmt: skip
        about = [c["at"] for c in counted if c["order"] == order["key"]]
        after = sum(at >= placed and days(placed, at) <= 30 for at in about)
        told = [day_of(c["at"]) for c in self.contacts]
        return {
            "next_contact_at": min((at for at in own if at >= placed), default=None),
            "before": sum(at < placed and days(at, placed) <= 30 for at in own),
            "after": after,
            "none": not after if after or (told and order["day"] >= min(told)) else None,
        }

    def history(self, contact: Row) -> Row:
        """Return what a person's other contacts and orders say of a contact."""
        at, person = contact["at"], contact["person"]
        known, day = person is not None, day_of(contact["at"])
        own = sorted((c for c in self.contacts if known and c["person"] == person
                      and c["counts"]), key=lambda c: c["at"])  # fmt: skip
        after = [c for c in own if c["at"] > at and contact["counts"]]
        alike = [c for c in after if c.get("reason") == contact.get("reason")]
        orders = [o for o in self.orders.values() if known and o["person"] == person
                  and o["counts"]]  # fmt: skip
        later = [o["placed_at"] for o in orders if o["placed_at"] > at]
        seen = self.over(day, 7, "ticket", "conversation") and known
        issue = self.issue(contact, own) if known and contact["counts"] else [contact]
        return {
            "next_contact_at": after[0]["at"] if after else None,
            "repeated": bool(after) and days(at, after[0]["at"]) <= 7 if seen else None,
            "resolved": not alike or days(at, alike[0]["at"]) > 7 if seen else None,
            "issue": issue[0]["key"],
            "channels": len({c["channel"] for c in issue}),
            "tier": "prospects"
            if known and all(o["placed_at"] >= at for o in orders) else None,
            "bought": bool(later) and days(at, min(later)) <= 7
            if known and self.over(day, 7, "sales_order") else None,
        }  # fmt: skip

    @staticmethod
    def issue(contact: Row, own: Iterable[Row]) -> list[Row]:
        """Return the row of contacts, each seven days or less apart, that one is in."""
        rows: list[list[Row]] = []
        for one in own:
            if not rows or days(rows[-1][-1]["at"], one["at"]) > 7:
                rows.append([])
            rows[-1].append(one)
        return next(row for row in rows if contact["key"] in {c["key"] for c in row})
