"""WooCommerce 11 on this machine: its REST API, version 3, with the habits it has.

Bounds are exclusive and cut to seconds, status=any leaves trash and drafts out, totals
past the end are 0, deleting a refund touches nothing of its order, accounts and reviews
pass over modified_after, and the Link header repeats what stood in the query.
"""

from __future__ import annotations

import base64
import copy
import datetime as dt
import hashlib
import hmac
import math
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from tests.connectors.service import Answer as Reply, Call, Service

KIND = "woocommerce"
TODAY = dt.datetime.now(dt.UTC)
SETTINGS = f"""
url = "{{url}}"
key = "env:WOO_KEY"
secret = "env:WOO_SECRET"
since = {TODAY.date() - dt.timedelta(days=150)}
page_size = 10
"""
KEY, SECRET = "ck_5d1f0a9be2c34", "cs_77c0e1f94ab2d"
SECRETS = {"WOO_KEY": KEY, "WOO_SECRET": SECRET}
SECRET_TEXTS = (KEY, SECRET)
NAMES = ("Agata Wrona", "Bruno Hoff", "Celia Nunes", "Dario Lupi", "Edda Falk")
ADDRESSES = tuple(f"{name.replace(' ', '.').lower()}@post.example" for name in NAMES)
PHONES = tuple(f"+48 601 700 20{number}" for number in range(len(NAMES)))
STREET, TEXT = "ul. Kwiatowa 7/11", "Bardzo dobra kawa, polecam"
ADDRESS_OF_MACHINE, ORDER_KEY = "198.51.100.77", "wc_order_Zk81Qm"
PEOPLE = (
    *NAMES,
    *ADDRESSES,
    *PHONES,
    STREET,
    TEXT,
    ADDRESS_OF_MACHINE,
    ORDER_KEY,
    "Pixel 8",
)

ZONE = ZoneInfo("Europe/Warsaw")
AGENTS = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) Version/16.6 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36",
)
HIDDEN = ("trash", "checkout-draft", "auto-draft")
STATUSES = ("any", "pending", "processing", "on-hold", "completed", "cancelled", "refunded",
            "failed", *HIDDEN)  # fmt: skip
SORTS = ("date", "id", "include", "title", "slug", "modified")
NOT_VIEW = {
    "code": "woocommerce_rest_cannot_view", "message": "Sorry, you cannot list resources.",
    "data": {"status": 401},
}  # fmt: skip
Row = dict[str, Any]
Answer = tuple[int, dict[str, str], Any]


def refused(status: int, code: str, message: str) -> Answer:
    return status, {}, {"code": code, "message": message, "data": {"status": status}}


def wrong(name: str, message: str) -> Answer:
    data = {"status": 400, "params": {name: message}}
    found = f"Invalid parameter(s): {name}"
    return 400, {}, {"code": "rest_invalid_param", "message": found, "data": data}


