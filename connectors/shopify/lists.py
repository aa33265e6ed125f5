"""Customers and abandoned checkouts of Shopify, page by page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from connectors.shopify import documents
from connectors.shopify.calls import Calls, Shop, Sized, is_named, now, pages, text
from connectors.shopify.orders import IDS, all_ids
from connectors.shopify.rows import money, number
from journey.connector import Batch, Mark, Present, Rows, Since, one_by_one

PAGES = ((250, 0), (100, 0), (50, 0), (25, 0), (10, 0), (1, 0))
LEFT = dt.timedelta(hours=1)
"""How long a checkout lies before it counts as left."""


def customers(calls: Calls, shop: Shop, since: Since) -> Iterator[Batch]:
    """Yield accounts and guests, whether they have agreed to newsletters, how often
    they have ordered."""
    query, sort = f"updated_at:>={text(since.first or now())}", "UPDATED_AT"
    if since.before is not None:
        query, sort = _created("customer_date", since), "CREATED_AT"
    found = pages(Sized(calls, PAGES), documents.customers(shop.rights), "customers",
                  since.mark, query=query, sort=sort)  # fmt: skip
    for nodes, after in found:
        yield from one_by_one(nodes, lambda some: [Rows([*map(_customer, some)])])
        if after:
            yield Mark(after)
    if since.thorough and since.before is None:
        ids = all_ids(calls, documents.CUSTOMER_IDS, "customers", query=None)
        if ids is not None:
            yield Present("customer_id", ids, None, now() - dt.timedelta(hours=1))


def _customer(node: Mapping[str, Any]) -> dict[str, Any]:
    mail, phone = node.get("defaultEmailAddress"), node.get("defaultPhoneNumber")
    address = node.get("defaultAddress")
    state = mail["marketingState"] if mail else None
    return {
        "customer_id": number(node["id"]),
        "email": mail["emailAddress"] if mail else None,
        "phone": phone["phoneNumber"] if phone else None,
        "created_at": node["createdAt"],
        "country": address["countryCodeV2"] if address else None,
        "marketing_consent": state == "SUBSCRIBED" if state else None,
        "orders_count": int(node["numberOfOrders"]), "tags": node["tags"],
        "updated_at": node["updatedAt"], "deleted_at": None,
    }  # fmt: skip


def checkouts(calls: Calls, shop: Shop, since: Since) -> Iterator[Batch]:
    """Yield checkouts that were left, those too that were completed after all.

    Shopify lists who has given an address or number. One that is younger than an hour
    may still be going on; the next run reads it.
    """
    last = now() - LEFT
    if since.before is None:
        first = (since.first or now()) - LEFT
        query = f"updated_at:>={text(first)} updated_at:<{text(last)}"
    else:
        query = _created("created_at", since, last)
    reminded = _reminded(calls, query)
    found = pages(Sized(calls, PAGES), documents.checkouts(shop.rights),
                  "abandonedCheckouts", since.mark, query=query)  # fmt: skip
    for nodes, after in found:
        yield from one_by_one(
            nodes,
            lambda some: [Rows([_checkout(n, shop.currency, reminded) for n in some])],
        )
        if after:
            yield Mark(after)


def _checkout(
    node: Mapping[str, Any], currency: str, reminded: frozenset[str]
) -> dict[str, Any]:
    customer = node.get("customer") or {}
    mail = customer.get("defaultEmailAddress")
    phone = customer.get("defaultPhoneNumber")
    return {
        "checkout_id": number(node["id"]), "customer_id": number(customer.get("id")),
        "email": mail["emailAddress"] if mail else None,
        "phone": phone["phoneNumber"] if phone else None,
        "started_at": node["createdAt"], "completed_at": node["completedAt"],
        "total": money(node["totalPriceSet"]), "currency": currency,
        "recovered": node["completedAt"] is not None,
        "reminder": "email" if node["id"] in reminded else None,
        "updated_at": node["updatedAt"],
    }  # fmt: skip


def _reminded(calls: Calls, query: str) -> frozenset[str]:
    """Return the checkouts whose shopper Shopify has sent a reminder."""
    found = pages(Sized(calls, IDS), documents.REMINDED, "abandonedCheckouts", None,
                  query=f"{query} email_state:sent")  # fmt: skip
    return frozenset(node["id"] for nodes, _ in found for node in nodes if is_named(node))


def _created(name: str, since: Since, last: dt.datetime | None = None) -> str:
    assert since.before is not None
    before = min(since.before, last) if last else since.before
    query = f"{name}:<{text(before)}"
    return f"{name}:>={text(since.first)} {query}" if since.first else query
