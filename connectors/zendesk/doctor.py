"""What doctor asks of a Zendesk account before anything is read."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.zendesk import names, tickets
from journey.connector import Http, JourneyError, Problem

ME = "/api/v2/users/me.json"


def check(settings: names.Chosen, http: Http, start: int) -> Iterator[Problem]:
    """Yield who the token belongs to, whether tickets come, and fields nobody knows."""
    user = (http.get(ME).json or {}).get("user") or {}
    if not user.get("id"):
        yield _anonymous()
        return
    role = user.get("role")
    if role != "admin":
        yield _powerless(str(role or "no role"))
        if role != "agent":
            return
    try:
        yield from _tickets(http, start)
        names.fields(http, settings)
    except JourneyError as error:
        yield from error.problems


def _tickets(http: Http, start: int) -> Iterator[Problem]:
    params = {"start_time": start, "include": "metric_sets,users", "per_page": 10}
    answer = http.get(tickets.PATH, params).json
    found = answer.get("tickets") or []
    if not found:
        yield Problem(
            f"Zendesk, {tickets.PATH}", "no tickets at all",
            "the tickets of the account",
            "check that url is the account where customers write to, that since lies in "
            "the past, and that the person may see all tickets, not only their own",
        )  # fmt: skip
    elif not answer.get("metric_sets") and not any(
        ticket.get("metric_set") or ticket.get("metric_sets") for ticket in found
    ):
        yield Problem(
            f"Zendesk, {tickets.PATH}", "tickets come without their metrics",
            "metric_sets: times to reply and to solve, replies, reopenings",
            "take a plan with metrics; until then times to reply stay unknown, and "
            "replies and transfers come from the events of tickets alone",
        )  # fmt: skip


def _anonymous() -> Problem:
    return Problem(
        f"Zendesk, {ME}", "Zendesk takes the call for a visitor's",
        "an administrator",
        "check email and token; a proxy may have removed the header Authorization",
    )  # fmt: skip


def _powerless(role: str) -> Problem:
    return Problem(
        f"Zendesk, {ME}", f"the token belongs to a person with the role {role}",
        "an administrator; others export no tickets, or only their own",
        "in Zendesk: Admin Center, People, Team members: choose an administrator, and put "
        "that address into email, with a token",
    )  # fmt: skip