class Shop:
    """One shop: what it holds and what it answers."""

    def __init__(self, zone: ZoneInfo = ZONE) -> None:
        self.zone = zone
        self.orders: dict[int, Row] = {}
        self.refunds: dict[int, Row] = {}
        self.customers: dict[int, Row] = {}
        self.products: dict[int, Row] = {}
        self.reviews: dict[int, Row] = {}
        self.lists_refunds = True
        """Since WooCommerce 9."""
        self.knows_modified = True
        self.obeys_include = True
        self.sorts = True
        self.calls: list[tuple[str, dict[str, str]]] = []
        self.nonces: set[str] = set()

    # ------------------------------------------------------------------ answers

    def answer(self, path: str, params: Mapping[str, str]) -> Answer:
        """Return status, headers and body of a call below /wp-json/wc/v3."""
        self.calls.append((path, dict(params)))
        parts = path.strip("/").split("/")
        if parts[0] == "orders" and len(parts) == 2:
            order = self.orders.get(int(parts[1]))
            gone = refused(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
            return (200, {}, self.order(order)) if order else gone
        if parts[0] == "orders" and len(parts) == 3:
            theirs = [r for r in self.refunds.values() if r["parent_id"] == int(parts[1])]
            rows = [{k: v for k, v in row.items() if k != "parent_id"} for row in theirs]
            return self.page(rows, params)
        lists: dict[str, Iterable[Row]] = {
            "orders": self.orders.values(), "customers": self.customers.values(),
            "products": self.products.values(), "products/reviews": self.reviews.values(),
        }  # fmt: skip
        if self.lists_refunds:
            lists["refunds"] = self.refunds.values()
        name = "/".join(parts)
        if name not in lists:
            text = "No route was found matching the URL and request method."
            return refused(404, "rest_no_route", text)
        return self.listed(name, list(lists[name]), params)

    def order(self, order: Row) -> Row:
        """Return an order as it is shown: its refunds have sums below zero."""
        theirs = [r for r in self.refunds.values() if r["parent_id"] == order["id"]]
        return order | {
            "refunds": [
                {"id": r["id"], "reason": r["reason"], "total": f"-{r['amount']}"}
                for r in sorted(theirs, key=lambda r: -r["id"])
            ]
        }

    def listed(self, name: str, rows: list[Row], params: Mapping[str, str]) -> Answer:
        if not 1 <= int(params.get("per_page", 10)) <= 100:
            return wrong("per_page", "per_page must be between 1 and 100")
        if name == "orders":
            sort = params.get("orderby", "date")
            if sort not in SORTS or (sort == "modified" and not self.knows_modified):
                return wrong("orderby", "orderby is not one of date, id, include.")
            status = params.get("status", "any")
            if status.split(",")[0] not in STATUSES:
                return wrong("status", "status[0] is not one of any, trash.")
            rows = [self.order(row) for row in rows if shown(row["status"], status)]
        elif name == "customers":
            every = params.get("role") == "all"
            rows = [row for row in rows if every or row["role"] == "customer"]
        elif name == "products/reviews":
            wanted = {"all": ("approved", "hold")}.get(params.get("status", "approved"))
            rows = [row for row in rows if row["status"] in (wanted or ("approved",))]
        if name in ("orders", "refunds"):
            rows = self.bounded(rows, params)
        if "include" in params and self.obeys_include:
            chosen = set(map(int, params["include"].split(",")))
            rows = [row for row in rows if row["id"] in chosen]
        keeps_total = name not in ("orders", "refunds")
        return self.page(self.sorted(rows, params), params, keeps_total)

    def bounded(self, rows: list[Row], params: Mapping[str, str]) -> list[Row]:
        for param, field, sign in (
            ("after", "date_created_gmt", 1), ("before", "date_created_gmt", -1),
            ("modified_after", "date_modified_gmt", 1),
        ):  # fmt: skip
            if param not in params or (param.startswith("mod") and not self.knows_modified):
                continue
            edge = self.instant(params[param], params.get("dates_are_gmt") == "true")
            rows = [r for r in rows if (moment(r[field]) - edge).total_seconds() * sign > 0]
        return rows

    def instant(self, text: str, gmt: bool) -> dt.datetime:
        found = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
        if found.tzinfo is None:
            # of an hour that comes twice the shop means the second one
            found = found.replace(tzinfo=dt.UTC if gmt else self.zone, fold=1)
        return found

    def sorted(self, rows: list[Row], params: Mapping[str, str]) -> list[Row]:
        field = {"modified": "date_modified_gmt", "id": "id"}.get(
            params.get("orderby", "date"), "date_created_gmt"
        )
        down = params.get("order", "desc") == "desc" or not self.sorts
        return sorted(rows, key=lambda row: (row[field], row["id"]), reverse=down)

    def page(
        self, rows: list[Row], params: Mapping[str, str], keeps_total: bool = False
    ) -> Answer:
        size, number = int(params.get("per_page", 10)), int(params.get("page", 1))
        part = rows[(number - 1) * size : number * size]
        total = len(rows) if part or keeps_total or number == 1 else 0
        names = params.get("_fields")
        if names:
            part = [{k: r[k] for k in names.split(",") if k in r} for r in part]
        headers = {
            "X-WP-Total": str(total), "X-WP-TotalPages": str(math.ceil(total / size)),
            "Link": f'<http://localhost/wp-json/?{urlencode(params)}>; rel="next"',
        }  # fmt: skip
        return 200, headers, copy.deepcopy(part)

    # ------------------------------------------------------------------ changes

    def touch(self, order: int, at: dt.datetime, **changes: Any) -> None:
        """Change an order as its screen does: the date of change moves."""
        self.orders[order].update(changes, date_modified_gmt=gmt(at))

    def trash(self, order: int, at: dt.datetime) -> None:
        self.touch(order, at, status="trash")

    def delete_refund(self, refund: int) -> None:
        """Take a refund back; the order's date of change stays as it was."""
        del self.refunds[refund]

    # --------------------------------------------------------------- who may ask

    def checked(
        self, method: str, url: str, params: Mapping[str, str], headers: Mapping[str, str]
    ) -> Answer | None:
        """Return why a call is refused; over http only signed calls are looked at."""
        if "oauth_signature" not in params:
            basic = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
            fine = (
                url.startswith("https") and headers.get("authorization") == f"Basic {basic}"
            )
            return None if fine else (401, {}, NOT_VIEW)
        if params.get("oauth_consumer_key") != KEY:
            return 401, {}, NOT_VIEW
        error = "woocommerce_rest_authentication_error"
        if params["oauth_signature"] != signature(method, url, params):
            return refused(
                401, error, "Invalid signature - provided signature does not match."
            )
        if params["oauth_nonce"] in self.nonces:
            return refused(401, error, "Invalid nonce - nonce has already been used.")
        self.nonces.add(params["oauth_nonce"])
        return None


def signature(method: str, url: str, params: Mapping[str, str]) -> str:
    """Return the signature of OAuth 1.0a as RFC 5849, 3.4 makes it."""
    pairs = sorted(
        (quote(k, safe="~"), quote(v, safe="~"))
        for k, v in params.items()
        if k != "oauth_signature"
    )
    text = "&".join(f"{k}={v}" for k, v in pairs)
    base = "&".join(quote(part, safe="~") for part in (method, url, text))
    made = hmac.new(f"{SECRET}&".encode(), base.encode(), hashlib.sha256).digest()
    return base64.b64encode(made).decode()


def shown(status: str, wanted: str) -> bool:
    """Return whether a list with this filter shows it; beside `any` others are lost."""
    names = wanted.split(",")
    return status not in HIDDEN if "any" in names else status in names


def gmt(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0).isoformat()


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


# ------------------------------------------------------------------- what it holds


def order_row(number: int, at: dt.datetime, **changes: Any) -> Row:
    """Return an order of two lines and a fee: 123.00 + 4.92 + 12.30 gross."""
    who = number % len(NAMES)
    person = {"first_name": NAMES[who], "address_1": STREET, "country": "PL"}
    visit = {
        "source_type": "utm", "utm_source": "Facebook", "utm_medium": "CPC ",
        "utm_campaign": "{campaign.name}" if number % 7 == 0 else "autumn",
        "session_entry": "https://shop.example/", "session_count": str(1 + number % 3),
        "user_agent": AGENTS[number % 3], "device_type": "Mobile",
    }  # fmt: skip
    row = {
        "id": number, "number": f"{number}", "status": "completed", "currency": "PLN",
        "prices_include_tax": True, "created_via": "checkout", "customer_id": 10 + who,
        "billing": person | {"email": ADDRESSES[who].upper(), "phone": PHONES[who]},
        "shipping": person, "payment_method": "blik", "payment_method_title": "BLIK",
        "customer_user_agent": AGENTS[0], "customer_ip_address": ADDRESS_OF_MACHINE,
        "order_key": ORDER_KEY, "payment_url": f"https://shop.example/?key={ORDER_KEY}",
        "transaction_id": "83f1535f99ab", "total": "140.22", "total_tax": "26.22",
        "discount_total": "10.00", "discount_tax": "2.30", "shipping_total": "10.00",
        "date_created": at.astimezone(ZONE).replace(tzinfo=None).isoformat(),
        "date_created_gmt": gmt(at), "date_modified_gmt": gmt(at), "date_paid_gmt": gmt(at),
        "meta_data": [{"id": i, "key": f"_wc_order_attribution_{key}", "value": value}
                      for i, (key, value) in enumerate(visit.items())],
        "line_items": [line_row(number * 10, 1, "60.00", "13.80"),
                       line_row(number * 10 + 1, 3, "40.00", "9.20")],
        "shipping_lines": [{"id": 1, "method_id": "flat_rate", "instance_id": "4",
                            "method_title": "Paczkomat InPost", "total": "10.00"}],
        "fee_lines": [{"id": number * 10 + 7, "name": "Fee", "total": "4.00",
                       "total_tax": "0.92"}],
        "coupon_lines": [{"id": 8, "code": "autumn10", "discount": "10.00"}],
    }  # fmt: skip
    return row | changes


def line_row(number: int, pieces: int, total: str, tax: str) -> Row:
    before = f"{float(total) + 5:.2f}", f"{float(tax) + 1.15:.2f}"
    return {
        "id": number, "name": f"Coffee {number % 10}", "product_id": 500 + number % 4,
        "variation_id": 0, "quantity": pieces, "subtotal": before[0],
        "subtotal_tax": before[1], "total": total, "total_tax": tax,
        "sku": f"C-{number % 4}", "price": float(total) / pieces, "meta_data": [],
        "image": {"id": "", "src": ""},
    }  # fmt: skip


def refund_row(number: int, order: Row, at: dt.datetime, amount: str | None = None) -> Row:
    """Return a refund of the first line, or of an amount that names no line."""
    line = order["line_items"][0]
    head = {
        "id": number, "parent_id": order["id"], "date_created_gmt": gmt(at),
        "reason": "Damaged", "line_items": [], "shipping_lines": [], "fee_lines": [],
    }  # fmt: skip
    if amount:
        return head | {"amount": amount}
    meta = [{"id": 1, "key": "_refunded_item_id", "value": str(line["id"])}]
    back = {"id": number * 10, "quantity": -line["quantity"], "total": f"-{line['total']}",
            "total_tax": f"-{line['total_tax']}", "meta_data": meta}  # fmt: skip
    whole = float(line["total"]) + float(line["total_tax"])
    return head | {"amount": f"{whole:.2f}", "line_items": [back]}


def customer_row(number: int, at: dt.datetime, **changes: Any) -> Row:
    who = number % len(NAMES)
    row = {
        "id": number, "email": ADDRESSES[who], "role": "customer", "first_name": NAMES[who],
        "date_created_gmt": gmt(at), "date_modified_gmt": gmt(at),
        "avatar_url": "https://secure.gravatar.com/avatar/258d8dc9?s=96",
        "billing": {"first_name": NAMES[who], "phone": PHONES[who], "country": "PL"},
    }  # fmt: skip
    return row | changes


def review_row(number: int, at: dt.datetime, **changes: Any) -> Row:
    who = number % len(NAMES)
    row = {
        "id": number, "date_created_gmt": gmt(at), "product_id": 500 + number % 4,
        "status": "approved", "reviewer": NAMES[who], "reviewer_email": ADDRESSES[who],
        "review": f"<p>{TEXT}</p>\n", "rating": 1 + number % 5,
    }  # fmt: skip
    return row | changes


def product_row(number: int) -> Row:
    return {
        "id": number, "name": f"Coffee {number}", "date_created_gmt": "2025-01-01T10:00:00",
        "brands": [{"id": 1, "name": "Palarnia"}],
        "categories": [{"id": 9, "name": "Coffee", "slug": "coffee"}], "attributes": [],
        "cost_of_goods_sold": {"total_value": 21.5},
    }  # fmt: skip


def small_shop(now: dt.datetime) -> Shop:
    """Return a shop of 44 orders over 200 days, some of them trash or drafts."""
    shop = Shop()
    for index in range(44):
        at = now - dt.timedelta(days=index * 4.5, minutes=30)
        shop.orders[100 + index] = order_row(100 + index, at)
    for number, status in ((103, "trash"), (104, "checkout-draft"), (105, "failed")):
        shop.orders[number]["status"] = status
    for number, order, amount in ((901, 101, None), (902, 108, "5.00"), (903, 130, None)):
        row = shop.orders[order]
        at = moment(row["date_created_gmt"]) + dt.timedelta(minutes=10)
        shop.refunds[number] = refund_row(number, row, at, amount)
        row["date_modified_gmt"] = gmt(at)
    for number in range(10, 35):
        shop.customers[number] = customer_row(number, now - dt.timedelta(days=number))
    shop.customers[1] = customer_row(1, now - dt.timedelta(days=400), role="administrator")
    for number in range(500, 504):
        shop.products[number] = product_row(number)
    for number in range(700, 715):
        shop.reviews[number] = review_row(number, now - dt.timedelta(days=number - 690))
    shop.reviews[715] = review_row(715, now - dt.timedelta(days=1), rating=0)
    return shop


class Store(Service):
    """The small shop over HTTP: calls are signed, and looked at as the shop does."""

    def __init__(self) -> None:
        self.shop = small_shop(TODAY)
        super().__init__()

    def answer(self, call: Call) -> Reply:
        start = "/wp-json/wc/v3"
        if not call.path.startswith(start):
            body = b"<!DOCTYPE html><title>Page not found</title>"
            return Reply(None, 404, {"Content-Type": "text/html"}, body)
        refusal = self.shop.checked(
            call.method, self.url + call.path, call.params, call.headers
        )
        found = refusal or self.shop.answer(call.path.removeprefix(start), call.params)
        status, headers, body = found
        return Reply(body, status, headers)
