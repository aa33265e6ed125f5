"""Shopify's words in those of the product: channels, payments, deliveries, statuses."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SALES_CHANNELS = ("own_shop", "marketplace", "phone", "store", "b2b")
DELIVERY_METHODS = ("courier", "locker", "pickup", "other")

CHANNELS = {
    "point of sale": "store", "pos": "store",
    "shopify_draft_order": "phone", "draft orders": "phone",
    "allegro": "marketplace", "amazon": "marketplace", "ebay": "marketplace",
    "etsy": "marketplace", "kaufland": "marketplace", "walmart": "marketplace",
    "zalando": "marketplace", "emag": "marketplace", "empik": "marketplace",
    "erli": "marketplace", "cdiscount": "marketplace", "mirakl": "marketplace",
    "tiktok": "marketplace", "temu": "marketplace", "baselinker": "marketplace",
}  # fmt: skip
"""Words in the names of the channel or app of an order; the first that is found."""

PAYMENTS = {
    "blik": "blik", "przelewy24": "przelewy24", "p24": "przelewy24",
    "cash on delivery": "cash_on_delivery", "(cod)": "cash_on_delivery",
    "cash_on_delivery": "cash_on_delivery", "pobranie": "cash_on_delivery",
    "za pobraniem": "cash_on_delivery", "dobír": "cash_on_delivery",
    "nachnahme": "cash_on_delivery", "przy odbiorze": "cash_on_delivery",
    "on delivery": "cash_on_delivery", "dobierk": "cash_on_delivery",
    "utánvét": "cash_on_delivery", "ramburs": "cash_on_delivery",
    "contrassegno": "cash_on_delivery", "contrareembolso": "cash_on_delivery",
    "bank deposit": "transfer", "bank transfer": "transfer", "przelew": "transfer",
    "bank_transfer": "transfer", "money order": "transfer",
    "gift_card": "gift_card", "gift card": "gift_card", "store_credit": "store_credit",
    "paypal": "paypal", "klarna": "klarna", "paypo": "paypo", "twisto": "twisto",
    "payu": "payu", "tpay": "tpay", "stripe": "card", "shopify_payments": "card",
    "visa": "card", "mastercard": "card", "american express": "card",
    "bogus": "card", "cash": "cash",
}  # fmt: skip
"""Words in the names of a payment method or gateway."""

DELIVERIES = {
    "paczkoma": "locker", "locker": "locker", "packstation": "locker",
    "automat": "locker", "z-box": "locker", "zbox": "locker", "paczka w ruchu": "locker",
    "orlen paczka": "locker", "one box": "locker", "alzabox": "locker",
    "odbiór": "pickup", "odbior": "pickup", "pickup": "pickup", "pick up": "pickup",
    "pick-up": "pickup", "click & collect": "pickup", "click and collect": "pickup",
    "punkt": "pickup", "parcel shop": "pickup", "parcelshop": "pickup",
    "zásilkovna": "pickup", "packeta": "pickup", "abholung": "pickup",
    "osobní odběr": "pickup", "kurier": "courier", "courier": "courier",
    "inpost": "locker",
}  # fmt: skip
"""Words in the names of a shipping line."""

MEDIUMS = {
    "SEO": "organic", "AD": "cpc", "RETARGETING": "cpc", "AFFILIATE": "affiliate",
    "NEWSLETTER": "email", "ABANDONED_CART": "email", "TRANSACTIONAL": "email",
    "LOYALTY": "email", "MESSAGE": "message", "NOTIFICATION": "push", "POST": "social",
    "LINK": "referral", "STOREFRONT_APP": "app",
}  # fmt: skip
"""Kind of a visit's source -> medium, where the address had no utm_medium."""
ENGINES = frozenset({"google", "bing", "yahoo", "duckduckgo", "seznam", "ecosia", "yandex",
                     "baidu", "qwant"})  # fmt: skip

COMPLAINTS = ("defect", "damage", "not-as-described", "wrong-item", "wrong-product",
              "missing", "quality", "broken", "faulty", "expired")  # fmt: skip
WITHDRAWALS = ("unwanted", "changed-mind", "size", "too-", "style", "color", "colour",
               "fit", "comfort", "arrived-late", "better-price", "mistake",
               "no-longer-needed")  # fmt: skip
"""Parts of the handles of reasons to return."""

Choices = Mapping[str, str]


