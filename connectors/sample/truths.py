"""The ten truths hidden in the sample shop, with their true sizes and dates."""

from __future__ import annotations

from typing import Any

TRUTHS = (
    "phone_payment", "late_carrier", "bot_claims", "high_effort", "paid_social",
    "coupon", "size_questions", "not_collected", "decoy", "follow_up",
)  # fmt: skip
"""Their names, in the order of docs/sample-shop.md."""

PHONE_PAYMENT: dict[str, Any] = {"days": 24, "before": 0.62, "after": 0.51}
LATE_CARRIER: dict[str, Any] = {"carrier": "Morava Express", "on_time": 0.22, "late": 0.14}
BOT_CLAIMS: dict[str, Any] = {"claimed": 0.61, "contained": 0.38}
HIGH_EFFORT: dict[str, Any] = {"others": 0.24, "high": 0.12}
PAID_SOCIAL: dict[str, Any] = {"days": 28, "factor": 2.0}
COUPON: dict[str, Any] = {
    "code": "WRACAM10",
    "starts": 140,
    "days": 5,
    "dip": 21,
    "moved": 0.35,
}
SIZE_QUESTIONS: dict[str, Any] = {
    "brand": "Grań",
    "returned": 0.41,
    "others": 0.19,
    "again": 0.02,
}
NOT_COLLECTED: dict[str, Any] = {"before": 0.02, "after": 0.14}
DECOY: dict[str, Any] = {"country": "DE", "days": (10, 9)}

FOLLOW_UP: dict[str, Any] = {
    "query": "conversion/checkout_completion",
    "title": "Checkout on desktop",
    "where": {"device": ["desktop"]},
    "since_days_ago": 139,
    "fixed_days_ago": 83,
    "check_days_ago": 55,
    "before_days_ago": (111, 84),
    "after_days_ago": (83, 56),
    "before": 0.447,
    "after": 0.54,
    "owner": "checkout team",
    "what": "Delivery prices shown in the cart again; address form repaired",
    "verdict": "worked",
}
"""A leak on desktop that was closed. Days are counted back from the last day (0)."""

NOTES: tuple[dict[str, Any], ...] = (
    {
        "truth": "phone_payment", "text": "New payment page released",
        "first_days_ago": 25, "last_days_ago": 25, "stage": "conversion",
    },
    {
        "truth": "coupon", "text": "Coupon WRACAM10: 10% off",
        "first_days_ago": 140, "last_days_ago": 136, "stage": "",
    },
    {
        "truth": "follow_up", "text": "New address form released",
        "first_days_ago": 139, "last_days_ago": 139, "stage": "conversion",
    },
)  # fmt: skip
"""What the shop's team noted down, each beside the truth it belongs to."""

FOLLOW_UP_KEPT = 0.828
"""Share of desktop checkouts that still reach delivery while the form is broken."""


def active_truths(wanted: str) -> frozenset[str]:
    """Return the truths that "all", "none" or one name switches on."""
    if wanted == "all":
        return frozenset(TRUTHS)
    return frozenset() if wanted == "none" else frozenset({wanted})
