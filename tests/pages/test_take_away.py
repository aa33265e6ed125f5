"""What a file says of its page, and that nothing is taken before it is written down."""

from __future__ import annotations

import datetime as dt
import errno
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from journey import access, audit, data
from journey.answer import Period
from journey.home import Home
from journey.scope import Scope
from journey.ui import address, component, take_away

DAYS = Period(dt.date(2026, 10, 20), dt.date(2026, 11, 16))
SCOPE = Scope(DAYS, DAYS.before(), (("device", ("mobile", "tablet")),))
NOW = dt.datetime(2026, 11, 17, 9, 5, tzinfo=dt.UTC)


@pytest.fixture
def session(
    in_sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """A visitor on Conversion, without a browser."""
    state: dict[str, Any] = {take_away.KEY: type("Click", (), {"take": "html"})()}
    home = Home(tmp_path)
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(data, "home", lambda: home)
    monkeypatch.setattr(address, "page", lambda: "conversion")
    monkeypatch.setattr(address, "base", lambda: "https://dashboard.shop.example")
    monkeypatch.setattr(
        address, "held", lambda key: ("conversion/orders",) * (key == "open")
    )
    return state


@pytest.mark.usefixtures("session")
def test_a_file_says_title_scope_age_and_the_way_back(in_sample_home: Home) -> None:
    told = take_away.about("Drop-offs & more", SCOPE, NOW)
    assert told["name"] == "drop-offs-more-2026-11-16"
    assert told["lines"][0] == (
        "Drop-offs & more · 20 Oct – 16 Nov 2026 against the 28\xa0days before"
        " · Device: Phones, Tablets"
    )
    assert "taken 17 Nov 2026, 10:05" in told["lines"][1]
    assert told["link"].startswith(
        "https://dashboard.shop.example/conversion?from=2026-10-20&to=2026-11-16"
    )
    assert "device=mobile&device=tablet" in told["link"]
    assert "open=conversion%2Forders" in told["link"] and "share=" not in told["link"]


def test_a_page_is_written_down_before_it_is_taken(session: dict[str, Any]) -> None:
    take_away._allow("Conversion", SCOPE)
    (line,) = audit.read(data.home())
    assert (line["action"], line["list"], line["kind"]) == (
        "export", "page Conversion", "html",
    )  # fmt: skip
    assert line["scope"]["device"] == ["mobile", "tablet"]
    granted = session[take_away.GRANTED]
    assert granted["kind"] == "html" and "@media print" in granted["print"]


def test_nothing_is_taken_that_cannot_be_written_down(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(take_away.trail, "record", full)
    take_away._allow("Conversion", SCOPE)
    assert take_away.GRANTED not in session
    assert "no space left" in session[take_away.REFUSED]


def test_nothing_is_taken_by_who_is_signed_out(
    session: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "reader", lambda: access.NOBODY)
    take_away._allow("Conversion", SCOPE)
    assert take_away.GRANTED not in session and "signed out" in session[take_away.REFUSED]
    assert audit.read(data.home()) == []


def test_what_goes_into_the_file_asks_for_nothing() -> None:
    for name in ("taken", "taken_print"):
        css = (component.PARTS / f"{name}.css").read_text("utf-8")
        assert "url(" not in css and "@import" not in css and "</" not in css
