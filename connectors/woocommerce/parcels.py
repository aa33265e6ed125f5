"""Deliveries, where the settings name the order meta keys that a plugin writes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from connectors.woocommerce.things import Order, utc


def parcel_of(order: Order, told: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the delivery of an order; `told`: column -> what a plugin wrote."""
    found: dict[str, Any] = {}
    for column, given in told.items():
        text = str(given or "").strip()
        plain = column in ("carrier", "status")
        value = (text[:80] or None) if plain else told_moment(text, order)
        if value:
            found[column] = value
    if not found:
        return None
    found["updated_at"] = utc(str(order.date_modified_gmt or ""))
    number = str(order.id)
    return {"fulfillment_id": number, "order_id": number} | found


def told_moment(text: str, order: Order) -> str | None:
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


def _offset(order: Order) -> dt.timedelta:
    try:
        local = dt.datetime.fromisoformat(str(order.date_created))
        offset = local - dt.datetime.fromisoformat(str(order.date_created_gmt))
    except (TypeError, ValueError):
        return dt.timedelta()
    return offset if abs(offset) < dt.timedelta(hours=24) else dt.timedelta()
