"""WooCommerce over its REST API, version 3: orders, refunds, accounts, reviews.

The shop knows neither abandoned carts nor days of delivery; docs/connecting-woocommerce.md
tells where to take them from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.woocommerce import people
from connectors.woocommerce.messages import GUIDE, explain, look
from connectors.woocommerce.orders import Mapper
from connectors.woocommerce.reading import Orders, Products, Refunds
from connectors.woocommerce.words import Ways
from journey.connector import (
    Access,
    Flag,
    Given,
    Http,
    JourneyError,
    Problem,
    Since,
    near,
    setting,
)

__all__ = ["GUIDE", "TABLES", "Settings", "access", "check", "explain", "read"]

TABLES = ("customer", "sales_order", "order_line", "refund", "fulfillment", "feedback")

API = "/wp-json/wc/v3"
CHANNELS = ("own_shop", "marketplace", "phone", "store", "b2b")
WAYS = ("courier", "locker", "pickup", "other")
PARCEL = (
    "shipped_at", "delivered_at", "promised_at", "ready_for_pickup_at", "collected_at",
    "returned_to_sender_at", "carrier", "status",
)  # fmt: skip


@dataclass(frozen=True)
class Settings:
    url: str = setting(help="address of the shop, https://shop.example")
    key: str = setting(help="consumer key of the REST API, ck_...", secret=True)
    secret: str = setting(help="consumer secret of the REST API, cs_...", secret=True)
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    sales_channels: dict[str, str] = setting(
        help="created_via, status:NAME, meta:KEY or meta:KEY=VALUE -> "
        + ", ".join(CHANNELS),
        default={},
    )
    payment_methods: dict[str, str] = setting(
        help="id of a payment gateway -> blik, card, transfer, cash_on_delivery ...",
        default={},
    )
    delivery_methods: dict[str, str] = setting(
        help="id, id:instance or words of the title of a delivery -> " + ", ".join(WAYS),
        default={},
    )
    delivery_meta: dict[str, str] = setting(
        help="shipped_at, delivered_at, promised_at, carrier ... -> order meta key in "
        "which a plugin keeps it",
        default={},
    )
    attribution_prefix: str = setting(
        help="what the names of order attribution begin with",
        default="_wc_order_attribution_",
    )
    brand_attributes: list[str] = setting(
        help="product attributes that name the brand, where the shop has no brands",
        default=["brand", "pa_brand", "marka", "pa_marka", "producent", "pa_producent",
                 "manufacturer", "hersteller"],
    )  # fmt: skip
    page_size: int = setting(help="orders asked for at once, at most 100", default=100)


def access(settings: Settings) -> Access:
    """Return how the shop is reached: user and password on HTTPS, signatures without.

    Raises JourneyError with every setting that cannot be.
    """
    if problems := list(_wrong(settings)):
        raise JourneyError(*problems)
    url, keys = _address(settings), (settings.key, settings.secret)
    if url.startswith("https:"):
        return Access(url + API, basic=keys, timeout=90)
    return Access(url + API, oauth1=keys, timeout=90)


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Given]:
    """Yield the rows of a table; lines, refunds and parcels come with their orders."""
    size = max(1, min(settings.page_size, 100))
    if table == "customer":
        yield from people.customers(http, since, size)
    elif table == "sales_order":
        yield from _orders(settings, http).read(since)
    elif table == "refund" and since.newest:
        yield from _orders(settings, http).heal(since)
    elif table == "fulfillment" and since.newest and not settings.delivery_meta:
        yield _not_told(since)
    elif table == "feedback":
        yield from people.reviews(http, since, size)


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what would go wrong before anything is read."""
    yield from look(http, _address(settings))


def _orders(settings: Settings, http: Http) -> Orders:
    ways = Ways(
        settings.sales_channels, settings.payment_methods, settings.delivery_methods
    )
    brands = {name.strip().lower() for name in settings.brand_attributes}
    products = Products(http, brands)
    mapper = Mapper(ways, settings.attribution_prefix, settings.delivery_meta)
    size = max(1, min(settings.page_size, 100))
    return Orders(http, mapper, products, Refunds(http), size)


def _not_told(since: Since) -> Flag:
    """Return the remark that the shop knows no days of delivery."""
    today = dt.datetime.now(dt.UTC).date()
    first = since.first.date() if since.first else today
    last = since.before.date() if since.before else today
    what = "days of delivery: take them from files, or name delivery_meta"
    return Flag("not_available", min(first, last), last, None, {"what": what})


def _address(settings: Settings) -> str:
    """Return the address of the shop without the path of its API."""
    return settings.url.strip().split("/wp-json")[0].rstrip("/")


def _wrong(settings: Settings) -> Iterator[Problem]:
    parts = urlsplit(_address(settings))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        yield _problem("url", "no address", 'one like "https://shop.example"')
    if parts.query or parts.username or "rest_route" in settings.url:
        yield _problem(
            "url", "an address with more than a path", "the shop's address alone"
        )
    for name, allowed in (("sales_channels", CHANNELS), ("delivery_methods", WAYS)):
        yield from _unknown(name, getattr(settings, name), allowed)
    for column in settings.delivery_meta:
        if column not in PARCEL:
            yield _problem("delivery_meta", column, near(column, PARCEL))
    if not 1 <= settings.page_size <= 100:
        yield _problem("page_size", str(settings.page_size), "a number from 1 to 100")


def _unknown(
    name: str, given: Mapping[str, str], allowed: tuple[str, ...]
) -> Iterator[Problem]:
    for key, value in given.items():
        if value not in allowed:
            yield _problem(name, f"{key} = {value!r}", near(str(value), allowed))


def _problem(name: str, found: str, expected: str) -> Problem:
    return Problem(
        "journey.toml, WooCommerce", f"{name}: {found}", expected,
        f"correct {name}; see docs/connecting-woocommerce.md",
    )  # fmt: skip
