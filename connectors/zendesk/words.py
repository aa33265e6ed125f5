"""Zendesk's words in those of the product, and its refusals in words to act upon."""

from __future__ import annotations

import re
from typing import Any

from journey.connector import Failure, JourneyError, Problem

CALLS = "/api/v2/channels/voice/stats/incremental/calls.json"
SURVEYS = "/api/v2/guide/survey_responses"
RATINGS = "/api/v2/satisfaction_ratings.json"
STAFF = "/api/v2/users.json"
ACCOUNTS = "/api/v2/users/show_many.json"
BRANDS = "/api/v2/brands.json"
GROUPS = "/api/v2/groups.json"
FORMS = "/api/v2/ticket_forms.json"

OPTIONAL = (CALLS, SURVEYS, RATINGS, STAFF, ACCOUNTS, BRANDS, GROUPS, FORMS)
"""What a plan or a role may not give; everything else is read all the same."""
NOT_GIVEN = "a plan and a role that give it; the rest is read without"

CHANNELS = {
    "email": "email", "mail": "email", "mail_gateway": "email", "mailgun": "email",
    "web": "form", "web_form": "form", "web_widget": "form", "help_center": "form",
    "help_center_post": "form", "mobile": "form", "mobile_sdk": "form",
    "forum": "form", "topic": "form",
    "chat": "chat", "chat_offline_message": "chat", "chat_transcript": "chat",
    "native_messaging": "chat", "messaging": "chat", "any_channel": "chat",
    "whatsapp": "chat", "line": "chat", "wechat": "chat", "viber": "chat",
    "telegram": "chat", "kakaotalk": "chat", "apple_business_chat": "chat",
    "google_business_messages": "chat", "google_rcs": "chat",
    "sunshine_conversations_api": "chat",
    "facebook": "social", "facebook_post": "social", "facebook_message": "social",
    "facebook_messenger": "social", "instagram_dm": "social", "twitter": "social",
    "twitter_dm": "social", "twitter_like": "social", "twitter_favorite": "social",
    "x_dm": "social", "sunshine_conversations_facebook_messenger": "social",
    "sunshine_conversations_twitter_dm": "social",
    "voice": "phone", "voicemail": "phone", "phone": "phone", "phone_call": "phone",
    "phone_call_inbound": "phone", "phone_call_incoming": "phone",
    "phone_call_outbound": "phone", "phone_call_outgoing": "phone",
    "sms": "sms", "text": "sms", "text_message": "sms", "messagebird_sms": "sms",
}  # fmt: skip
"""via.channel, and the labels of the export of events, to the product's words."""

RULES = frozenset({
    "rule", "system", "trigger", "automation", "business_rule", "group_change",
    "group_deletion", "user_change", "user_deletion", "user_merge", "linked_problem",
    "closed_ticket", "merge", "ticket_merge", "ticket_sharing", "system_update",
    "recovered_from_suspended_tickets", "admin_setting",
})  # fmt: skip
"""Ways a ticket changes without anybody writing."""

STAFF_OPENED = frozenset({
    "phone_call_outbound", "phone_call_outgoing", "sample_ticket",
    "sample_interaction_ticket", "side_conversation",
})  # fmt: skip
"""Channels of tickets that no customer opens."""
CUSTOMER_OPENED = frozenset({
    "phone_call_inbound", "phone_call_incoming", "voicemail", "chat",
})  # fmt: skip
"""Channels of tickets that only a customer opens, whoever is named as the submitter."""


def way(via: Any) -> str:
    """Return the vendor's name of a channel: `{"channel": "web"}` and "Web form" alike."""
    if isinstance(via, dict):
        via = via.get("channel")
    return "_".join(re.findall(r"[a-z0-9]+", str(via or "").lower()))


def channel_of(name: str, own: dict[str, str]) -> str | None:
    """Return the product's word for a channel; `own` is what the shop says of it."""
    if name in own:
        return own[name]
    if "bot" in name.split("_"):
        return "bot"
    return CHANNELS.get(name) or name or None


def not_given(error: JourneyError) -> bool:
    """Whether a call failed because this account or plan has no such thing."""
    return all(problem.expected == NOT_GIVEN for problem in error.problems)


# ------------------------------------------------------------------- refusals


def explain(failure: Failure) -> Problem | None:
    """Return a failed call in the words of Zendesk's own menus; None for the usual."""
    where = f"Zendesk, {failure.path}"
    if failure.path in OPTIONAL and failure.status in (402, 403, 404):
        return Problem(
            where, f"HTTP {failure.status}: this account does not give it", NOT_GIVEN,
            "nothing, or take another plan or give the role",
        )  # fmt: skip
    if failure.status == 401:
        return _refused(where)
    if failure.status == 403:
        return _forbidden(failure, where)
    if failure.kind == "redirect" or (failure.status == 404 and failure.kind == "not json"):
        return _nobody(failure, where)
    if failure.status == 404 and failure.json and "error" in failure.json:
        return _nobody(failure, where)
    if failure.status in (400, 422) and "incremental" in failure.path:
        return Problem(
            where, f"HTTP {failure.status}: it refuses where the export shall go on",
            "a cursor or a start that it knows",
            "python -m journey sync --full with this source's name",
        )  # fmt: skip
    return None


def _refused(where: str) -> Problem:
    return Problem(
        where, "HTTP 401: Zendesk does not accept e-mail and token",
        "the e-mail of an administrator and an API token that is active, or an oauth_token",
        "in Zendesk: Admin Center, Apps and integrations, APIs, Zendesk API (API tokens): "
        'turn "Token access" on, make a token, and put it into the environment as it is, '
        'without "/token"; email is the address alone',
    )  # fmt: skip


def _forbidden(failure: Failure, where: str) -> Problem:
    said = str(failure.json).lower()
    if "suspend" in said or "expired" in said or "trial" in said:
        return Problem(
            where, "HTTP 403: the Zendesk account is suspended, or its trial is over",
            "an account that is paid for", "the owner settles it in Admin Center, Billing",
        )  # fmt: skip
    return Problem(
        where, "HTTP 403: this person may not export tickets",
        "an administrator; agents cannot export",
        "in Zendesk: Admin Center, People, Team members: give the person of the setting "
        "email the role Administrator, or use the token of one",
    )  # fmt: skip


def _nobody(failure: Failure, where: str) -> Problem:
    status = f", HTTP {failure.status}" if failure.status else ""
    return Problem(
        where, f"no Zendesk answers here{status}",
        "the address of the account, https://<name>.zendesk.com",
        "open Zendesk in a browser and copy the beginning of its address into url; a help "
        "centre under the shop's own name is not it",
    )  # fmt: skip
