"""Marts of small random landings, every column against a slow computation."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from tests.marts.drawn import draw
from tests.marts.given import MARTS, landing, make, needed
from tests.marts.model import BUY, COME_BACK, RECOMMEND, Model, Row, day_of, days

SEEDS = range(8)
WANTED = (
    "stage_entries", "touches", "traffic", "customers", "tickets", "order_lines",
    "refunds",
)  # fmt: skip


class Built:
    """A landing with its marts, and the model of the same landing."""

    def __init__(self, seed: int) -> None:
        self.model = Model(draw(seed))
        self.connection = landing(self.model.landing)
        names = {mart.name for name in WANTED for mart in needed(name)}
        make(self.connection, [mart for mart in MARTS.values() if mart.name in names])
        # one landing serves all tests of a process: later ones take these tables down
        self.marts = {name: self.connection.sql(f'from "{name}"').pl().to_dicts()
                      for name in (*WANTED, "orders", "sessions")}  # fmt: skip

    def by_key(self, mart: str, key: str) -> dict[Any, Row]:
        return {row[key]: row for row in self.marts[mart]}


@pytest.fixture(scope="module", params=SEEDS)
def built(request: pytest.FixtureRequest) -> Built:
    return Built(request.param)


def plain(value: Any) -> Any:
    """Return a value that compares: money to the cent, moments in UTC."""
    if isinstance(value, Decimal | float):
        return round(float(value), 1)
    return value.astimezone(dt.UTC) if isinstance(value, dt.datetime) else value


def same(found: dict[Any, Row], expected: dict[Any, Row]) -> None:
    assert found.keys() == expected.keys()
    for key, wanted in expected.items():
        told = {column: plain(found[key][column]) for column in wanted}
        assert told == {column: plain(value) for column, value in wanted.items()}, key


def test_orders(built: Built) -> None:
    model = built.model
    expected = {}
    for key, order in model.orders.items():
        around, words = model.around(order), model.words(order)
        expected[key] = {
            "person_id": order["person"], "day": order["day"],
            "standing": order["standing"], "counts": order["counts"],
            "gross": order["gross"], "revenue": order["revenue"],
            "refunded": order["refunded"], "margin": order["margin"],
            "revenue_after_refunds": order["revenue"] - order["refunded"],
            "basket_band": order["band"], "customer_tier": order["tier"],
            "first_product_category": order["first_category"],
            "order_number": order["order_number"],
            "is_first": order["order_number"] == 1,
            "previous_order_at": order["previous_order_at"],
            "next_order_at": order["next_order_at"],
            "days_to_next": order["days_to_next"],
            "delivered_at": order["delivered_at"], "is_late": order["is_late"],
            "days_to_deliver": order["days_to_deliver"],
            "quantity": order["quantity"], "returned_quantity": order["returned"],
            "is_returned": order["returned"] > 0,
            "next_contact_at": around["next_contact_at"],
            "contacts_before": around["before"], "contacts_after": around["after"],
            "reviewed_at": words["reviewed_at"], "referred_at": words["referred_at"],
            "product_brand": order["product_brand"], "arrival": order["arrival"],
            "no_contact": around["none"],
        }  # fmt: skip
    same(
        {
            key: row | {"no_contact": row["effort_band"] and row["effort_band"] == "none"}
            for key, row in built.by_key("orders", "order_key").items()
        },
        expected,
    )


def test_customers(built: Built) -> None:
    model, expected = built.model, {}
    for person in set(model.keys.values()):
        own = [o for o in model.orders.values() if o["counts"] and o["person"] == person]
        if not own:
            continue
        own.sort(key=lambda order: order["placed_at"])
        first, early = own[0], dt.timedelta(365)
        margins = [o["margin"] for o in own]
        answers = [r for r in model.rows("feedback") if r["kind"] == "nps"
                   and "answered_at" in r and model.answerer(r) == person]  # fmt: skip
        last = max(answers, key=lambda r: r["answered_at"], default=None)
        expected[person] = {
            "first_order_key": first["key"], "day": first["day"], "orders": len(own),
            "second_order_at": own[1]["placed_at"] if len(own) > 1 else None,
            "days_to_second": days(first["placed_at"], own[1]["placed_at"])
            if len(own) > 1 else None,
            "revenue": sum(o["revenue"] for o in own),
            "revenue_after_refunds": sum(o["revenue"] - o["refunded"] for o in own),
            "margin": None if None in margins else sum(margins),
            "revenue_12_months": sum(o["revenue"] - o["refunded"] for o in own
                                     if o["day"] < first["day"] + early),
            "last_order_at": own[-1]["placed_at"],
            "tier_now": None, "product_brand": first["product_brand"],
            "arrival": first["arrival"],
            "contacts_after_first": model.around(first)["after"],
            "promoter": {2: "detractor", 5: "detractor", 9: "promoter"}[last["score"]]
            if last else None,
            "first_order_late": first["is_late"],
            "first_order_returned": first["returned"] > 0,
        }  # fmt: skip
    same(built.by_key("customers", "person_id"), expected)


def test_tickets(built: Built) -> None:
    model, expected = built.model, {}
    for contact in model.contacts:
        history = model.history(contact)
        expected[contact["key"]] = {
            "person_id": contact["person"], "order_key": contact["order"],
            "counts": contact["counts"], "day": day_of(contact["at"]),
            "reason": contact.get("reason"),
            "next_contact_at": history["next_contact_at"],
            "issue_key": history["issue"], "channels_in_issue": history["channels"],
            "bought_within_7_days": history["bought"],
            "arrival": model.orders[contact["order"]]["arrival"]
            if contact["order"] else None,
            "customer_tier": history["tier"],
        }  # fmt: skip
        if contact["counts"]:
            expected[contact["key"]] |= {
                "repeated_within_7_days": history["repeated"],
                "is_first_contact_resolved": history["resolved"],
            }
    same(built.by_key("tickets", "ticket_key"), expected)


def test_order_lines(built: Built) -> None:
    model, expected = built.model, {}
    for order in model.orders.values():
        for line in model.of("order_line", order):
            asked = [
                c["at"] for c in model.contacts
                if c["person"] is not None and c["person"] == order["person"]
                and c.get("product_id") == line["product_id"]
                and c["at"] < order["placed_at"]
                and days(c["at"], order["placed_at"]) <= 14
            ]  # fmt: skip
            expected[f"{order['key']}:{line['line_id']}"] = {
                "order_key": order["key"], "person_id": order["person"],
                "day": order["day"], "quantity": line["quantity"],
                "returned_quantity": line["refunded_quantity"],
                "days_to_next": order["days_to_next"], "asked_before": bool(asked),
                "is_first": order["order_number"] == 1,
                "product_brand": line.get("brand"), "arrival": order["arrival"],
                "customer_tier": order["tier"],
            }  # fmt: skip
    same(built.by_key("order_lines", "line_key"), expected)


def test_refunds_add_up_to_what_orders_lost(built: Built) -> None:
    model = built.model
    lost: Counter[str] = Counter()
    for row in built.marts["refunds"]:
        if row["revenue"] is not None:
            lost[row["order_key"]] += row["revenue"]
    refunded = {f"{r['source']}:{r['order_id']}" for r in model.rows("refund")}
    expected = {key: round(float(order["refunded"]), 1)
                for key, order in model.orders.items() if key in refunded}  # fmt: skip
    assert {key: round(float(lost[key]), 1) for key in expected} == expected


def test_stages_of_orders(built: Built) -> None:
    model, expected = built.model, {}
    for key, order in model.orders.items():
        if not order["counts"]:
            continue
        words, delivered = model.words(order), order["delivered_at"]
        said = [at for at in words.values() if at]
        spoke = bool(delivered and said) and days(delivered, min(said)) <= RECOMMEND
        gap = order["days_to_next"]
        back = gap is not None and gap <= COME_BACK
        known = order["person"] is not None
        over = known and model.over(order["day"], COME_BACK, "sales_order")
        expected["conversion", key] = {
            "moved_on": back or spoke if over else None, "value": order["revenue"],
        }  # fmt: skip
        expected["retention", key] = {
            "moved_on": back if over else None,
            "moved_on_at": order["next_order_at"] if back else None,
        }
        if delivered:
            table = "feedback" if model.through("feedback") else "sales_order"
            heard = model.over(day_of(delivered), RECOMMEND, table)
            expected["advocacy", key] = {"moved_on": spoke if heard else None}
    rows = [row for row in built.marts["stage_entries"] if row["unit"] == "person"]
    same({(row["stage"], row["order_key"]): row for row in rows}, expected)


def test_stages_of_visits(built: Built) -> None:
    model = built.model
    rows = [row for row in built.marts["stage_entries"] if row["unit"] == "session"]
    found = {(row["stage"], row["entered_at"].astimezone(dt.UTC)): row for row in rows}
    expected = {}
    for visit in model.rows("session"):
        at, person = visit["started_at"], model.keys.get(("user", visit.get("user_key")))
        looked = visit.get("items_viewed") == 1
        expected["awareness", at] = {"moved_on": looked, "day": day_of(at)}
        if not looked:
            continue
        later = [o["placed_at"] for o in model.orders.values() if o["counts"] and person
                 and o["person"] == person and o["placed_at"] >= at]  # fmt: skip
        soon = bool(later) and days(at, min(later)) <= BUY
        over = person is None or model.over(day_of(at), BUY, "sales_order")
        expected["consideration", at] = {
            "moved_on": visit["purchases"] == 1 or soon if over else None,
            "window_days": BUY if person else 0,
        }
    same(found, expected)


def test_traffic(built: Built) -> None:
    expected: Counter[tuple[Any, ...]] = Counter()
    steps = {"carts": "add_to_carts", "checkouts": "checkouts", "purchases": "purchases",
             "product_views": "items_viewed", "searches": "searches"}  # fmt: skip
    for visit in built.model.rows("session"):
        device = visit.get("device_category")
        part = (day_of(visit["started_at"]), device and device.lower())
        expected[*part, "sessions"] += 1
        for column, field in steps.items():
            expected[*part, column] += visit.get(field) or 0
    found: Counter[tuple[Any, ...]] = Counter()
    for row in built.marts["traffic"]:
        for column in ("sessions", *steps):
            found[row["day"], row["device"], column] += row[column]
    assert +found == +expected


def test_touches(built: Built) -> None:
    model = built.model
    known = [("order", o["person"], o["placed_at"]) for o in model.orders.values()]
    known += [("delivery", o["person"], o["delivered_at"]) for o in model.orders.values()]
    known += [("contact", c["person"], c["at"]) for c in model.contacts if c["counts"]]
    known += [("visit", model.keys.get(("user", v.get("user_key"))), v["started_at"])
              for v in model.rows("session")]  # fmt: skip
    expected = {touch for touch in known if touch[1] and touch[2]}
    found = {(row["kind"], row["person_id"], row["happened_at"].astimezone(dt.UTC))
             for row in built.marts["touches"] if row["kind"] != "feedback"}  # fmt: skip
    assert found == expected
