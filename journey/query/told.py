"""Whether a source ever told a thing: a column without a value is not a zero."""

from __future__ import annotations

import re
import threading
import weakref
from collections.abc import Mapping, Sequence

from journey.query.catalog import Catalog, Reader

COUNTED = frozenset({"tickets.reopens", "tickets.transfers"})
"""Counts that are 0 where nothing was told, as all of traffic; more than 0 is told."""

ROWS = "*"
"""In place of a column: any row at all."""

WORDS: Mapping[str, tuple[str, str]] = {
    "sessions.visitor_id": ("visitor ids", "visitor_key of session or web_event"),
    "traffic.visitor_type": ("new or returning visitors", "is_new of session"),
    "traffic.engaged_sessions": ("engaged visits", "is_engaged of session"),
    "traffic.product_views": ("product views", "items_viewed of session"),
    "traffic.carts": ("visits with a cart", "add_to_carts of session"),
    "traffic.checkouts": ("visits with a checkout", "checkouts of session"),
    "traffic.payments": ("visits that reach payment", "payment_infos of session"),
    "traffic.searches": ("searches in the shop", "searches of session"),
    "traffic.zero_results": ("results of searches", "zero_results of session"),
    "asked_visits.session_id": (
        "visits that asked",
        "session_key or visitor_key of ticket",
    ),
    "asked_visits.reason": ("reasons of contacts", "reason of ticket"),
    "asked_visits.similar_share": (
        "visits that asked",
        "session_key or visitor_key of ticket",
    ),
    "web_purchases.shown_revenue": (
        "amounts of purchases in web analytics",
        "value and currency of web_event",
    ),
    "campaigns.platform_revenue": (
        "revenue that platforms claim",
        "platform_revenue of campaign_daily",
    ),
    "returns.reason": ("reasons of returns", "reason of return_case"),
    "payments.error_code": ("why payments failed", "error_code of payment_attempt"),
    "messages.delivered": ("newsletters", "message, or delivered of campaign_daily"),
    "campaigns.impressions": ("times ads were shown", "impressions of campaign_daily"),
    "visitor_periods.visitors": ("visitors of exact periods", "web_people"),
    "returns.withdrawal": ("withdrawals", "return_case of kind withdrawal"),
    "returns.complaint": ("claims", "return_case of kind complaint"),
    "tickets.first_reply_business_minutes": (
        "replies in office hours",
        "first_reply_business_minutes of ticket",
    ),
    "tickets.full_resolution_business_minutes": (
        "solutions in office hours",
        "full_resolution_business_minutes of ticket",
    ),
    "refunds.revenue": ("refunds", "refund"),
    "tickets.abandoned": ("calls that were given up", "abandoned of conversation"),
    "tickets.full_resolution_minutes": (
        "when tickets were solved",
        "resolved_at of ticket",
    ),
    "tickets.is_one_touch": ("replies to solved tickets", "replies of ticket"),
    "orders.returned_to_sender_at": (
        "parcels sent back",
        "returned_to_sender_at of fulfillment",
    ),
    "orders.discount": ("discounts of orders", "discount_total of sales_order"),
    "orders.coupon_used": ("coupon codes of orders", "coupon_codes of sales_order"),
    "orders.person_id": ("who ordered", "email or customer_id of sales_order"),
    "orders.order_number": ("who ordered", "email or customer_id of sales_order"),
    "customers.person_id": ("who ordered", "email or customer_id of sales_order"),
    "orders.shipped_at": ("shipping dates", "shipped_at of fulfillment"),
    "orders.delivered_at": ("delivery dates", "delivered_at of fulfillment"),
    "orders.promised_at": ("promised delivery dates", "promised_at of fulfillment"),
    "order_lines.returned_quantity": ("returns", "return_case or refund"),
    "payments.failed": ("results of payments", "result of payment_attempt"),
    "checkouts.reminder": ("reminders of checkouts", "reminder of checkout"),
    "customers.was_referred": ("referrals", "referred_email of loyalty_event"),
    "costs.ads": ("ad costs", "cost of campaign_daily"),
    "costs.messages": ("costs of messages", "cost of campaign_daily"),
    "feedback.nps": ("answers to an NPS survey", "feedback of kind nps"),
    "feedback.csat": ("answers to a CSAT survey", "feedback of kind csat"),
    "feedback.ces": ("answers to a CES survey", "feedback of kind ces"),
    "feedback.review": ("reviews", "feedback of kind review"),
    "feedback.order_key": ("answers that name their order", "order_id of feedback"),
    "loyalty.referred_person_id": (
        "who was brought by whom",
        "referred_email of loyalty_event",
    ),
    "orders.channel": ("where orders came from", "last_source of sales_order"),
    "orders.payment_method": ("how orders were paid", "payment_method of sales_order"),
    "product_days.product_id": ("products", "order_line or web_event"),
    "product_days.by_web": ("purchases of products", "web_event or web_daily"),
    "feedback.asked_at": ("days surveys were sent", "asked_at of feedback"),
    "feedback.replied_at": ("replies to reviews", "replied_at of feedback"),
    "loyalty.earned": ("loyalty points given", "loyalty_event of kind earned"),
    "loyalty.redeemed": ("loyalty points used", "loyalty_event of kind redeemed"),
    "loyalty.enrolled": ("loyalty members", "loyalty_event of kind enrolled"),
    "tickets.reason": ("reasons of contacts", "reason of ticket"),
    "tickets.person_id": ("who got in touch", "email of ticket"),
    "tickets.first_reply_minutes": ("first replies", "first_reply_at of ticket"),
    "tickets.reopens": ("reopened tickets", "reopens of ticket, or ticket_event"),
    "tickets.transfers": ("tickets handed on", "groups of ticket, or ticket_event"),
    "tickets.wait_seconds": ("waiting times", "wait_seconds of conversation"),
    "tickets.by_bot": ("chats with a bot", "conversation of kind bot"),
}
"""Mart and column, or mart and kind -> what it is, and which landed columns bring it."""

