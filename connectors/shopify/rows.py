"""One order of Shopify as canonical rows: itself, lines, refunds, parcels, payments.

Money is the shop's own (shopMoney), as texts. Sums are made only where there is more
than one amount.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from connectors.shopify.words import Words, return_kind, status, visit

Node = Mapping[str, Any]
Row = dict[str, Any]

ATTEMPTS = frozenset({"SALE", "AUTHORIZATION", "EMV_AUTHORIZATION"})
"""Transactions by which a customer tries to pay; captures and refunds are the shop's."""
ZERO = Decimal(0)


def number(gid: str | None) -> str | None:
    """Return the plain number of gid://shopify/Order/123?key=..."""
    return gid.rpartition("/")[2].partition("?")[0] if gid else None


def money(bag: Node | None) -> str | None:
    """Return an amount in the shop's currency, as text."""
    return bag["shopMoney"]["amount"] if bag else None


def amount(bag: Node | None) -> Decimal:
    return Decimal(bag["shopMoney"]["amount"]) if bag else ZERO


def summed(bags: Iterable[Node | None]) -> Decimal:
    return sum((amount(bag) for bag in bags), ZERO)


class Rows:
    """Makes the rows of orders of one shop."""

    def __init__(self, words: Words, currency: str) -> None:
        self.words = words
        self.currency = currency

    # --------------------------------------------------------------- the order

    def order(self, order: Node) -> Row:
        channel = self.words.sales_channel(order)
        payment = self._paid_by(order)
        customer, address = order.get("customer"), order.get("shippingAddress")
        return {
            "order_id": number(order["id"]), "order_name": order["name"],
            "customer_id": number(customer["id"]) if customer else None,
            "email": order.get("email"), "phone": order.get("phone"),
            "placed_at": order["processedAt"] or order["createdAt"],
            "status": status(order, channel, payment),
            "financial_status": _lower(order.get("displayFinancialStatus")),
            "fulfillment_status": _lower(order.get("displayFulfillmentStatus")),
            "sales_channel": channel, "payment_method": payment,
            "delivery_method": self.words.delivery(order),
            "ship_country": address.get("countryCodeV2") if address else None,
            "currency": self.currency, "shop_currency": self.currency, "shop_rate": 1.0,
            **_totals(order), "prices_include_tax": order["taxesIncluded"],
            "refunded_total": money(order["totalRefundedSet"]),
            "coupon_codes": order["discountCodes"], **_journey(order),
            "transaction_id": number(order["id"]), "is_test": order["test"],
            "cancelled_at": order["cancelledAt"], "updated_at": order["updatedAt"],
            "deleted_at": None,
        }  # fmt: skip

    def _paid_by(self, order: Node) -> str | None:
        """Return how it was paid: what succeeded first, else what was chosen."""
        tries = [t for t in order["transactions"] if t["kind"] in ATTEMPTS]
        done = [t for t in tries if t["status"] == "SUCCESS"] or tries
        if done:
            return self._method(done[0])
        names = order.get("paymentGatewayNames") or ()
        return self.words.payment(names[-1]) if names else None

    def _method(self, transaction: Node) -> str | None:
        details = transaction.get("paymentDetails") or {}
        return self.words.payment(details.get("paymentMethodName"), transaction["gateway"])

    # ------------------------------------------------------------ its children

    def lines(self, order: Node) -> Iterator[Row]:
        edited, back = order["edited"], _given_back(order)
        for line in order["lineItems"]["nodes"]:
            key = number(line["id"])
            returned = back.get(key or "", 0)
            quantity = line["quantity"]
            if edited:
                quantity = line["currentQuantity"] + returned
            product = line.get("product") or {}
            item = (line.get("variant") or {}).get("inventoryItem") or {}
            cost = item.get("unitCost")
            yield {
                "order_id": number(order["id"]), "line_id": key, "sku": line["sku"],
                "product_id": number(product.get("id")), "title": line["title"],
                "category": _category(product), "brand": line["vendor"],
                "quantity": quantity, "unit_price": money(line["originalUnitPriceSet"]),
                "discount": _of(line, line["discountAllocations"], "allocatedAmountSet",
                                quantity),
                "tax": _of(line, line["taxLines"], "priceSet", quantity),
                "unit_cost": cost["amount"] if cost else None,
                "refunded_quantity": returned, "currency": self.currency,
                "updated_at": order["updatedAt"],
            }  # fmt: skip

    def refunds(self, order: Node) -> Iterator[Row]:
        """Yield what was paid back; a refund of nothing only puts things into stock."""
        for refund in order["refunds"]:
            if not amount(refund["totalRefundedSet"]):
                continue
            lines: list[Node] = refund.get("lines") or []
            tax, shipping = _refunded_parts(refund, order["taxesIncluded"])
            yield {
                "refund_id": number(refund["id"]), "order_id": number(order["id"]),
                "line_id": number(lines[0]["lineItem"]["id"]) if len(lines) == 1 else None,
                "refunded_at": refund["createdAt"] or refund["updatedAt"],
                "amount": money(refund["totalRefundedSet"]), "tax": tax,
                "shipping": shipping, "currency": self.currency,
                "reason": _lower(order.get("cancelReason")),
                "updated_at": order["updatedAt"], "deleted_at": None,
            }  # fmt: skip

    def parcels(self, order: Node) -> Iterator[Row]:
        for parcel in order["fulfillments"]:
            shown = parcel["displayStatus"] or parcel["status"]
            tracking = parcel["trackingInfo"]
            yield {
                "fulfillment_id": number(parcel["id"]), "order_id": number(order["id"]),
                "shipped_at": parcel["inTransitAt"] or parcel["createdAt"],
                "delivered_at": parcel["deliveredAt"],
                "promised_at": parcel["estimatedDeliveryAt"],
                "collected_at": parcel["deliveredAt"] if shown == "PICKED_UP" else None,
                "carrier": tracking[0]["company"] if tracking else None,
                "status": _lower(shown), "updated_at": order["updatedAt"],
            }  # fmt: skip

    def attempts(self, order: Node) -> Iterator[Row]:
        for transaction in order["transactions"]:
            if transaction["kind"] not in ATTEMPTS or transaction["test"]:
                continue
            yield {
                "attempt_id": number(transaction["id"]), "order_id": number(order["id"]),
                "method": self._method(transaction),
                "result": _lower(transaction["status"]),
                "error_code": _lower(transaction["errorCode"]),
                "amount": money(transaction["amountSet"]), "currency": self.currency,
                "attempted_at": transaction["processedAt"] or transaction["createdAt"],
                "updated_at": order["updatedAt"],
            }  # fmt: skip

    def returns(self, order: Node) -> Iterator[Row]:
        for back in order.get("returned") or ():
            refunds = back["refunds"]["nodes"]
            for line in back["lines"]:
                reason = (line.get("returnReasonDefinition") or {}).get("handle")
                item = (line.get("fulfillmentLineItem") or {}).get("lineItem") or {}
                yield {
                    "return_id": number(line["id"]), "order_id": number(order["id"]),
                    "line_id": number(item.get("id")), "kind": return_kind(reason),
                    "reason": reason, "status": _lower(back["status"]),
                    "quantity": line["quantity"], "requested_at": back["createdAt"],
                    "answered_at": back["requestApprovedAt"],
                    "refunded_at": refunds[0]["createdAt"] if refunds else None,
                    "updated_at": order["updatedAt"],
                }  # fmt: skip


