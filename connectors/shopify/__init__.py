"""Shopify over its Admin API (GraphQL): orders with all that belongs to them,
customers, and checkouts that were left.

Years before are read by bulk operations, newest first; after that, what changed.
"""

from __future__ import annotations

import datetime as dt
import re
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from connectors.shopify import doctor, lists, orders
from connectors.shopify.calls import Calls, Shop, granted, now, remark
from connectors.shopify.doctor import explain
from connectors.shopify.documents import ANY_CHECKOUT
from connectors.shopify.rows import Rows as Maker
from connectors.shopify.words import DELIVERY_METHODS, SALES_CHANNELS, Words
from journey.connector import (
    Access,
    Batch,
    Guide,
    Http,
    JourneyError,
    Problem,
    Since,
    near,
    setting,
)  # fmt: skip

__all__ = ["GUIDE", "TABLES", "Settings", "access", "check", "explain", "read"]

TABLES = ("customer", "sales_order", "order_line", "refund", "fulfillment", "checkout",
          "payment_attempt", "return_case")  # fmt: skip
VERSION = "2026-10"

GUIDE = Guide(
    title="Shopify",
    steps=(
        "Dev Dashboard (dev.shopify.com): Apps, Create app, Start from Dev Dashboard",
        "Versions: access scopes read_orders, read_all_orders, read_customers, "
        "read_products, read_inventory, read_returns; Release",
        "Home, Install app: choose the shop",
        "Settings: copy client id and client secret. An app made in the admin before 2026 "
        "has an Admin API access token instead: write it as token",
        "Settings, Domains shows the name that ends in myshopify.com: that is the url",
    ),
    name="shop",
    example='url = "https://acme.myshopify.com"\nclient_id = "0123456789abcdef"\n'
    'client_secret = "env:SHOPIFY_SECRET"',
)


@dataclass(frozen=True)
class Settings:
    url: str = setting(help="the shop's permanent address, https://<name>.myshopify.com")
    client_id: str = setting(help="client id of an app of the Dev Dashboard", default="")
    client_secret: str = setting(help="client secret of that app", secret=True, default="")
    token: str = setting(
        help="Admin API access token of an app made in the admin before 2026, instead of "
        "client_id and client_secret",
        secret=True,
        default="",
    )
    version: str = setting(help="version of the Admin API", default=VERSION)
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    sales_channels: dict[str, str] = setting(
        help="word in the name of a channel or app -> own_shop, marketplace, phone, "
        "store or b2b",
        default={},
    )
    payment_methods: dict[str, str] = setting(
        help="word in the name of a gateway -> what to call that way to pay", default={}
    )
    delivery_methods: dict[str, str] = setting(
        help="word in the name of a shipping rate -> courier, locker, pickup or other",
        default={},
    )


def access(settings: Settings) -> Access:
    """Return where the shop is reached, with its token in the header if it has one."""
    if not settings.token and not (settings.client_id and settings.client_secret):
        raise JourneyError(
            Problem("Shopify source", "no token, and no client_id with client_secret",
                    "client_id and client_secret of an app, or the token of an older one",
                    "see docs/connecting-shopify.md")
        )  # fmt: skip
    headers = {"X-Shopify-Access-Token": settings.token} if settings.token else {}
    return Access(_address(settings.url), headers=headers)


def _address(url: str) -> str:
    """Return https://name.myshopify.com of a name, a domain or the admin's address."""
    bare = url.strip().rstrip("/")
    if "://" not in bare:
        bare = f"https://{bare}"
    parts = urlsplit(bare)
    host, path = parts.hostname or "", parts.path
    if host == "admin.shopify.com" and (shop := re.match(r"/store/([\w-]+)", path)):
        return f"https://{shop[1]}.myshopify.com"
    if host and "." not in host and host != "localhost" and not parts.port:
        return f"https://{host}.myshopify.com"
    if not host or path.strip("/") not in ("", "admin"):
        raise JourneyError(
            Problem("url of the Shopify source", url, "https://<name>.myshopify.com",
                    "write the shop's myshopify.com address, without a path")
        )  # fmt: skip
    return f"{parts.scheme}://{parts.netloc}"


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield one table; what belongs to an order comes with `sales_order`."""
    if wrong := list(_wrong_words(settings)):
        raise JourneyError(*wrong)
    calls = _calls(settings, http)
    shop = _shop(calls)
    rights = shop.rights
    if table == "customer" and not rights.customers:
        what = "the app has no read_customers, or no approval for customer data"
        yield remark(since, "not_available", what=what)
    elif table == "customer":
        yield from lists.customers(calls, shop, since)
    elif not rights.orders:
        if table == "sales_order":
            raise JourneyError(doctor.missing_orders())
        yield remark(since, "not_available", what="the app has no read_orders")
    elif table == "checkout":
        yield from _checkouts(calls, shop, since)
    elif table == "sales_order":
        if shop.served and shop.served != settings.version:
            yield remark(since, "version_changed", asked=settings.version,
                         answered=shop.served)  # fmt: skip
        words = Words(settings.sales_channels, settings.payment_methods,
                      settings.delivery_methods)  # fmt: skip
        maker = Maker(words, shop.currency)
        yield from orders.Orders(calls, shop, maker, since).read()
    elif table == "return_case" and not rights.returns:
        yield remark(since, "not_available", what="the app has no read_returns")
    else:
        yield from orders.hidden(since, rights, now())


def _checkouts(calls: Calls, shop: Shop, since: Since) -> Iterator[Batch]:
    if calls.tolerant(ANY_CHECKOUT)[1]:
        what = "the person who made the app may not manage abandoned checkouts"
        yield remark(since, "not_available", what=what)
        return
    yield from lists.checkouts(calls, shop, since)


_GRANTED: weakref.WeakKeyDictionary[Http, Mapping[str, str]] = weakref.WeakKeyDictionary()
"""The token of each connection."""


def _calls(settings: Settings, http: Http) -> Calls:
    if settings.token:
        return Calls(http, settings.version)
    if http not in _GRANTED:
        _GRANTED[http] = granted(http, settings.client_id, settings.client_secret)
    return Calls(http, settings.version, _GRANTED[http])


_SHOPS: weakref.WeakKeyDictionary[Http, Shop] = weakref.WeakKeyDictionary()
"""What the token may read, asked once for each connection."""


def _shop(calls: Calls) -> Shop:
    known = _SHOPS.get(calls.http)
    if known is None:
        known = _SHOPS[calls.http] = calls.shop()
    return known


def _wrong_words(settings: Settings) -> Iterator[Problem]:
    """Yield mappings to words that the product does not have."""
    maps: tuple[tuple[str, Mapping[str, str], tuple[str, ...]], ...] = (
        ("sales_channels", settings.sales_channels, SALES_CHANNELS),
        ("delivery_methods", settings.delivery_methods, DELIVERY_METHODS),
    )
    for name, given, allowed in maps:
        for word, value in given.items():
            if value not in allowed:
                yield Problem(f"{name} of the Shopify source", f'{word} = "{value}"',
                              near(value, allowed) or ", ".join(allowed),
                              "write one of these words")  # fmt: skip


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what hinders reading, or leaves something out."""
    yield from _wrong_words(settings)
    calls = _calls(settings, http)
    shop = calls.shop()
    yield from doctor.problems(shop, settings.version)
    if shop.rights.orders and calls.tolerant(ANY_CHECKOUT)[1]:
        yield doctor.missing_checkouts()
