"""Orders of WooCommerce as canonical rows: the order, its lines, refunds and parcel.

Names, addresses, IPs, order keys, gateway numbers and user agents end here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from connectors.woocommerce.words import Ways, device_of, origin_of

Row = Mapping[str, Any]
Out = dict[str, Any]

FIELDS = ",".join(
    ("id", "number", "status", "currency", "prices_include_tax", "created_via",
     "customer_id", "billing", "shipping", "payment_method", "payment_method_title",
     "customer_user_agent", "total", "total_tax", "discount_total", "discount_tax",
     "shipping_total", "date_created", "date_created_gmt", "date_modified_gmt",
     "date_paid_gmt", "meta_data", "line_items", "shipping_lines", "fee_lines",
     "coupon_lines", "refunds")
)  # fmt: skip
"""What is asked for of an order; keys, addresses of payment and links are not."""

NOBODY = "deleted@site.invalid"
"""What the shop writes over every erased person."""
COST_META = ("_wc_cog_item_cost",)
"""Where a widespread plugin keeps what a piece cost; the shop itself has a field."""
ZERO = Decimal(0)
CENTS = Decimal("0.0001")
SLACK = Decimal("0.01")


@dataclass
class Mapped:
    """The canonical rows that a page of orders gave."""

    orders: list[Out] = field(default_factory=list)
    lines: list[Out] = field(default_factory=list)
    refunds: list[Out] = field(default_factory=list)
    parcels: list[Out] = field(default_factory=list)


@dataclass
class Mapper:
    """Turns orders into rows; `products` is filled by the caller, page by page."""

    ways: Ways
    prefix: str
    delivery_meta: Mapping[str, str]
    products: Mapping[int, Mapping[str, Any]]

    def page(self, orders: Sequence[Row], refunds: Mapping[int, Sequence[Row]]) -> Mapped:
        """Return the rows of a page; `refunds`: order id -> its refunds in full."""
        done = Mapped()
        for order in orders:
            theirs = refunds.get(order["id"], ())
            done.orders.append(self.order(order))
            done.lines += self.lines(order, theirs)
            done.refunds += [refund_of(order, refund) for refund in theirs]
            if self.delivery_meta and (parcel := self.parcel(order)):
                done.parcels.append(parcel)
        return done

    def order(self, order: Row) -> Out:
        notes = {meta["key"]: meta.get("value") for meta in order.get("meta_data") or ()}
        visit = self._visit(notes)
        billing, shipping = order.get("billing") or {}, order.get("shipping") or {}
        email = billing.get("email") or None
        erased = notes.get("_anonymized") == "yes" or email == NOBODY
        customer = order.get("customer_id") or None
        status, via = order["status"], order.get("created_via") or ""
        modified = utc(order.get("date_modified_gmt"))
        return {
            "order_id": str(order["id"]), "order_name": str(order.get("number") or ""),
            "customer_id": None if erased or not customer else str(customer),
            "email": None if erased else email,
            "phone": None if erased else billing.get("phone") or None,
            "placed_at": utc(order.get("date_created_gmt")), "status": status,
            "fulfillment_status": _sent(status),
            "sales_channel": self.ways.sold(via, status, notes, "session_entry" in visit),
            "payment_method": self.ways.paid(
                order.get("payment_method") or "", order.get("payment_method_title") or ""
            ),
            "delivery_method": self.ways.sent(order.get("shipping_lines") or ()),
            "ship_country": shipping.get("country") or billing.get("country") or None,
            "coupon_codes": [line["code"] for line in order.get("coupon_lines") or ()],
            **_money(order), **_origin(visit, order, via),
            "updated_at": modified, "deleted_at": modified if status == "trash" else None,
        }  # fmt: skip

    def _visit(self, notes: Mapping[str, Any]) -> dict[str, str]:
        start = len(self.prefix)
        return {
            key[start:]: value
            for key, value in notes.items()
            if key.startswith(self.prefix) and isinstance(value, str)
        }

    def lines(self, order: Row, refunds: Sequence[Row]) -> list[Out]:
        """Return products and fees; what is sent costs stands in the order itself."""
        gross = bool(order.get("prices_include_tax"))
        head = {
            "order_id": str(order["id"]), "currency": order["currency"],
            "updated_at": utc(order.get("date_modified_gmt")),
        }  # fmt: skip
        back = _pieces_back(refunds)
        unknown = bool(refunds) and not back
        found = []
        for line in order.get("line_items") or ():
            row = self._line(line, gross)
            row["refunded_quantity"] = None if unknown else back.get(line["id"], 0)
            found.append(head | row)
        return found + [head | _fee(fee, gross) for fee in order.get("fee_lines") or ()]

    def _line(self, line: Row, gross: bool) -> Out:
        pieces = max(int(line.get("quantity") or 0), 1)
        price, discount, tax = _priced(
            line.get("subtotal") or "0", line.get("subtotal_tax") or "0",
            line.get("total") or "0", line.get("total_tax") or "0", pieces, gross,
        )  # fmt: skip
        number = line.get("product_id") or 0
        product = self.products.get(number) or {}
        return {
            "line_id": str(line["id"]), "sku": line.get("sku") or None,
            "product_id": str(number) if number else None,
            "title": line.get("name") or None, "category": product.get("category"),
            "brand": product.get("brand"), "quantity": pieces, "unit_price": price,
            "discount": discount, "tax": tax, "unit_cost": _cost(line, product, pieces),
        }  # fmt: skip

    def parcel(self, order: Row) -> Out | None:
        """Return the delivery where the settings name the keys that a plugin writes."""
        notes = {meta["key"]: meta.get("value") for meta in order.get("meta_data") or ()}
        found: Out = {}
        for column, key in self.delivery_meta.items():
            text = str(notes.get(key) or "").strip()
            plain = column in ("carrier", "status")
            value = (text[:80] or None) if plain else told_moment(text, order)
            if value:
                found[column] = value
        if not found:
            return None
        found["updated_at"] = utc(order.get("date_modified_gmt"))
        number = str(order["id"])
        return {"fulfillment_id": number, "order_id": number} | found


def utc(text: str | None) -> str | None:
    """Return a date in GMT as an instant; the field itself carries no zone."""
    return f"{text}Z" if text else None


def _sent(status: str) -> str | None:
    if status == "completed":
        return "fulfilled"
    return "unfulfilled" if status in ("processing", "on-hold", "pending") else None


def _money(order: Row) -> Out:
    total = order.get("total") or "0"
    refunds = order.get("refunds") or ()
    discount = Decimal(order.get("discount_total") or 0)
    discount += Decimal(order.get("discount_tax") or 0)
    # here the sum of a refund is negative, in its own list it is positive
    back = sum((abs(Decimal(refund.get("total") or 0)) for refund in refunds), ZERO)
    paid = "paid" if order.get("date_paid_gmt") else "pending"
    if back:
        paid = "refunded" if back >= Decimal(total) else "partially_refunded"
    return {
        "currency": order["currency"], "gross_total": total,
        "discount_total": str(discount), "tax_total": order.get("total_tax") or "0",
        "shipping_total": order.get("shipping_total") or "0",
        "prices_include_tax": bool(order.get("prices_include_tax")),
        "refunded_total": str(back), "financial_status": paid,
    }  # fmt: skip


def _origin(visit: Mapping[str, str], order: Row, via: str) -> Out:
    """Return first and last origin and the device of the visit that led to the order."""
    kind = visit.get("source_type", "")
    by_staff = kind in ("mobile_app", "admin") or via in ("admin", "rest-api")
    agent = visit.get("user_agent") or order.get("customer_user_agent") or ""
    device = None if by_staff else device_of(agent, visit.get("device_type", ""))
    told = _told(*(visit.get(name, "") for name in TOLD))
    return {**told, "device_category": device}


TOLD = ("source_type", "utm_source", "utm_medium", "utm_campaign", "session_count",
        "referrer")  # fmt: skip


@lru_cache(maxsize=20_000)
def _told(
    kind: str, source: str, medium: str, campaign: str, count: str, referrer: str
) -> Out:
    """Return the columns of first and last origin; orders share what is told alike."""
    notes = {"source_type": kind, "utm_source": source, "utm_medium": medium,
             "utm_campaign": campaign, "referrer": referrer}  # fmt: skip
    told = origin_of(notes)
    only = count == "1"
    row: Out = {f"last_{name}": value for name, value in told.items()}
    row |= {f"first_{name}": value if only else None for name, value in told.items()}
    touches = count if count.isascii() and count.isdigit() else None
    return row | {"touchpoints": touches, "attribution_ready": bool(kind)}


@lru_cache(maxsize=50_000)
def _priced(
    before: str, before_tax: str, paid: str, tax: str, pieces: int, gross: bool
) -> tuple[str, str, str]:
    """Return price of a piece, discount and tax of a line; prices as the shop's are."""
    whole, left = Decimal(before), Decimal(paid)
    if gross:
        whole, left = whole + Decimal(before_tax), left + Decimal(tax)
    price = whole if pieces == 1 else (whole / pieces).quantize(CENTS)
    return str(price), str(whole - left), tax