# ------------------------------------------------------------------ the money


def _totals(order: Node) -> Row:
    """Return the totals before refunds.

    What an edit has taken out was never sold: of an edited order what is due now counts,
    and what was paid back.
    """
    shipping = _shipping(order)
    if not order["edited"]:
        return {
            "gross_total": money(order["totalPriceSet"]),
            "discount_total": money(order["totalDiscountsSet"]),
            "shipping_total": shipping, "tax_total": money(order["totalTaxSet"]),
        }  # fmt: skip
    back = [r for r in order["refunds"] if amount(r["totalRefundedSet"])]
    taxes = [Decimal(_refunded_parts(r, order["taxesIncluded"])[0] or 0) for r in back]
    gross = amount(order["currentTotalPriceSet"]) + amount(order["totalRefundedSet"])
    return {
        "gross_total": str(gross),
        "discount_total": money(order["currentTotalDiscountsSet"]),
        "shipping_total": shipping,
        "tax_total": str(amount(order["currentTotalTaxSet"]) + sum(taxes, ZERO)),
    }  # fmt: skip


def _shipping(order: Node) -> str | None:
    """Return what sending costs after discounts, without tax."""
    line = order.get("shippingLine")
    if not line:
        return money(order["totalShippingPriceSet"])
    price = money(line["discountedPriceSet"])
    if not order["taxesIncluded"] or not line["taxLines"]:
        return price
    taxes = summed(tax["priceSet"] for tax in line["taxLines"])
    return str(Decimal(price or 0) - taxes)


