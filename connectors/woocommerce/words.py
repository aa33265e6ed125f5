"""What the words of WooCommerce and its plugins mean here."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

SALES_CHANNELS = {
    "checkout": "own_shop", "store-api": "own_shop", "admin": "phone",
    "rest-api": "marketplace", "pos-rest-api": "store", "pos": "store",
    "woocommerce-pos": "store", "subscription": "own_shop",
}  # fmt: skip
"""`created_via` -> sales channel. What comes over the REST API is written by an
integration, in Poland nearly always one of marketplaces."""

MARKETPLACES = ("allegro", "amazon", "ebay", "empik", "erli", "kaufland", "emag", "olx",
                "baselinker", "morele", "etsy", "zalando", "marketplace")  # fmt: skip

PAYMENTS = (
    ("cash_on_delivery", ("cod", "cash_on_delivery", "pobranie", "pobraniem", "dobirka",
                          "dobierka", "nachnahme")),
    ("blik", ("blik",)),
    ("przelewy24", ("przelewy24", "p24")),
    ("payu", ("payu",)),
    ("tpay", ("tpay", "transferuj")),
    ("dotpay", ("dotpay",)),
    ("paynow", ("paynow",)),
    ("imoje", ("imoje",)),
    ("autopay", ("bluemedia", "autopay")),
    ("hotpay", ("hotpay",)),
    ("paypo", ("paypo",)),
    ("klarna", ("klarna", "kco")),
    ("twisto", ("twisto",)),
    ("instalments", ("raty", "eraty", "installments", "instalments", "leaselink")),
    ("apple_pay", ("applepay", "apple_pay", "apple pay")),
    ("google_pay", ("googlepay", "google_pay", "google pay")),
    ("ideal", ("ideal",)),
    ("bancontact", ("bancontact",)),
    ("sofort", ("sofort",)),
    ("paypal", ("paypal", "ppec", "ppcp")),
    ("amazon_pay", ("amazon_payments", "amazon_pay")),
    ("transfer", ("bacs", "przelew", "sepa", "bank_transfer", "transfer", "vorkasse")),
    ("cheque", ("cheque",)),
    ("gift_card", ("gift_card", "giftcard", "pw_gift")),
    ("invoice", ("invoice", "faktura", "rechnung")),
    ("card", ("stripe", "card", "karta", "woocommerce_payments", "square", "braintree",
              "adyen", "mollie", "worldpay", "authorize", "authnet", "checkout_com")),
)  # fmt: skip
"""Word -> what the gateway's id may contain; the first that fits."""

DELIVERIES = (
    ("locker", ("paczkomat", "locker", "parcel_machine", "orlen paczka", "orlen_paczka",
                "automat", "packstation", "one box", "onebox", "z-box", "zbox")),
    ("pickup", ("local_pickup", "pickup", "pick-up", "odbi\u00f3r", "punkt odbioru",
                "click & collect", "click and collect", "collect", "abholung", "pop point",
                "dhl pop", "parcelshop", "parcel shop", "z\u00e1silkovna", "zasilkovna",
                "packeta", "v\u00fddejn\u00ed m\u00edsto", "relais", "relay",
                "paczka w ruchu")),
    ("courier", ("kurier", "courier", "dpd", "dhl", "ups", "gls", "fedex", "inpost",
                 "poczta", "pocztex", "flat_rate", "express", "tnt", "apaczka",
                 "furgonetka", "post", "envia")),
)  # fmt: skip
"""Word -> what the id or the title of the way of delivery may contain."""

PAYMENT_PAGES = ("przelewy24", "payu", "tpay", "paypal", "stripe", "paynow", "autopay",
                 "klarna", "dotpay", "imoje", "blik", "bluemedia", "mollie")  # fmt: skip
"""Hosts that send buyers back from paying: no visit begins there."""

OWN_CHANNELS = {
    "typein": "Direct", "mobile_app": "Mobile app", "admin": "Typed in by staff",
    "pos": "Point of sale",
}  # fmt: skip
"""`source_type` -> channel of orders that no link led to."""

STAFF_ROLES = frozenset(
    ("administrator", "shop_manager", "editor", "author", "contributor", "shop_worker",
     "shop_accountant", "super_admin")
)  # fmt: skip

NO_VALUE = re.compile(r"\(none\)|\(not set\)|\(not provided\)|null|undefined|", re.I)
PLACEHOLDER = re.compile(r"[{}]|\[\[|^%.*%$|__.+__")
"""A template of an ad platform that nobody filled in: {campaign.name}."""

TABLET = re.compile(r"iPad|Tablet|PlayBook|Silk/|Kindle|Android(?!.*Mobile)", re.I)
MOBILE = re.compile(r"Mobi|iPhone|iPod|Android|Opera Mini|IEMobile", re.I)
DESKTOP = re.compile(r"Windows NT|Macintosh|X11|CrOS|Linux", re.I)


@lru_cache(maxsize=10_000)
def device_of(agent: str, told: str) -> str | None:
    """Return mobile, tablet or desktop by the browser's own words, else by the shop's.

    The shop calls every tablet "Mobile".
    """
    if TABLET.search(agent):
        return "tablet"
    if MOBILE.search(agent):
        return "mobile"
    if DESKTOP.search(agent):
        return "desktop"
    known = told.strip().lower()
    return known if known in ("mobile", "tablet", "desktop") else None