class Words:
    """Names of one shop, each looked up once."""

    def __init__(self, channels: Choices, payments: Choices, deliveries: Choices) -> None:
        self._channels = _merged(channels, CHANNELS)
        self._own_channels = frozenset(name.lower() for name in channels)
        self._payments = _merged(payments, PAYMENTS)
        self._deliveries = _merged(deliveries, DELIVERIES)
        self._known: dict[tuple[Any, ...], str | None] = {}

    def sales_channel(self, order: Mapping[str, Any]) -> str:
        """Return where an order was placed: the settings first, then what Shopify says."""
        about = (order.get("channelInformation") or {}).get("channelDefinition") or {}
        names = (
            order.get("sourceName"), about.get("handle"), about.get("channelName"),
            (order.get("app") or {}).get("name"),
        )  # fmt: skip
        company = (order.get("purchasingEntity") or {}).get("__typename")
        key = ("channel", company, about.get("isMarketplace"), *names)
        if key not in self._known:
            self._known[key] = self._channel(names, company, about)
        return self._known[key] or "own_shop"

    def _channel(
        self, names: tuple[str | None, ...], company: str | None, about: Mapping[str, Any]
    ) -> str:
        lower = [name.lower() for name in names if name]
        for word, channel in self._channels.items():
            given = word in self._own_channels
            found = re.compile(re.escape(word) if given else rf"\b{re.escape(word)}\b")
            if any(found.search(name) for name in lower):
                return channel if given or company != "PurchasingCompany" else "b2b"
        if company == "PurchasingCompany":
            return "b2b"
        return "marketplace" if about.get("isMarketplace") else "own_shop"

    def payment(self, *names: str | None) -> str | None:
        """Return the way to pay that the first telling name means, else that name."""
        key = ("payment", *names)
        if key not in self._known:
            self._known[key] = _first(self._payments, names) or _plain(names)
        return self._known[key]

    def delivery(self, order: Mapping[str, Any]) -> str | None:
        """Return the way of delivery; None where nothing was sent."""
        line = order.get("shippingLine")
        if not line:
            return None if order.get("requiresShipping", True) else "other"
        key = ("delivery", line.get("title"), line.get("code"), line.get("source"))
        if key not in self._known:
            self._known[key] = _first(self._deliveries, key[1:]) or "courier"
        return self._known[key]


def _merged(given: Choices, usual: Choices) -> dict[str, str]:
    """Return what the settings say before what is usual."""
    own = {name.lower(): value for name, value in given.items()}
    return own | {name: value for name, value in usual.items() if name not in own}


def _first(words: Choices, names: tuple[str | None, ...]) -> str | None:
    lower = [name.lower() for name in names if name]
    return next((v for n in lower for word, v in words.items() if word in n), None)


def _plain(names: tuple[str | None, ...]) -> str | None:
    name = next((name for name in names if name), None)
    return "_".join(name.lower().split())[:60] if name else None


# ------------------------------------------------------------ the statuses

FINANCIAL = {
    "PAID": "paid", "PARTIALLY_REFUNDED": "partially_refunded", "REFUNDED": "refunded",
    "AUTHORIZED": "processing", "PARTIALLY_PAID": "processing", "PENDING": "pending",
    "VOIDED": "cancelled", "EXPIRED": "failed",
}  # fmt: skip


def status(order: Mapping[str, Any], channel: str, payment: str | None) -> str:
    """Return the standing of an order in the words of order_statuses.

    An order that is to be paid in cash, that is sent already or that a company buys
    on account is an order; one that waits for a transfer is not yet.
    """
    if order.get("cancelledAt"):
        return "cancelled"
    found = order.get("displayFinancialStatus")
    if found == "PENDING":
        if order.get("displayFulfillmentStatus") == "FULFILLED":
            return "shipped"
        taken = payment == "cash_on_delivery" or channel in ("b2b", "store")
        return "processing" if taken else "pending"
    return FINANCIAL.get(found, "processing") if found else "processing"


# ----------------------------------------------------------- the visits


def visit(found: Mapping[str, Any] | None) -> tuple[str | None, str | None, str | None]:
    """Return source, medium and campaign of a visit of the customer's journey."""
    if not found:
        return None, None, None
    utm = found.get("utmParameters") or {}
    if utm.get("source") or utm.get("medium"):
        return utm.get("source"), utm.get("medium"), utm.get("campaign")
    source = (found.get("source") or "").strip().lower()
    if source in ("", "an unknown source", "unknown"):
        return None, None, None
    if source == "direct":
        return "(direct)", "(none)", None
    usual = "organic" if source in ENGINES else "referral"
    medium = MEDIUMS.get(found.get("sourceType") or "", usual)
    return source, medium, utm.get("campaign")


def return_kind(reason: str | None) -> str | None:
    """Return complaint or withdrawal; None where the reason tells neither."""
    if not reason:
        return None
    if any(part in reason for part in COMPLAINTS):
        return "complaint"
    return "withdrawal" if any(part in reason for part in WITHDRAWALS) else None
