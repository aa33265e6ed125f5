"""The reports asked of GA4: fields of the Data API and the canonical columns they fill.

No report is added to another: each is a whole of its own. Names are those of the Data
API, with older or coarser ones that a property may still have instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from journey.connector import Problem

STEPS = (
    "view_item", "view_search_results", "add_to_cart", "begin_checkout",
    "add_shipping_info", "add_payment_info", "purchase",
)  # fmt: skip
"""Events of which the mart traffic counts the sessions that had them."""


@dataclass(frozen=True)
class Field:
    """One dimension or metric, and where its values land."""

    name: str
    column: str
    others: tuple[str, ...] = ()
    """Names to ask for instead where the property does not know `name`."""


@dataclass(frozen=True)
class Report:
    """One question to the Data API; `fixed` of its dimensions cannot be done without."""

    name: str
    table: str
    dimensions: tuple[Field, ...]
    metrics: tuple[Field, ...]
    fixed: int = 1
    events: tuple[str, ...] = ()
    """Only rows of these event names."""


DATE = Field("date", "date")
CHANNEL = Field("sessionDefaultChannelGroup", "channel_group")
SOURCE_MEDIUM = Field("sessionSourceMedium", "source_medium")
CAMPAIGN = Field("sessionCampaignName", "campaign")
DEVICE = Field("deviceCategory", "device_category")
COUNTRY = Field("countryId", "country", ("country",))
VISITOR = Field("newVsReturning", "visitor_type")

SESSIONS = Field("sessions", "sessions")
ENGAGED = Field("engagedSessions", "engaged_sessions")
SECONDS = Field("userEngagementDuration", "engagement_seconds")
NEW_USERS = Field("newUsers", "new_users")
PURCHASES = Field("ecommercePurchases", "purchases")
REVENUE = Field("purchaseRevenue", "purchase_revenue")

REPORTS = (
    Report(
        "sessions", "web_daily", (DATE, CHANNEL, DEVICE, COUNTRY, VISITOR),
        (SESSIONS, ENGAGED, SECONDS, NEW_USERS),
    ),
    Report(
        "steps", "web_daily",
        (DATE, Field("eventName", "event_name"), CHANNEL, DEVICE, COUNTRY, VISITOR),
        (SESSIONS, Field("eventCount", "event_count")), fixed=2, events=STEPS,
    ),
    Report(
        "acquisition", "web_daily", (DATE, CHANNEL, SOURCE_MEDIUM, CAMPAIGN, DEVICE),
        (SESSIONS, ENGAGED, SECONDS, NEW_USERS),
    ),
    Report(
        "landing", "web_daily", (DATE, Field("landingPage", "landing_page"), DEVICE),
        (SESSIONS, ENGAGED), fixed=2,
    ),
    Report(
        "shop", "web_daily", (DATE, CHANNEL, CAMPAIGN, SOURCE_MEDIUM),
        (
            Field("addToCarts", "add_to_carts"), Field("checkouts", "checkouts"),
            PURCHASES, REVENUE, Field("refundAmount", "refund_amount"),
        ),
    ),
    Report(
        "items", "web_daily",
        (DATE, Field("itemId", "item_id"), Field("itemName", "item_name")),
        (
            Field("itemsViewed", "items_viewed", ("itemViewEvents",)),
            Field("itemsAddedToCart", "items_added_to_cart"),
            Field("itemsCheckedOut", "items_checked_out"),
            Field("itemsPurchased", "items_purchased", ("itemPurchaseQuantity",)),
            Field("itemRevenue", "item_revenue"),
        ),
    ),
    Report(
        "ads", "web_daily", (DATE, CAMPAIGN, SOURCE_MEDIUM, CHANNEL),
        (
            Field("advertiserAdCost", "ad_cost"), Field("advertiserAdClicks", "ad_clicks"),
            Field("advertiserAdImpressions", "ad_impressions"),
        ), fixed=2,
    ),
    Report(
        "orders", "web_order",
        (DATE, Field("transactionId", "transaction_id"), SOURCE_MEDIUM, CAMPAIGN, CHANNEL),
        (PURCHASES, Field("purchaseRevenue", "revenue")), fixed=2,
    ),
)  # fmt: skip

PEOPLE = Report(
    "people", "web_people", (),
    (
        Field("activeUsers", "active_users"), Field("totalUsers", "total_users"),
        NEW_USERS,
    ), fixed=0,
)  # fmt: skip
"""Asked for one exact period at a time: users do not add up over days."""

MONEY: Mapping[str, int] = {
    "purchase_revenue": 4, "refund_amount": 4, "item_revenue": 4, "revenue": 4,
    "ad_cost": 6,
}  # fmt: skip
"""Columns of money, with their decimal places."""


def property_problem(given: str | int) -> Problem | None:
    """Return what is wrong with the number of a property; None where it is one."""
    text = str(given).strip()
    if text.isdigit():
        return None
    where = "journey.toml, GA4"
    number = "the number of the property, like 123456789"
    menu = "copy PROPERTY ID from Analytics, Admin, Property details"
    if text.upper().startswith("G-"):
        return Problem(
            where, f'property = "{text}", which is the id of a data stream', number, menu
        )
    if text.upper().startswith(("UA-", "GTM-", "AW-", "DC-")):
        return Problem(
            where, f'property = "{text}", which is no GA4 property', number, menu
        )
    if text.startswith("properties/"):
        bare = text.removeprefix("properties/")
        return Problem(
            where, f'property = "{text}"', f'the number alone: property = "{bare}"',
            'take "properties/" away',
        )  # fmt: skip
    return Problem(where, f'property = "{text}"', number, menu)