def _of(line: Node, parts: list[Node], key: str, quantity: int) -> str:
    """Return the sum of a line's discounts or taxes, for as many as were sold."""
    if not parts:
        return "0"
    if len(parts) == 1 and quantity == line["quantity"]:
        return str(money(parts[0][key]))
    total = summed(part[key] for part in parts)
    if quantity != line["quantity"]:
        total = (total * quantity / (line["quantity"] or 1)).quantize(Decimal("0.0001"))
    return str(total)


def _refunded_parts(refund: Node, taxes_included: bool) -> tuple[str | None, str | None]:
    """Return tax and shipping (net) inside a refund; None where no line tells them.

    An adjustment is the difference between what the lines say and what was paid back.
    """
    lines, sendings = refund.get("lines") or (), refund.get("sendings") or ()
    if not lines and not sendings:
        return None, None
    line_tax = summed(line["totalTaxSet"] for line in lines)
    goods = summed(line["subtotalSet"] for line in lines)
    send_tax = summed(sending["taxAmountSet"] for sending in sendings)
    sending = summed(each["subtotalAmountSet"] for each in sendings)
    tax = line_tax + send_tax
    expected = goods + sending + (ZERO if taxes_included else tax)
    rest = amount(refund["totalRefundedSet"]) - expected
    tax += _adjusted_tax(refund.get("adjustments") or (), rest, tax, expected)
    net = sending - send_tax if taxes_included else sending
    return str(tax), str(net)


def _adjusted_tax(
    adjustments: Iterable[Node], rest: Decimal, tax: Decimal, expected: Decimal
) -> Decimal:
    """Return the tax in what was paid back beyond the lines, below zero if less was."""
    if not rest:
        return ZERO
    told = abs(summed(each["taxAmountSet"] for each in adjustments))
    if not told and expected:
        told = abs(tax * rest / expected)
    sign = 1 if rest > 0 else -1
    return max(-tax, sign * told).quantize(Decimal("0.0001"))


def _given_back(order: Node) -> dict[str, int]:
    """Return line -> how many of it were given back for money."""
    found: dict[str, int] = {}
    for refund in order["refunds"]:
        if not amount(refund["totalRefundedSet"]):
            continue
        for line in refund.get("lines") or ():
            key = number(line["lineItem"]["id"]) or ""
            found[key] = found.get(key, 0) + line["quantity"]
    return found


# ----------------------------------------------------------------- the rest


def _journey(order: Node) -> Row:
    found = order.get("customerJourneySummary")
    if not found:
        return {"attribution_ready": None}
    first, last = visit(found["firstVisit"]), visit(found["lastVisit"])
    moments = found["momentsCount"]
    return {
        "first_source": first[0],
        "first_medium": first[1],
        "first_campaign": first[2],
        "last_source": last[0],
        "last_medium": last[1],
        "last_campaign": last[2],
        "touchpoints": moments["count"] if moments else None,
        "days_to_conversion": found["daysToConversion"],
        "attribution_ready": found["ready"],
    }


def _category(product: Node) -> str | None:
    """Return the shop's own type of a product, else its name in the taxonomy."""
    category = product.get("category")
    return product.get("productType") or (category["name"] if category else None)


def _lower(word: str | None) -> str | None:
    return word.lower() if word else None
