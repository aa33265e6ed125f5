"""Accounts and reviews: lists that can be asked neither for changes nor by date."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from connectors.woocommerce.orders import NOBODY
from connectors.woocommerce.pages import AFFORDABLE, ROUNDS, Row, numbered, rows_of, second
from connectors.woocommerce.things import utc
from connectors.woocommerce.words import STAFF_ROLES
from journey.connector import Batch, Http, Mark, Present, Rows, Since, one_by_one

CUSTOMERS = {
    "path": "/customers",
    "params": {
        "role": "all", "orderby": "registered_date", "order": "desc",
        "_fields": "id,email,role,date_created_gmt,date_modified_gmt,billing",
    },
    "key": "customer_id",
}  # fmt: skip
"""Without `role` only customers come, and an administrator who buys is missing."""
REVIEWS = {
    "path": "/products/reviews",
    "params": {
        "status": "all", "orderby": "date_gmt", "order": "desc",
        "_fields": "id,date_created_gmt,product_id,status,reviewer_email,review,rating",
    },
    "key": "feedback_id",
}  # fmt: skip
"""Approved ones and those that wait; spam and trash are left out by the shop."""

TAG = re.compile(r"<[^>]*>")


def customers(http: Http, since: Since, size: int) -> Iterator[Batch]:
    """Yield every account, or, of more than 5,000, the new ones and daily all."""
    yield from _listed(http, since, size, CUSTOMERS, customer_of)


def reviews(http: Http, since: Since, size: int) -> Iterator[Batch]:
    """Yield every review, or, of more than 5,000, the new ones and daily all."""
    yield from _listed(http, since, size, REVIEWS, review_of)


def _listed(
    http: Http,
    since: Since,
    size: int,
    what: Mapping[str, Any],
    row_of: Callable[[Row], dict[str, Any] | None],
) -> Iterator[Batch]:
    """Yield a list newest first; told whole, also what is no more in it."""
    if not since.newest:
        return  # the newest stretch has brought all of them
    path, params = what["path"], what["params"]
    total = _total(http, path, params)
    whole = since.before is not None or since.thorough or total <= AFFORDABLE
    known = second(since.first) if since.first else ""
    ids: set[str] = set()
    for _ in range(ROUNDS):
        found = 0
        for page in numbered(http, path, params, size):
            rows = page.things
            found += len({str(row["id"]) for row in rows} - ids)
            ids |= {str(row["id"]) for row in rows}
            yield from one_by_one(
                rows, lambda some: [Rows([row for row in map(row_of, some) if row])]
            )
            yield Mark("")
            if not whole and rows and (rows[-1].get("date_created_gmt") or "") < known:
                return
        if len(ids) >= total or not found:
            break
    if len(ids) >= total and whole:
        yield Present(what["key"], ids)


def _total(http: Http, path: str, params: Mapping[str, Any]) -> int:
    reply = http.get(path, {**params, "_fields": "id", "per_page": 1, "page": 1})
    return int(reply.headers.get("x-wp-total") or len(rows_of(reply.json, path)))


def customer_of(row: Row) -> dict[str, Any]:
    """Return an account; its picture's address is a hash of the e-mail and ends here."""
    billing = row.get("billing") or {}
    email = row.get("email") or billing.get("email") or None
    role = row.get("role") or ""
    return {
        "customer_id": str(row["id"]), "email": None if email == NOBODY else email,
        "phone": billing.get("phone") or None, "country": billing.get("country") or None,
        "created_at": utc(row.get("date_created_gmt")), "is_staff": role in STAFF_ROLES,
        "tags": [role] if role else [], "deleted_at": None,
        "updated_at": utc(row.get("date_modified_gmt") or row.get("date_created_gmt")),
    }  # fmt: skip


def review_of(row: Row) -> dict[str, Any] | None:
    """Return a review, or None for a reply, which comes as a review of rating 0."""
    if not row.get("rating"):
        return None
    email = row.get("reviewer_email") or None
    text = html.unescape(TAG.sub("", row.get("review") or "")).strip()
    return {
        "feedback_id": str(row["id"]), "kind": "review", "score": row["rating"],
        "scale_min": 1, "scale_max": 5, "email": None if email == NOBODY else email,
        "product_id": str(row["product_id"]) if row.get("product_id") else None,
        "answered_at": utc(row.get("date_created_gmt")), "comment_chars": len(text),
        "published": row.get("status") == "approved",
        "updated_at": utc(row.get("date_created_gmt")),
    }  # fmt: skip