def _fee(fee: Row, gross: bool) -> Out:
    """Return a fee as a line of no pieces: a surcharge is a discount below zero."""
    paid, tax = Decimal(fee.get("total") or 0), Decimal(fee.get("total_tax") or 0)
    return {
        "line_id": f"fee:{fee['id']}", "title": fee.get("name") or None, "quantity": 0,
        "unit_price": "0", "discount": str(-(paid + tax if gross else paid)),
        "tax": str(tax), "unit_cost": "0", "refunded_quantity": 0,
    }  # fmt: skip


def _cost(line: Row, product: Row, pieces: int) -> str | None:
    """Return what a piece cost the shop, as of the sale where the order tells it."""
    told = (line.get("cost_of_goods_sold") or {}).get("total_value")
    if told:
        return str((Decimal(str(told)) / pieces).quantize(CENTS))
    for meta in line.get("meta_data") or ():
        if meta.get("key") in COST_META and meta.get("value"):
            return str(meta["value"])
    return None if line.get("variation_id") else product.get("cost")


def _pieces_back(refunds: Sequence[Row]) -> dict[int, int]:
    """Return line id -> pieces that refunds name."""
    back: dict[int, int] = {}
    for refund in refunds:
        for line in refund.get("line_items") or ():
            of = _refunded_line(line)
            if of is not None:
                back[of] = back.get(of, 0) + abs(int(line.get("quantity") or 0))
    return back


