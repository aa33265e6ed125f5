"""A shop that connects GA4's Data API and nothing else: figures, badges, every page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from journey.answer import Period
from journey.figures import published
from journey.figures.published import Figures
from journey.home import Home
from journey.output import export, printout
from tests.connectors.ga4_service import Ga4, serving
from tests.connectors.ga4_world import World
from tests.shops import fill

PROJECT = Path(__file__).resolve().parents[2]
PAGES = sorted((PROJECT / "pages").glob("*.py"))
SETTINGS = """
[reporting]
time_zone = "Europe/Warsaw"
currency = "PLN"
[[sources]]
name = "web"
kind = "ga4"
property = 123456789
api_endpoint = "{url}"
since = {since}
"""


@dataclass
class Shop:
    home: Home
    world: World
    figures: Figures

    @property
    def period(self) -> Period:
        return self.figures.scope.period

    def asked(self, query: str) -> list[Any]:
        cursor = self.figures.reader.cursor()
        try:
            return cursor.execute(query).fetchall()
        finally:
            cursor.close()


def says_that_traffic_is_sampled(request: Any, answer: Any) -> None:
    asked = [item.name for item in request.dimensions]
    if "newVsReturning" in asked and "eventName" not in asked:
        answer.metadata.sampling_metadatas = [
            {"samples_read_count": 30, "sampling_space_size": 40}
        ]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    today = dt.datetime.now(dt.UTC).date()
    world = World(today, days=62, visits_a_day=20)
    ga4 = Ga4(world, edit=says_that_traffic_is_sampled)
    home = Home(tmp_path_factory.mktemp("ga4"))
    with serving(ga4, "grpc") as url:
        text = SETTINGS.format(url=url, since=today - dt.timedelta(60))
        (home.root / "journey.toml").write_text(text, "utf-8")
        fill(home)
    yield Shop(home, world, published.figures(home))


def value(shop: Shop, name: str) -> Any:
    answer = shop.figures.glance(name)
    assert answer.measure is not None, answer.absence or answer.problem
    return answer.measure.now


def test_figures_of_visits_are_those_of_the_property(shop: Shop) -> None:
    days = shop.period.first, shop.period.last
    visits = shop.world.total("sessions", *days)
    assert value(shop, "awareness/visits").value == visits
    viewed = value(shop, "consideration/product_view_rate")
    assert (viewed.numerator, viewed.denominator) == (
        shop.world.total("sessions", *days, "view_item"), visits
    )  # fmt: skip
    seen = value(shop, "conversion/revenue_seen")
    assert seen.value == pytest.approx(float(shop.world.total("purchaseRevenue", *days)))
    people = value(shop, "awareness/visitors_reported")
    assert people.value == shop.world.total("activeUsers", *days)
    cost = value(shop, "awareness/cost_per_visit")
    assert cost.numerator == pytest.approx(
        float(shop.world.total("advertiserAdCost", *days))
    )


def test_visits_split_by_every_segment_of_the_reports(shop: Shop) -> None:
    splits = set(shop.figures.splits("conversion/checkout_completion"))
    assert {"channel", "device", "country", "visitor_type"} <= splits


@pytest.mark.parametrize(
    "name, key, column, metric",
    [
        ("awareness/sources", "source_medium", "visits", "sessions"),
        ("awareness/landing_pages", "landing_page", "visits", "sessions"),
        ("awareness/campaigns", "campaign", "cost", "advertiserAdCost"),
        ("consideration/products", None, None, None),
    ],
)
def test_tables_of_sources_pages_campaigns_and_products_have_rows(
    shop: Shop, name: str, key: str, column: str, metric: str
) -> None:
    answer = shop.figures.answer(name)
    assert answer.frame is not None, answer.absence or answer.problem
    assert len(answer.frame) > 0
    if key:
        assert answer.frame[key].null_count() == 0
        truth = shop.world.total(metric, shop.period.first, shop.period.last)
        assert float(answer.frame[column].sum()) == pytest.approx(float(truth))


@pytest.mark.parametrize("name", ["consideration/products", "consideration/categories"])
def test_what_ga4_says_of_products_is_nowhere_called_the_shops(
    shop: Shop, name: str
) -> None:
    found, query = shop.figures.answer(name), shop.figures.library.queries[name]
    assert found.frame is not None, found.absence or found.problem
    days = shop.period.first, shop.period.last
    assert found.frame["revenue_seen"].sum() == pytest.approx(
        float(shop.world.total("itemRevenue", *days))
    )
    assert found.frame["bought_seen"].sum() == shop.world.total("itemsPurchased", *days)
    assert "Columns are left out that need order lines" in " ".join(found.notes)
    seen = "Revenue seen by web analytics"
    zone, formats = shop.figures.settings.reporting.time_zone, shop.figures.formats
    heads = printout.grid(found.frame, query, formats, zone).labels
    labels, _ = export.named(found, found.frame, query)
    told = (*heads, *labels.values())
    assert told.count(seen) == 2 and not {"Revenue, net", "Orders"} & {*told}
    csv = export.to_bytes(found, "csv", formats).decode("utf-8-sig").splitlines()[0]
    assert "revenue_seen" in csv and "revenue" not in csv.replace("revenue_seen", "")


def test_what_ga4_says_against_its_data_stands_on_the_figures_made_of_it(
    shop: Shop,
) -> None:
    visits = shop.figures.glance("awareness/visits")
    badges = {badge.text: badge.help for badge in visits.badges}
    assert "sampled" in badges and "Estimated from a sample (web" in badges["sampled"]
    assert "(not set)" in badges
    told = export.as_dict(visits)["badges"]
    assert {"text": "sampled", "help": badges["sampled"]} in told
    pages = shop.figures.answer("awareness/landing_pages")
    assert "sampled" not in {badge.text for badge in pages.badges}
    rows = shop.asked("select distinct table_name, badge from published.remarks")
    assert ("traffic", "sampled") in rows and ("landing_pages", "sampled") not in rows


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_renders(
    shop: Shop, page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOURNEY_HOME", str(shop.home.root))
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60).run()
    at.switch_page(f"pages/{page.name}").run()
    assert not at.exception
    assert not at.error, [problem.value for problem in at.error]
    said = " ".join(str(one.value) for one in [*at.markdown, *at.caption, *at.info])
    drawn = " ".join(one.proto.json for one in at.get("bidi_component"))
    said = said.replace("None of", "")
    assert "nan" not in said.lower().replace("finan", "") and "None" not in said
    if page.stem in ("journey_page", "awareness_page"):
        assert "Estimated from a sample" in drawn
    if page.stem == "retention_page":
        sentence = r"Who comes back is in your orders\. Connect your shop, which lights \d+"
        assert re.search(sentence, said.replace("\\", ""))
