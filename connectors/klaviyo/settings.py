"""What a shop says of its Klaviyo account, and where that is reached."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from journey.connector import Access, JourneyError, Problem, near, setting

REVISION = "2026-07-15"
"""The form of the interface that this connector knows; Klaviyo keeps one two years."""
PARTS = ("campaigns", "messages", "subscriptions")


@dataclass(frozen=True)
class Settings:
    key: str = setting(help="private API key with read access", secret=True)
    url: str = setting(help="address of the interface", default="https://a.klaviyo.com")
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    read: list[str] = setting(
        help="what to read: campaigns (sums by day), messages (each one), subscriptions",
        default=["campaigns", "messages", "subscriptions"],
    )
    conversion_metric: str = setting(
        help="name or id of the metric that counts as a sale", default="Placed Order"
    )
    attribution: str = setting(
        help="the account's attribution window, kept beside the revenue it claims",
        default="window of the account",
    )


def access(settings: Settings) -> Access:
    """Return where Klaviyo answers, and as whom; raises JourneyError."""
    problems = [
        Problem(
            "journey.toml, klaviyo", f'read names "{part}"', near(part, PARTS),
            f"write some of {', '.join(PARTS)}",
        )
        for part in settings.read
        if part not in PARTS
    ]  # fmt: skip
    if problems:
        raise JourneyError(*problems)
    url = settings.url.rstrip("/").removesuffix("/api")
    login = {"Authorization": f"Klaviyo-API-Key {settings.key}", "revision": REVISION}
    return Access(url, headers=login)