@lru_cache(maxsize=10_000)
def cleaned(value: str, lower: bool = True) -> str | None:
    """Return a tag without spaces and, but of a campaign, in small letters."""
    text = value.strip()
    if NO_VALUE.fullmatch(text) or PLACEHOLDER.search(text):
        return None
    return (text.lower() if lower else text)[:200]


def origin_of(notes: Mapping[str, str]) -> dict[str, str | None]:
    """Return channel, source, medium and campaign of what the shop noted of a visit."""
    kind = (notes.get("source_type") or "").strip().lower()
    source = cleaned(notes.get("utm_source") or "")
    medium = cleaned(notes.get("utm_medium") or "")
    campaign = cleaned(notes.get("utm_campaign") or "", lower=False)
    channel = OWN_CHANNELS.get(kind)
    if kind == "typein":
        source, medium = source or "(direct)", medium or "(none)"
    elif kind == "referral":
        source = source or _host(notes.get("referrer") or "")
        medium = medium or "referral"
        if source and any(page in source for page in PAYMENT_PAGES):
            source = medium = None
    elif kind == "organic":
        medium = medium or "organic"
    return {"channel": channel, "source": source, "medium": medium, "campaign": campaign}


def _host(address: str) -> str | None:
    host = urlsplit(address).hostname if "//" in address else None
    return host.removeprefix("www.") if host else None


class Ways:
    """How orders are sold, paid and delivered, by the settings and then by habit."""

    def __init__(
        self,
        channels: Mapping[str, str],
        payments: Mapping[str, str],
        deliveries: Mapping[str, str],
    ) -> None:
        self._channels = {key: value for key, value in channels.items() if ":" not in key}
        self._statuses = _keyed(channels, "status:")
        self._metas = [
            (*_named(key), value) for key, value in _keyed(channels, "meta:").items()
        ]
        self.noted = tuple(key for key, _, _ in self._metas)
        """Keys of an order's meta data that tell a channel."""
        self._payments = {key.lower(): value for key, value in payments.items()}
        self._deliveries = {key.lower(): value for key, value in deliveries.items()}
        self._paid: dict[str, str | None] = {}
        self._sent: dict[tuple[str, str, str], str | None] = {}

    def sold(self, via: str, status: str, notes: Mapping[str, Any], has_visit: bool) -> str:
        """Return the sales channel; `notes` is the order's meta data."""
        for key, wanted, channel in self._metas:
            value = notes.get(key)
            if value not in (None, "", False) and wanted in (None, str(value)):
                return channel
        if status in self._statuses:
            return self._statuses[status]
        if via in self._channels:
            return self._channels[via]
        if via == "rest-api" and has_visit:
            return "own_shop"
        if via in SALES_CHANNELS:
            return SALES_CHANNELS[via]
        return "marketplace" if any(m in via.lower() for m in MARKETPLACES) else "own_shop"

    def paid(self, gateway: str, title: str) -> str | None:
        """Return how an order is paid; of an unknown gateway its own id."""
        key = f"{gateway}\n{title}"
        if key not in self._paid:
            self._paid[key] = self._payment(gateway.strip().lower(), title.lower())
        return self._paid[key]

    def _payment(self, gateway: str, title: str) -> str | None:
        if not gateway:
            return None
        if gateway in self._payments:
            return self._payments[gateway]
        way = _first(PAYMENTS, gateway)
        # one gateway may offer many ways: its title then names the way
        online = way != "cash_on_delivery" and "," not in title and "/" not in title
        return "blik" if online and "blik" in title else way or gateway

    def sent(self, lines: Sequence[Mapping[str, Any]]) -> str | None:
        """Return how an order is delivered; of nothing to send None."""
        if not lines:
            return None
        line = lines[0]
        method = str(line.get("method_id") or "").lower()
        instance = str(line.get("instance_id") or "")
        key = (method, instance, str(line.get("method_title") or "").strip().lower())
        if key not in self._sent:
            self._sent[key] = self._delivery(*key)
        return self._sent[key]

    def _delivery(self, method: str, instance: str, title: str) -> str:
        for key in (f"{method}:{instance}", title, method):
            if key in self._deliveries:
                return self._deliveries[key]
        for key, value in self._deliveries.items():
            if key in title:
                return value
        return _first(DELIVERIES, f"{title} {method}") or "other"


def _keyed(channels: Mapping[str, str], start: str) -> dict[str, str]:
    return {k[len(start) :]: v for k, v in channels.items() if k.startswith(start)}


def _named(key: str) -> tuple[str, str | None]:
    name, _, wanted = key.partition("=")
    return name, wanted or None


def _first(words: Sequence[tuple[str, Sequence[str]]], text: str) -> str | None:
    """Return the first word one of whose signs stands in the text; short ones alone."""
    parts = set(re.split(r"[^a-z0-9]+", text))
    for word, signs in words:
        if any(sign in parts if len(sign) <= 3 else sign in text for sign in signs):
            return word
    return None
