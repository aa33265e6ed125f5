"""What doctor says of a GA4 source before it reads."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from connectors.ga4.fields import Fields, Plan
from connectors.ga4.pages import Pages
from connectors.ga4.reading import DAY, opened
from connectors.ga4.reports import REPORTS
from journey.connector import JourneyError, Problem

LOOKED_AT = dt.timedelta(days=28)


def problems(settings: Any, now: dt.datetime) -> Iterator[Problem]:
    """Yield everything that would keep figures from being whole, or away."""
    try:
        with opened(settings) as pages:
            pages.describe(now.date() - DAY)
            fields = Fields(pages.client)
            yield from _blocked(fields, pages.client.where)
            plan = fields.plan(REPORTS)
            yield from _lacking(plan, pages.client.where)
            yield from _without_transactions(plan, pages, now.date() - DAY)
    except JourneyError as error:
        yield from error.problems


def _blocked(fields: Fields, where: str) -> Iterator[Problem]:
    """GA4 answers with zeros where a role may not see money, without any error."""
    for reason, what in (("NO_REVENUE", "revenue"), ("NO_COST", "the cost of ads")):
        if any(reason in words for words in fields.blocked.values()):
            yield Problem(
                where, f"the role of the credentials hides {what}: GA4 would answer with "
                "zeros", f"a role that may see {what}; until then it stays empty",
                "Analytics, Admin, Property access management: open the service account "
                "and take away the data restrictions",
            )  # fmt: skip


def _lacking(plan: Plan, where: str) -> Iterator[Problem]:
    flags = ("field_missing", "field_incompatible", "report_unavailable")
    for remark in plan.remarks:
        if remark.flag in flags:
            lacks = f"the field {remark.words}" if remark.words else "its fields"
            yield Problem(
                where, f"report {remark.report} lacks {lacks}",
                "the fields of docs/connecting-ga4.md",
                "nothing, if those figures are not needed; else the Data API has changed",
            )  # fmt: skip


def _without_transactions(plan: Plan, pages: Pages, last: dt.date) -> Iterator[Problem]:
    """Purchases without an id can never be matched with the shop's orders."""
    for ask in plan.asks:
        if ask.report != "orders":
            continue
        ids = pages.fetch(ask, last - LOOKED_AT, last).frame["transaction_id"]
        named = ids.is_in(["", "(not set)"]).not_()
        if len(ids) and not named.any():
            yield Problem(
                pages.client.where, "purchases carry no transaction id",
                "transaction_id in the event purchase: the number or the id of the order",
                "set transaction_id where the shop sends the event, else no order finds "
                "its visit",
            )  # fmt: skip