ELSEWHERE: Mapping[str, tuple[str, str]] = {
    "costs.contacts": ("the cost of a contact", "set [costs] contact in journey.toml"),
}
"""What no source gives: what it is, and what to do."""

TELLERS: Mapping[str, str] = {
    "session": "web analytics", "web_event": "web analytics",
    "web_people": "web analytics", "ticket": "your helpdesk",
    "ticket_event": "your helpdesk", "conversation": "your calls and bot chats",
    "sales_order": "your shop", "refund": "your shop", "fulfillment": "your parcels",
    "return_case": "your returns", "order_line": "the lines of your orders",
    "payment_attempt": "your payments", "checkout": "the checkouts of your shop",
    "campaign_daily": "your campaigns", "message": "your newsletters",
    "loyalty_event": "your loyalty programme", "feedback": "your surveys or reviews",
}  # fmt: skip
"""Landed table -> who tells what it holds, in words."""

_known: weakref.WeakKeyDictionary[Reader, dict[str, bool]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def untold(needs: Sequence[str], catalog: Catalog, reader: Reader) -> list[str]:
    """Return those of `needs` written mart.column or mart.kind that no row ever told.

    Asked of the whole file: a day without any is a zero, a file without any is not. A
    mart that the file does not have says nothing.
    """
    asked = [need for need in needs if need.partition(".")[0] in catalog.marts]
    return [need for need in asked if "." in need and not _told(need, catalog, reader)]


def silent(
    columns: Sequence[str], mart: str, catalog: Catalog, reader: Reader
) -> list[str]:
    """Return those columns of a mart that no row of the file ever told.

    Broken down or filtered by one of them, the mart would count nothing: a false zero
    beside another mart that tells it. A mart that has no rows says nothing.
    """
    if mart not in catalog.freshness or not _told(f"{mart}.{ROWS}", catalog, reader):
        return []
    mine = [f"{mart}.{column}" for column in columns if column in catalog.marts[mart]]
    return [need.partition(".")[2] for need in untold(mine, catalog, reader)]


def _told(need: str, catalog: Catalog, reader: Reader) -> bool:
    with _lock:
        answers = _known.setdefault(reader, {})
    # a file that says nothing of its freshness may still be filled
    if need not in answers or not catalog.freshness:
        answers[need] = _asked(need, catalog, reader)
    return answers[need]


def _asked(need: str, catalog: Catalog, reader: Reader) -> bool:
    mart, _, word = need.partition(".")
    condition = _condition(mart, word, catalog)
    cursor = reader.cursor()
    try:
        row = cursor.execute(
            f'select exists (select 1 from published.main."{mart}" where {condition})',
            [word] if "?" in condition else [],
        ).fetchone()
    finally:
        cursor.close()
    return bool(row and row[0])


def _condition(mart: str, word: str, catalog: Catalog) -> str:
    """Return as SQL what a row looks like that tells it; ? stands for a kind.

    No row tells what the mart has not: the card says so and `check` names the word.
    """
    columns = catalog.marts[mart]
    if word == ROWS:
        return "true"
    kind = columns.get(word)
    if kind is None:
        return "kind = ?" if "kind" in columns else "false"
    if kind == "BOOLEAN" and word.startswith("by_"):
        return f'"{word}"'
    counted = mart == "traffic" or f"{mart}.{word}" in COUNTED
    if counted and kind == "BIGINT":
        return f'"{word}" > 0'
    return f'"{word}" is not null'


def known(need: str, marts: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a need names a column of a mart, or a kind that has words here."""
    mart, _, word = need.partition(".")
    return word in marts.get(mart, {}) or need in WORDS or need in ELSEWHERE


def words(need: str) -> tuple[str, str]:
    """Return what is lacking, and what to do: "let your shop tell it, ..."."""
    if need in ELSEWHERE:
        return ELSEWHERE[need]
    mart, _, word = need.partition(".")
    what, where = WORDS.get(need, (f"{word.replace('_', ' ')} of {mart}", mart))
    tables = [part for part in re.findall(r"\w+", where) if part in TELLERS]
    tellers = " or ".join(dict.fromkeys(TELLERS[table] for table in tables))
    if not tellers:
        return what, f"connect {where.replace('_', ' ')} on the page Data"
    return what, f"let {tellers} tell it, see the page Data"
