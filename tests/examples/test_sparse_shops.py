"""Shops that tell one thing only: every other figure says what it needs, never zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from journey import build, figures as published, settings, sync
from journey.answer import Answer
from journey.figures import Figures
from journey.home import Home

DAYS = [dt.date(2026, 9, 1) + dt.timedelta(n) for n in range(70)]
REPORTING = """
[reporting]
time_zone = "Europe/Warsaw"
currency = "PLN"
"""

SHOPS = {
    # orders without discounts, coupons, parcels, returns, or who bought
    "orders": (
        """
[[sources]]
name = "shop"
kind = "files"
currency = "PLN"
[[sources.tables]]
table = "sales_order"
path = "rows.csv"
columns = { order_id = "id", placed_at = "at", status = "'completed'", currency = "'PLN'", \
gross_total = "123", tax_total = "23" }
""",
        "id,at",
        [f"{n},{day}T1{n % 8}:00Z" for n, day in enumerate(DAYS * 3)],
    ),
    # visits without visitor, device, cart, checkout or search
    "visits": (
        """
[[sources]]
name = "web"
kind = "files"
[[sources.tables]]
table = "session"
path = "rows.csv"
columns = { session_key = "id", started_at = "at", channel_group = "'Direct'" }
""",
        "id,at",
        [f"{n},{day}T1{n % 8}:00Z" for n, day in enumerate(DAYS * 3)],
    ),
    # ready-made reports of visits by day
    "reports": (
        """
[[sources]]
name = "web"
kind = "files"
[[sources.tables]]
table = "web_daily"
path = "rows.csv"
columns = { report = "'sessions'", date = "day", time_zone = "'Europe/Warsaw'", \
sessions = "visits" }
""",
        "day,visits",
        [f"{day},40" for day in DAYS],
    ),
    # tickets without reason, sender, replies or solution
    "tickets": (
        """
[[sources]]
name = "desk"
kind = "files"
[[sources.tables]]
table = "ticket"
path = "rows.csv"
columns = { ticket_id = "id", created_at = "at", status = "'open'" }
""",
        "id,at",
        [f"{n},{day}T1{n % 8}:00Z" for n, day in enumerate(DAYS * 3)],
    ),
}

TOLD = {
    "orders": {
        "conversion/average_order", "conversion/median_order", "conversion/orders",
        "conversion/revenue", "awareness/known_source",
    },
    "visits": {"awareness/visits", "awareness/visits_by_day"},
    "reports": {"awareness/visits"},
    "tickets": {"support/contacts", "support/recognised_contacts"},
}  # fmt: skip
"""What each shop has figures of; everything else must say why not."""


@pytest.fixture(scope="module", params=list(SHOPS))
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Figures]]:
    source, head, rows = SHOPS[request.param]
    home = Home(tmp_path_factory.mktemp(request.param))
    (home.root / "journey.toml").write_text(REPORTING + source, "utf-8")
    (home.root / "rows.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
    found = settings.load(home)
    problems = [p for result in sync.sync(home, found) for p in result.problems]
    assert not problems, "\n".join(map(str, problems))
    build.build(home, found)
    yield request.param, published.figures(home)


def told(answer: Answer) -> str:
    """Return "absent", or the state and value of the figure."""
    assert answer.problem is None, str(answer.problem)
    if answer.measure is None:
        assert answer.absence, answer.name
        return "absent"
    now = answer.measure.now
    return now.state if now.value is None else f"{now.value:g}"


def test_what_was_never_told_says_what_it_needs(shop: tuple[str, Figures]) -> None:
    kind, figures = shop
    library = figures.library.queries.values()
    measures = [query.name for query in library if query.kind == "measure"]
    answers = {name: figures.glance(name) for name in measures}
    found = {name: told(answer) for name, answer in answers.items()}
    shown = {name: text for name, text in found.items() if text != "absent"}
    assert set(shown) == TOLD[kind] & set(measures), shown
    for answer in answers.values():
        if answer.absence:
            assert answer.absence.startswith(("needs ", "connect ")), answer.absence
