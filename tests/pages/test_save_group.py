"""Save as a group: from a leak to a group of the filter, for those who may."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from journey import audit, kept
from journey.formats import Formats
from journey.home import Home, home
from journey.output.group_file import Group
from journey.query import load
from journey.ui.save_group import Count, told

from .test_pages import opened

SCRIPT = """
import datetime as dt
import streamlit as st
from journey.answer import Period
from journey.scope import Scope
from journey.ui import save_group
from journey.ui.target import Target
days = Period(dt.date(2026, 9, 20), dt.date(2026, 11, 16))
phones = (("device", "mobile"),)
target = Target("consideration/cart_to_detail", "Adding to the cart on phones", phones)
save_group.show(target, Scope(days))
"""


@pytest.fixture
def place(sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home of its own over the data of the sample shop."""
    (tmp_path / "data").mkdir()
    for name in ("current", "published", "status.json"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    return Home(tmp_path)


def dialog(may: bool) -> AppTest:
    roles = "[roles.lead]\nfollow_up = true\n[roles.team]\n"
    (home().root / "journey.toml").write_text(roles)
    at = AppTest.from_string(SCRIPT, default_timeout=60)
    at.user = {"is_logged_in": True, "groups": ["lead" if may else "team"]}
    return at.run()


def test_a_group_is_saved_audited_and_at_once_in_the_filter(place: Home) -> None:
    at = dialog(may=True)
    assert not at.exception
    said = " ".join(str(part.value) for part in at.caption)
    assert "visits stopped" in said and "known people are in the file" in said
    assert "step = 'cart'" in at.code[0].value and "$through" in at.code[0].value
    at.radio(key="group_days").set_value("fixed").run()
    assert "date '2026-11-16'" in at.code[0].value
    at.text_input(key="group_name").set_value("left_before_the_cart").run()
    at.button(key="group_save").click().run()
    assert not at.exception and not at.error
    (line,) = audit.read(place)
    assert (line["action"], line["list"]) == ("group", "segments/left_before_the_cart")
    assert line["count"] > 0 and line["scope"]["device"] == ["mobile"]
    assert "segments/left_before_the_cart" in load(place.queries).queries
    (place.root / "journey.toml").unlink()
    kept.disk.cache.clear()
    page = opened("drop_offs_page.py", segment="segments/left_before_the_cart")
    assert not page.exception
    assert page.selectbox(key="segment").value == "segments/left_before_the_cart"


def test_a_taken_name_is_refused_and_nothing_is_written(place: Home) -> None:
    at = dialog(may=True)
    at.text_input(key="group_name").set_value("promoters").run()
    at.button(key="group_save").click().run()
    assert not at.exception
    assert "there already" in at.error[0].value
    assert not (place.root / "queries").exists() and not audit.read(place)


def test_a_role_that_may_not_follow_up_downloads_and_saves_nothing(place: Home) -> None:
    at = dialog(may=False)
    assert not at.exception
    assert not [button for button in at.button if button.key == "group_save"]
    assert any("decides who saves" in part.value for part in at.caption)
    assert at.code and not (place.root / "queries").exists()


def test_strangers_are_told_and_few_people_are_not_counted() -> None:
    days = Group("conversion/payment_completion", "", (), None)  # type: ignore[arg-type]
    said = told(Count(1240, 310), days, Formats())
    assert said == (
        "1,240 visits stopped; 310 known people are in the file, strangers are not."
    )
    assert "would show nothing" in told(Count(None, None), days, Formats())
    agreed, few = Count(None, 38), Count(None, 40)
    assert "38" not in told(agreed, replace(days, consenting=True), Formats(), few)
    many = told(agreed, replace(days, consenting=True), Formats(), Count(None, 43))
    assert many.startswith("38 known people who stopped here agreed")