def _refunded_line(line: Row) -> int | None:
    for meta in line.get("meta_data") or ():
        if meta.get("key") == "_refunded_item_id" and str(meta.get("value")).isdigit():
            return int(meta["value"])
    return None


def refund_of(order: Row, refund: Row) -> Out:
    """Return a refund; what names no lines is split as the order's own total is."""
    amount = abs(Decimal(refund.get("amount") or refund.get("total") or 0))
    shipping = tax = nets = ZERO
    for name in ("line_items", "fee_lines", "shipping_lines"):
        for line in refund.get(name) or ():
            net = -Decimal(line.get("total") or 0)
            tax -= Decimal(line.get("total_tax") or 0)
            shipping += net if name == "shipping_lines" else ZERO
            nets += net
    rest, total = amount - nets - tax, Decimal(order.get("total") or 0)
    if rest > SLACK and total > 0:
        tax += rest * Decimal(order.get("total_tax") or 0) / total
        shipping += rest * Decimal(order.get("shipping_total") or 0) / total
    of = [_refunded_line(line) for line in refund.get("line_items") or ()]
    created = utc(refund.get("date_created_gmt"))
    return {
        "refund_id": str(refund["id"]), "order_id": str(order["id"]),
        "line_id": str(of[0]) if len(of) == 1 and of[0] else None,
        "refunded_at": created, "amount": str(amount), "tax": str(tax.quantize(CENTS)),
        "shipping": str(shipping.quantize(CENTS)), "currency": order["currency"],
        "reason": (refund.get("reason") or "").strip()[:80] or None, "updated_at": created,
    }  # fmt: skip


def told_moment(text: str, order: Row) -> str | None:
    """Return an instant that a plugin wrote in whatever way, or None.

    A time without a zone is the shop's, whose distance from GMT the order tells.
    """
    if text.isascii() and text.isdigit() and 9 <= len(text) <= 13:
        seconds = int(text) / (1000 if len(text) > 11 else 1)
        return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat()
    found = None
    for written in ("", "%d.%m.%Y", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y %H:%M"):
        try:
            found = (
                dt.datetime.strptime(text, written) if written
                else dt.datetime.fromisoformat(text)
            )  # fmt: skip
        except ValueError:
            continue
        break
    if found is None:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=dt.timezone(_offset(order)))
    return found.astimezone(dt.UTC).isoformat()


def _offset(order: Row) -> dt.timedelta:
    try:
        local = dt.datetime.fromisoformat(order["date_created"])
        offset = local - dt.datetime.fromisoformat(order["date_created_gmt"])
    except (KeyError, TypeError, ValueError):
        return dt.timedelta()
    return offset if abs(offset) < dt.timedelta(hours=24) else dt.timedelta()
