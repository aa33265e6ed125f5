"""What a shop says of its Request Tracker, and where that is reached."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from urllib.parse import quote

from journey.connector import Access, JourneyError, Problem, near, setting

API = "/REST/2.0"
TEAMS = ("queue", "owner")


@dataclass(frozen=True)
class Settings:
    url: str = setting(help="address of Request Tracker, as in the browser")
    token: str = setting(
        help="authentication token of a user who may see tickets", secret=True, default=""
    )
    user: str = setting(help="login, where there is no token", default="")
    password: str = setting(help="password of that login", secret=True, default="")
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    reason_field: str = setting(
        help="custom field that holds the reason; the queue without it", default=""
    )
    order_field: str = setting(help="custom field that holds the order number", default="")
    order_pattern: str = setting(
        help="regular expression whose first group is an order number in a subject",
        default="",
    )
    csat_field: str = setting(
        help="custom field that holds the customer's rating", default=""
    )
    csat_min: float = setting(help="worst rating of that field", default=1.0)
    csat_max: float = setting(help="best rating of that field", default=5.0)
    csat_values: dict[str, float] = setting(
        help="what the words of that field count as, where they are no numbers", default={}
    )
    channel: str = setting(
        help="channel of tickets that `channels` does not name", default="email"
    )
    channels: dict[str, str] = setting(
        help="channel by name of the queue or by login of who opens the tickets",
        default={},
    )
    team: str = setting(help="who counts as the team: queue or owner", default="queue")
    resolved: list[str] = setting(
        help="statuses in which a ticket is solved", default=["resolved"]
    )
    spam: list[str] = setting(
        help="queues and statuses whose tickets are no contacts of customers", default=[]
    )


def access(settings: Settings) -> Access:
    """Return where the REST interface answers, and as whom; raises JourneyError."""
    problems = list(faults(settings))
    if problems:
        raise JourneyError(*problems)
    url = settings.url.rstrip("/")
    url = url if url.endswith(API) else f"{url}{API}"
    if settings.token:
        return Access(url, headers={"Authorization": f"token {settings.token}"})
    return Access(url, basic=(settings.user, settings.password))


def faults(settings: Settings) -> list[Problem]:
    """Return what is wrong with the settings themselves."""
    found = []
    if not settings.token and not (settings.user and settings.password):
        found.append(Problem(
            "journey.toml, request_tracker", "neither token nor user and password",
            "one way to log in",
            'write token = "env:RT_TOKEN"; make it at Logged in as > Settings > '
            "Auth Tokens",
        ))  # fmt: skip
    if settings.team not in TEAMS:
        found.append(Problem(
            "journey.toml, request_tracker", f'team = "{settings.team}"',
            near(settings.team, TEAMS), 'write team = "queue" or team = "owner"',
        ))  # fmt: skip
    if not settings.csat_min < settings.csat_max:
        found.append(Problem(
            "journey.toml, request_tracker",
            f"csat_min = {settings.csat_min:g}, csat_max = {settings.csat_max:g}",
            "a worst rating below the best one", "correct csat_min and csat_max",
        ))  # fmt: skip
    return found + _pattern_faults(settings.order_pattern)


def _pattern_faults(pattern: str) -> list[Problem]:
    try:
        groups = re.compile(pattern).groups
        fault = "no group" if pattern and not groups else ""
    except re.error as error:
        fault = str(error)
    if not fault:
        return []
    return [Problem(
        "journey.toml, request_tracker", f"order_pattern: {fault}",
        "a regular expression with the order number in its first group",
        "write for instance order_pattern = 'order (?:no\\.? )?#?(\\d+)'",
    )]  # fmt: skip


def path_of_user(login: str) -> str:
    return f"user/{quote(login, safe='')}"
