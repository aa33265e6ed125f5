"""The words of the screen for things that the data only name: one catalogue."""

from __future__ import annotations

import re
from collections.abc import Sequence

from babel import Locale

from journey.formats import Formats
from journey.scope import NOT_SET

UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")
"""Control characters, and those that turn the direction of what follows them."""
STAGES = {
    "awareness": "Awareness",
    "consideration": "Consideration",
    "conversion": "Conversion",
    "retention": "Retention",
    "advocacy": "Advocacy",
    "support": "Support",
}
SEGMENTS = {
    "channel": "Channel",
    "source_medium": "Source and medium",
    "campaign": "Campaign",
    "device": "Device",
    "country": "Country",
    "visitor_type": "Visitor",
    "sales_channel": "Sales channel",
    "payment_method": "Payment",
    "delivery_method": "Delivery",
    "basket_band": "Basket",
    "customer_tier": "Customer tier",
    "first_product_category": "First product",
    "product_brand": "Brand bought",
    "arrival": "Arrival",
    "effort_band": "Effort",
    "contact_channel": "Contact channel",
}
VALUES = {
    "device": {"mobile": "Phones", "desktop": "Computers", "tablet": "Tablets"},
    "visitor_type": {"new": "New visitors", "returning": "Returning visitors"},
    "sales_channel": {
        "own_shop": "Own shop", "marketplace": "Marketplaces", "phone": "By phone",
        "store": "Stores", "b2b": "Business customers",
    },
    "customer_tier": {
        "champions": "Champions", "loyal": "Loyal", "active": "Active", "new": "New",
        "promising": "Promising", "needs_attention": "Needs attention",
        "at_risk": "At risk", "previously_loyal": "Previously loyal",
        "almost_lost": "Almost lost", "dormant": "Dormant", "prospects": "Prospects",
    },
    "arrival": {"on_time": "On time", "late": "Late"},
    "effort_band": {"none": "No contact", "low": "Little effort", "high": "Much effort"},
    "delivery_method": {
        "courier": "Courier", "locker": "Parcel locker", "pickup": "Pick-up point",
        "other": "Other delivery",
    },
    "payment_method": {
        "blik": "BLIK", "przelewy24": "Przelewy24", "p24": "Przelewy24", "card": "Card",
        "credit_card": "Credit card", "debit_card": "Debit card",
        "transfer": "Bank transfer", "cod": "Cash on delivery",
        "cash_on_delivery": "Cash on delivery",
    },
    "contact_channel": {
        "chat": "Chat", "bot": "Chatbot", "email": "E-mail", "form": "Form",
        "phone": "Phone", "social": "Social", "sms": "SMS", "web": "Form",
    },
    "reason": {
        "delivery": "Delivery", "shipping": "Delivery", "order_status": "Where is my order",
        "where is my order": "Where is my order", "wismo": "Where is my order",
        "tracking": "Where is my order", "size": "Size and fit", "return": "Sending back",
        "returns": "Sending back", "refund": "Money back", "product": "About a product",
        "defect": "Faulty or damaged", "damaged": "Faulty or damaged",
        "payment": "Paying", "invoice": "Invoice", "authenticity": "Is it genuine",
        "looks_different": "Looks different", "express": "Express delivery",
    },
    "return_reason": {
        "size": "Size and fit", "changed_mind": "Changed their mind",
        "defective": "Faulty", "late": "Came too late", "damaged": "Damaged",
    },
    "error_code": {
        "timeout": "Timed out", "declined": "Declined by the bank",
        "insufficient_funds": "Not enough money", "abandoned": "Given up",
    },
    "platform": {
        "google_ads": "Google Ads", "meta": "Meta", "meta_ads": "Meta",
        "bing_ads": "Microsoft Ads", "microsoft_ads": "Microsoft Ads",
        "tiktok": "TikTok", "sms": "SMS", "email": "E-mail",
    },
    "flow": {"abandoned_cart": "Abandoned cart", "welcome": "Welcome"},
}  # fmt: skip
HELP = {
    "customer_tier": "Just before the order or contact, by how lately, how often and for "
    "how much the person had ordered. Prospects had not ordered yet.",
    "first_product_category": "What the dearest line of the person's first order was.",
    "product_brand": "The brand with most of the order's value.",
    "arrival": "By its promised day or later.",
    "effort_band": "Of the contacts about an order in the 30 days after it; among "
    "contacts, of each of them.",
}
"""What a reader may not guess of a segment column."""
TIER_PHRASES = {
    "champions": "of champions",
    "needs_attention": "of customers who need attention",
    "at_risk": "of customers at risk",
    "prospects": "of prospects",
}
"""Tiers that are no adjective."""
RANKED = frozenset({"customer_tier", "arrival", "effort_band"})
"""Columns whose values have an order of their own: that of VALUES."""
CODED = frozenset({*VALUES, "first_product_category"}) - {"flow"}
"""Columns whose values are codes of a shop rather than names people gave."""
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""What a shop's own code looks like: credit_card, voucher."""
LOWERED = frozenset({"reason", "return_reason"})
"""Columns whose texts a mart writes in small letters: "wrong size"."""
STEPS = {
    "consideration/product_view_rate": "Product views",
    "consideration/cart_to_detail": "Adding to the cart",
    "conversion/checkout_start_rate": "Going to the checkout",
    "conversion/payment_reach": "Reaching payment",
    "conversion/payment_completion": "Payment",
    "retention/second_order_90_days": "Second order",
    "advocacy/review_rate": "Reviews",
}
"""A step as a leak is named by it."""


def value(column: str, name: str | None, formats: Formats) -> str:
    """Return a segment value as people say it: "Phones", "Czechia", "Paid social"."""
    if name is None or name == NOT_SET:
        return f"{SEGMENTS.get(column, column.replace('_', ' ').capitalize())} not known"
    if column == "country":
        return str(Locale("en").territories.get(name, name))
    known = VALUES.get(column, {}).get(name)
    if known is None and column in CODED and CODE.fullmatch(name):
        known = name.replace("_", " ").capitalize()
    if known is None and column in LOWERED:
        known = name[:1].upper() + name[1:]
    return known or UNSEEN.sub(" ", name)


def in_order(column: str, values: Sequence[str]) -> list[str]:
    """Return the values in the order of the screen: their own, else as they come."""
    if column not in RANKED:
        return list(values)
    ranks = {name: rank for rank, name in enumerate(VALUES[column])}
    return sorted(values, key=lambda name: ranks.get(name, len(ranks)))


def phrase(column: str, name: str | None, formats: Formats) -> str:
    """Return a segment value as the end of a sentence: "on phones", "in Czechia"."""
    text = value(column, name, formats)
    if name is None or name == NOT_SET:
        return f"where the {text[0].lower()}{text[1:].replace(' not', ' is not')}"
    inside = text[:1].lower() + text[1:] if text[1:2].islower() else text
    match column:
        case "device":
            return f"on {inside}"
        case "country":
            return f"in {text}"
        case "visitor_type":
            return f"by {inside}"
        case "channel":
            return f"from {text}"
        case "payment_method" | "delivery_method":
            return f"with {inside}"
        case "customer_tier":
            return TIER_PHRASES.get(name, f"of {inside} customers")
        case "first_product_category" | "effort_band":
            return f"after {inside}"
        case "arrival":
            return "after a late delivery" if name == "late" else "after a delivery on time"
        case "product_brand":
            return f"with brand {text}"
        case _:
            return f"({text})"
