"""Refunds of WooCommerce as canonical rows; their lists are short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.woocommerce.things import Order, utc

Row = Mapping[str, Any]

ZERO = Decimal(0)
CENTS = Decimal("0.0001")
SLACK = Decimal("0.01")


def refund_of(order: Order, refund: Row) -> dict[str, Any]:
    """Return a refund; what names no lines is split as the order's own total is."""
    amount = abs(_amount(refund.get("amount") or refund.get("total")))
    shipping = tax = nets = ZERO
    for name in ("line_items", "fee_lines", "shipping_lines"):
        for line in refund.get(name) or ():
            net = -_amount(line.get("total"))
            tax -= _amount(line.get("total_tax"))
            shipping += net if name == "shipping_lines" else ZERO
            nets += net
    rest, total = amount - nets - tax, _amount(order.total)
    if rest > SLACK and total > 0:
        tax += rest * _amount(order.total_tax) / total
        shipping += rest * _amount(order.shipping_total) / total
    of = [_refunded_line(line) for line in refund.get("line_items") or ()]
    created = utc(refund.get("date_created_gmt"))
    return {
        "refund_id": str(refund["id"]), "order_id": str(order.id),
        "line_id": of[0] if len(of) == 1 and of[0] else None,
        "refunded_at": created, "amount": str(amount), "tax": str(tax.quantize(CENTS)),
        "shipping": str(shipping.quantize(CENTS)), "currency": order.currency,
        "reason": (refund.get("reason") or "").strip()[:80] or None, "updated_at": created,
    }  # fmt: skip


def _amount(value: Any) -> Decimal:
    return Decimal(str(value or 0))


def pieces_back(refunds: Sequence[Row]) -> dict[str, int]:
    """Return line -> pieces that refunds name."""
    back: dict[str, int] = {}
    for refund in refunds:
        for line in refund.get("line_items") or ():
            of = _refunded_line(line)
            if of is not None:
                back[of] = back.get(of, 0) + abs(int(line.get("quantity") or 0))
    return back


def _refunded_line(line: Row) -> str | None:
    for meta in line.get("meta_data") or ():
        if meta.get("key") == "_refunded_item_id" and str(meta.get("value")).isdigit():
            return str(int(meta["value"]))
    return None
