"""GA4 over its Data API: reports by day, users of exact periods, purchases, cost of ads.

The official client is imported only when something is read: it takes over a second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from journey.connector import Batch, Guide, Http, Problem, Since, setting

TABLES = ("web_daily", "web_people", "web_order", "campaign_daily")


@dataclass(frozen=True)
class Settings:
    property: str | int = setting(help="number of the property, like 123456789")
    credentials: str = setting(
        help="key file of the service account, relative to journey.toml; without it the "
        "application default credentials of this machine",
        default="",
    )
    since: dt.date | None = setting(
        help="first day wanted; two years back without it", default=None
    )
    ad_cost: bool = setting(
        help="false where the platforms of ads are sources themselves", default=True
    )
    transport: str = setting(
        help='"grpc", or "rest" where a network lets only HTTPS pass', default="grpc"
    )
    api_endpoint: str = setting(
        help="host of the Data API; Google's without it", default=""
    )


GUIDE = Guide(
    title="Google Analytics 4",
    steps=(
        "Google Cloud: choose a project; APIs and services, Library, Google Analytics Data "
        "API, Enable",
        "IAM and admin, Service accounts: create one, without roles; Keys, Add key, JSON; "
        "put the file beside journey.toml, readable by you only",
        "Analytics, Admin, Property access management: add the e-mail address of the "
        "service account as Viewer, without the restrictions on cost and revenue",
        "Analytics, Admin, Property details: copy the PROPERTY ID, a number",
    ),
    name="ga4",
    example='property = "123456789"\ncredentials = "ga4-key.json"',
)


def read(table: str, since: Since, settings: Settings, http: Http) -> Iterator[Batch]:
    """Yield reports with the purchases and the cost of ads of their days, then users.

    Purchases and costs come along with the reports, so that their days agree.
    """
    from connectors.ga4 import reading

    now = dt.datetime.now(dt.UTC)
    if table == "web_daily":
        yield from reading.read_days(since, settings, now)
    elif table == "web_people":
        yield from reading.read_people(since, settings, now)


def check(settings: Settings, http: Http) -> Iterator[Problem]:
    """Yield what doctor says before it reads."""
    from connectors.ga4 import checks

    yield from checks.problems(settings, dt.datetime.now(dt.UTC))
