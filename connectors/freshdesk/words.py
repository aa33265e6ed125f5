"""Freshdesk's numbers in words of the product, and its refusals in words to act upon."""

from __future__ import annotations

import re
from typing import Any

from journey.connector import Failure, JourneyError, Problem

TICKETS = "/api/v2/tickets"
RATINGS = "/api/v2/surveys/satisfaction_ratings"
AGENTS = "/api/v2/agents"
ME = "/api/v2/agents/me"
GROUPS = "/api/v2/groups"
PRODUCTS = "/api/v2/products"
FIELDS = "/api/v2/ticket_fields"

OPTIONAL = (RATINGS, AGENTS, GROUPS, PRODUCTS, FIELDS)
"""What a plan or a role may not give; everything else is read all the same."""
NOT_GIVEN = "a plan and a role that give it; the rest is read without"

SOURCES = {
    1: "email", 2: "form", 3: "phone", 4: "social", 5: "social", 6: "social", 7: "chat",
    8: "chat", 9: "form", 10: "email", 12: "bot", 13: "chat",
}  # fmt: skip
"""E-mail, portal, phone, forum, Twitter, Facebook, chat, app, feedback widget, outbound
e-mail, bot, WhatsApp; what is not here is named by the field of the ticket."""
OUTBOUND = 10
STATUSES = {
    2: "open", 3: "pending", 4: "resolved", 5: "closed", 6: "waiting on customer",
    7: "waiting on third party",
}  # fmt: skip
RESOLVED = (4, 5)
PRIORITIES = {1: "low", 2: "medium", 3: "high", 4: "urgent"}
FACES = {-103: 1, -102: 2, -101: 3, 100: 4, 101: 5, 102: 6, 103: 7}
"""Extremely unhappy to extremely happy, as 1 to 7."""
OLD_FACES = {1: 7, 2: 4, 3: 1}
"""Happy, neutral and unhappy of surveys before there were seven."""


def not_given(error: JourneyError) -> bool:
    """Whether a call failed because this account or plan has no such thing."""
    return all(problem.expected == NOT_GIVEN for problem in error.problems)


def channel_of(source: Any, named: dict[int, str], own: dict[str, str]) -> str | None:
    """Return the product's word for a source; `own` is what the shop says of it."""
    if not isinstance(source, int):
        return None
    name = named.get(source, "")
    word = "_".join(re.findall(r"\w+", name.lower()))
    if word in own or str(source) in own:
        return own.get(word) or own.get(str(source))
    return SOURCES.get(source) or word or str(source)


def explain(failure: Failure) -> Problem | None:
    """Return a failed call in the words of Freshdesk's own menus; None for the usual."""
    where = f"Freshdesk, {failure.path}"
    if failure.path in OPTIONAL and failure.status in (402, 403, 404):
        return Problem(
            where, f"HTTP {failure.status}: this account does not give it", NOT_GIVEN,
            "nothing, or take another plan or give the role",
        )  # fmt: skip
    if failure.status == 401:
        return Problem(
            where, "HTTP 401: Freshdesk does not accept the key",
            "the API key of an agent who may see all tickets",
            "in Freshdesk: your picture at the top, Profile settings, View API key; put it "
            "into the environment. A new password makes a new key",
        )  # fmt: skip
    if failure.status in (402, 403):
        return _forbidden(failure, where)
    if failure.kind == "redirect" or failure.status == 404:
        return _nobody(failure, where)
    return None


def _forbidden(failure: Failure, where: str) -> Problem:
    said = str(failure.json).lower() + failure.text.lower()
    if any(word in said for word in ("suspend", "expired", "trial", "require_feature")):
        return Problem(
            where,
            f"HTTP {failure.status}: the account is blocked, its trial is over, or its "
            "plan has no API",
            "an account whose plan has the API",
            "the owner settles it in Freshdesk: Admin, Account, Plans and billing",
        )
    return Problem(
        where, f"HTTP {failure.status}: this agent may not read it",
        "an agent who may see all tickets",
        "in Freshdesk: Admin, Team, Agents: give the agent the scope Global access",
    )  # fmt: skip


def _nobody(failure: Failure, where: str) -> Problem:
    status = f", HTTP {failure.status}" if failure.status else ""
    return Problem(
        where, f"no Freshdesk answers here{status}",
        "the address of the account, https://<name>.freshdesk.com",
        "open Freshdesk in a browser and copy the beginning of its address into url; a "
        "portal under the shop's own name, or freshworks.com, is not it",
    )  # fmt: skip
