"""Shops that tell one thing only: every other figure says what it needs, never zero."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from journey.answer import Answer
from journey.figures import published
from journey.figures.published import Figures
from journey.home import Home
from tests.shops import fill

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted((PROJECT / "pages").glob("*.py"))
HOMES: dict[str, Path] = {}
"""Where each shop lies."""
DAYS = [dt.date(2026, 9, 1) + dt.timedelta(n) for n in range(70)]
REPORTING = """
[reporting]
time_zone = "Europe/Warsaw"
currency = "PLN"
"""


def table(name: str, file: str, columns: str) -> str:
    return f"""
[[sources]]
name = "{name}"
kind = "files"
currency = "PLN"
[[sources.tables]]
table = "{name}"
path = "{file}"
columns = {{ {columns} }}
"""


ORDERS = table(
    "sales_order", "orders.csv",
    "order_id = \"id\", placed_at = \"at\", status = \"'completed'\", "
    "currency = \"'PLN'\", gross_total = \"123\", tax_total = \"23\"",
)  # fmt: skip
VISITS = table(
    "session", "visits.csv",
    "session_key = \"id\", started_at = \"at\", channel_group = \"'Direct'\"",
)  # fmt: skip
REPORTS = table(
    "web_daily", "reports.csv",
    "report = \"'sessions'\", date = \"at\", time_zone = \"'Europe/Warsaw'\", "
    "sessions = \"40\"",
)  # fmt: skip
TICKETS = table(
    "ticket", "tickets.csv",
    "ticket_id = \"id\", created_at = \"at\", status = \"'open'\"",
)  # fmt: skip
LAST = DAYS[-1:]

SHOPS = {
    # orders without discounts, coupons, parcels, returns, or who bought
    "orders": (ORDERS, {"orders": DAYS * 3}),
    # visits without visitor, device, cart, checkout or search
    "visits": (VISITS, {"visits": DAYS * 3}),
    # ready-made reports of visits by day
    "reports": (REPORTS, {"reports": DAYS}),
    # tickets without reason, sender, replies or solution
    "tickets": (TICKETS, {"tickets": DAYS * 3}),
    "one order": (ORDERS, {"orders": LAST}),
    "one day": (
        ORDERS + VISITS + TICKETS,
        {"orders": LAST * 40, "visits": LAST * 400, "tickets": LAST * 9},
    ),
}

TOLD = {
    "orders": {
        "conversion/average_order", "conversion/median_order", "conversion/orders",
        "conversion/revenue",
    },
    "visits": {"awareness/visits", "awareness/visits_by_day"},
    "reports": {"awareness/visits"},
    "tickets": {"support/contacts", "support/recognised_contacts"},
}  # fmt: skip
TOLD["one order"] = TOLD["orders"]
TOLD["one day"] = {
    *TOLD["orders"], *TOLD["visits"], *TOLD["tickets"], "awareness/coverage",
    "conversion/conversion_rate", "conversion/revenue_per_visit",
    "support/contacts_per_100_orders",
}  # fmt: skip
"""What each shop has figures of; everything else must say why not."""


@pytest.fixture(scope="module", params=list(SHOPS))
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Figures]]:
    sources, files = SHOPS[request.param]
    home = Home(tmp_path_factory.mktemp(request.param.replace(" ", "_")))
    (home.root / "journey.toml").write_text(REPORTING + sources, "utf-8")
    for name, days in files.items():
        hour = "" if name == "reports" else "T1{}:00Z"
        rows = [f"{n},{day}{hour.format(n % 8)}" for n, day in enumerate(days)]
        (home.root / f"{name}.csv").write_text("\n".join(["id,at", *rows, ""]), "utf-8")
    fill(home)
    HOMES[request.param] = home.root
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


@pytest.mark.parametrize("shop", ["one day"], indirect=True)
def test_a_column_that_one_side_never_tells_makes_no_zero(
    shop: tuple[str, Figures],
) -> None:
    """Visits tell their channel and orders do not: by channel nobody would buy."""
    _, figures = shop
    assert "channel" in figures.splits("awareness/visits")
    assert "channel" not in figures.splits("conversion/conversion_rate")
    direct = figures.scope.with_("channel", "Direct")
    answer = figures.glance("conversion/conversion_rate", direct)
    assert answer.absence == "orders carry no channel"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_says_something_useful(
    shop: tuple[str, Figures], page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(HOMES[shop[0]]))
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    at.switch_page(f"pages/{page.name}").run()
    assert not at.exception
    assert not at.error, [problem.value for problem in at.error]
    parts = [str(one.value) for one in [*at.markdown, *at.caption, *at.info]]
    parts += [one.proto.json for one in at.get("bidi_component")]
    said = " ".join(parts)
    assert len(said) > 300, "a page of a bare shop still says what it needs"
    assert "nan" not in said.lower().replace("finan", "") and "None" not in said


def test_a_helpdesk_that_tells_no_replies_left_nobody_unanswered(
    shop: tuple[str, Figures],
) -> None:
    kind, figures = shop
    if kind != "tickets":
        return
    rows = figures.answer("support/waits_by_channel").frame
    assert rows is not None
    assert rows["never_answered"].to_list() == [None]
