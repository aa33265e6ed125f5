"""Where the sample shop's visits come from: source, medium and campaign."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from connectors.sample.calendar import Array
from connectors.sample.visits import CHANNELS


class Way(NamedTuple):
    """One source, medium and campaign; `share` is within its channel."""

    channel: str
    source: str
    medium: str
    campaign: str | None
    share: float


WAYS = (
    Way("Organic Search", "google", "organic", None, 0.90),
    Way("Organic Search", "bing", "organic", None, 0.05),
    Way("Organic Search", "duckduckgo", "organic", None, 0.03),
    Way("Organic Search", "seznam", "organic", None, 0.02),
    Way("Direct", "(direct)", "(none)", None, 1.0),
    Way("Paid Search", "google", "cpc", "brand-pl", 0.42),
    Way("Paid Search", "google", "cpc", "generic-footwear", 0.38),
    Way("Paid Search", "bing", "cpc", "generic-outdoor", 0.20),
    Way("Paid Shopping", "google", "cpc", "shopping-footwear", 0.70),
    Way("Paid Shopping", "google", "cpc", "shopping-outdoor", 0.30),
    Way("Paid Social", "facebook", "paid_social", "prospecting", 0.55),
    Way("Paid Social", "instagram", "paid_social", "prospecting-reels", 0.30),
    Way("Paid Social", "facebook", "paid_social", "retargeting", 0.15),
    Way("Email", "newsletter", "email", "newsletter", 0.80),
    Way("Email", "flow", "email", "abandoned-cart", 0.14),
    Way("Email", "flow", "email", "post-purchase", 0.06),
    Way("Organic Social", "instagram", "social", None, 0.60),
    Way("Organic Social", "facebook", "social", None, 0.40),
    Way("Referral", "szlaki.example", "referral", None, 0.55),
    Way("Referral", "forum-gorskie.example", "referral", None, 0.45),
    Way("Affiliates", "partnerzy.example", "affiliate", "partners", 1.0),
    Way("SMS", "sms", "sms", "sms-weekend", 1.0),
    Way("Display", "gdn", "display", "display-season", 1.0),
)
"""Chosen so that Google's default channel rules give the channel back."""

LANDINGS = (
    "/", "/trekking-boots", "/winter-boots", "/sandals", "/sneakers",
    "/trail-running-shoes", "/wellingtons", "/backpacks", "/jackets", "/sale",
    "/new", "/blog/how-to-choose-trekking-boots", "/blog/caring-for-leather",
    "/brands", "/stores", "/size-guide",
)  # fmt: skip
LANDING_SHARE = np.array(
    [
        0.24,
        0.12,
        0.10,
        0.09,
        0.11,
        0.07,
        0.04,
        0.05,
        0.05,
        0.04,
        0.03,
        0.02,
        0.01,
        0.01,
        0.01,
        0.01,
    ]
)


def ways_of(channel: Array, pick: Array) -> Array:
    """Return the place in WAYS of each visit; `pick` is uniform."""
    place = np.zeros(len(channel), np.int16)
    for number, name in enumerate(CHANNELS):
        own = [i for i, way in enumerate(WAYS) if way.channel == name]
        here = channel == number
        steps = np.cumsum([WAYS[i].share for i in own])
        found = np.minimum(np.searchsorted(steps, pick[here]), len(own) - 1)
        place[here] = np.array(own)[found]
    return place
