"""Calls of Zendesk Talk, where the plan has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from connectors.zendesk import calls, words
from journey.connector import Batch, Http, JourneyError, Since, moment

Row = calls.Row


def read(since: Since, http: Http) -> Iterator[Batch]:
    """Yield the calls of customers; a call that became a ticket names it."""
    try:
        yield from calls.by_time(http, words.CALLS, "calls", since, {}, _happened, _rows)
    except JourneyError as error:
        if not words.not_given(error):
            raise
        yield calls.missing(since, "calls: Zendesk Talk")


def _happened(call: Row) -> dt.datetime:
    return moment(call.get("updated_at") or call["created_at"])


def _rows(found: list[Row]) -> list[dict[str, Any]]:
    return [_row(call) for call in found if call.get("direction") != "outbound"]


def _row(call: Row) -> dict[str, Any]:
    status = str(call.get("completion_status") or "")
    started = moment(call["created_at"])
    ended = started + dt.timedelta(seconds=float(call.get("duration") or 0))
    ticket, customer = call.get("ticket_id"), call.get("customer_id")
    wait = call.get("wait_time")
    return {
        "conversation_id": str(call["id"]),
        "ticket_id": str(ticket) if ticket else None,
        "customer_id": str(customer) if customer and customer > 0 else None,
        "kind": "call",
        "channel": "phone",
        "started_at": call["created_at"],
        "ended_at": ended,
        "wait_seconds": call.get("time_to_answer") if wait is None else wait,
        "talk_seconds": call.get("talk_time"),
        "answered": status == "completed",
        "abandoned": status.startswith("abandoned"),
        "handed_over": False,
        "updated_at": call.get("updated_at"),
    }
