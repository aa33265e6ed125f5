"""By which keys of a person, an order or a ticket each landed table can be searched."""

from __future__ import annotations

from journey.landing.numbers import NUMBER
from journey.landing.tables import LandedTable

COLUMNS = (
    ("email_hash", "email", "{0}"),
    ("phone_hash", "phone", "{0}"),
    ("referred_email_hash", "email", "{0}"),
    ("visitor_key", "visitor", "{0}"),
    ("user_key", "user", "{0}"),
    ("session_key", "session", "source || ':' || {0}"),
    ("customer_id", "customer", "source || ':' || {0}"),
    ("order_id", "order", "source || ':' || {0}"),
    ("ticket_id", "ticket", "source || ':' || {0}"),
)
"""Stored column, kind of key, expression of the key in `person` and `erasure`."""

NAMING = {"ticket": "order_ref", "conversation": "order_ref", "feedback": "order_id"}
"""Tables that name an order as another system writes it, and the column that does."""

PURCHASES = ("session", "web_event", "web_order")

SAYS_NOTHING = "coalesce(email_hash, phone_hash, customer_id) is null"
"""Whoever wrote it gave no key, so that it belongs to the buyer of the order it names."""


def keys_of(table: LandedTable) -> list[tuple[str, str]]:
    """Return (kind of key, SQL of the key) for everything a row can be found by."""
    found = [
        (kind, expression.format(column))
        for column, kind, expression in COLUMNS
        if column in table.names
    ]
    if table.name in NAMING:
        number = NUMBER.format(NAMING[table.name])
        found.append(("number", f"case when {SAYS_NOTHING} then {number} end"))
    if table.name in PURCHASES:
        found.append(("purchase", "source || ':' || transaction_id"))
    return found
