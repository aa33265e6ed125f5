"""The menu of a card: made when it is opened, its file when it is clicked."""

from __future__ import annotations

import csv
import io
from typing import Any

import polars as pl
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from journey import audit
from journey.home import Home
from journey.output import painter
from journey.ui import downloads

NAMES = ("conversion/steps", "conversion/payment_methods", "conversion/checkout_completion")


def menus() -> None:
    import streamlit as st

    from journey import data
    from journey.scope import USUAL
    from journey.ui import days, downloads, trail

    data.begin()
    through = days.last_complete()
    assert through is not None
    period = days.usual(through)
    scope = data.unfiltered(period, period.before())
    scope = type(scope)(period, period.before(), USUAL, usual=USUAL)
    st.session_state["cards"] = {}
    for name in ("conversion/steps", "conversion/payment_methods",
                 "conversion/checkout_completion"):  # fmt: skip
        answer, query = data.answer(name, scope), data.query(name)
        assert query is not None
        downloads.draw(name, answer, scope, "test")
        card = downloads._card(answer, scope, query, None)
        st.session_state["cards"][name] = card
    st.session_state["taken"] = trail.export("conversion/steps", scope, "csv")


@pytest.fixture(scope="module")
def drawn(sample_home: Home) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JOURNEY_HOME", str(sample_home.root))
        at = AppTest.from_function(menus, default_timeout=60).run()
        assert not at.exception
        yield at
    painter._painter.child.stop()


def test_a_menu_that_nobody_opened_has_nothing_in_it(drawn: AppTest) -> None:
    assert not drawn.get("download_button")
    assert [one.proto.popover.label for one in drawn.get("popover")] == ["Download"] * 3


def test_an_open_menu_offers_every_kind_of_file(drawn: AppTest) -> None:
    drawn.session_state["downloads_test_conversion/steps"] = True
    found = drawn.run().get("download_button")
    assert [button.proto.label for button in found] == [
        "CSV", "Excel", "Parquet", "Picture (PNG)", "Picture (SVG)",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_card_is_every_kind_of_file(name: str, drawn: AppTest) -> None:
    card: downloads.Card = drawn.session_state["cards"][name]
    files = {kind: card.file(kind) for kind in downloads.KINDS}
    (first, *_) = csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig")))
    assert first["about_title"] == card.query.title
    assert "Own shop" in first["about_scope"]
    assert "Sample shop, invented data." in first["about_coverage"]
    assert first["about_as_of"].startswith("Data to ")
    assert pl.read_excel(io.BytesIO(files["xlsx"])).height > 1
    told = pl.read_parquet_metadata(io.BytesIO(files["parquet"]))
    assert told["journey.file"] == f"queries/{name}.sql"
    assert Image.open(io.BytesIO(files["png"])).width >= 1920
    picture = files["svg"].decode()
    assert card.query.title in picture and "@font-face" in picture
    assert card.about.file_name("csv").startswith("journey_")


def test_a_measure_is_told_against_other_days_as_in_its_drawer(drawn: AppTest) -> None:
    card: downloads.Card = drawn.session_state["cards"]["conversion/checkout_completion"]
    keys = [row.key for row in card.against()]
    assert keys[:2] == ["previous", "year"]
    assert "%" in card.picture()


def test_figures_of_visits_say_how_many_orders_web_analytics_saw(drawn: AppTest) -> None:
    cards = drawn.session_state["cards"]
    seen = "Web analytics saw "
    assert any(seen in line for line in cards["conversion/steps"].about.coverage)
    orders = cards["conversion/payment_methods"]
    assert "traffic" not in orders.answer.reads
    assert not any(seen in line for line in orders.about.coverage)


def test_a_chart_is_compared_and_a_table_is_not(drawn: AppTest) -> None:
    cards = drawn.session_state["cards"]
    assert cards["conversion/steps"].about.compared.startswith("against ")
    assert cards["conversion/steps"].before() is not None
    assert cards["conversion/payment_methods"].about.compared == ""


def test_every_file_is_written_down(sample_home: Home, drawn: AppTest) -> None:
    before = len(audit.read(sample_home))
    drawn.session_state["taken"].write(6)
    lines = audit.read(sample_home)[before:]
    assert [(one["action"], one["list"], one["kind"], one["count"]) for one in lines] == [
        ("export", "conversion/steps", "csv", 6)
    ]
