"""Notes on screen: beside trends and changes, added only by roles that may follow up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.answer import Answer, Estimate, Measure, Period, Point
from journey.days import notes
from journey.days.notes import Note
from journey.home import Home
from journey.scope import Scope
from journey.ui import noted
from tests.pages.test_pages import PROJECT, components, texts

LAST = dt.date(2026, 11, 16)
DAYS = Period(LAST - dt.timedelta(27), LAST)
NOW = dt.datetime(2026, 11, 17, tzinfo=dt.UTC)
HOSTILE = "<img src=x onerror=alert(1)> **bold** [a](http://x) :red[b] $x$"


@pytest.fixture
def place(
    sample_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Home]:
    """A home of its own that shows the published sample."""
    (tmp_path / "data").mkdir()
    for name in ("published", "current"):
        (tmp_path / "data" / name).symlink_to(sample_home.data / name)
    monkeypatch.setenv("JOURNEY_HOME", str(tmp_path))
    yield Home(tmp_path)


def page(role: str = "") -> AppTest:
    at = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    if role:
        at.user = {"is_logged_in": True, "groups": [role], "email": "lead@shop.example"}
    at.query_params["query"] = "conversion/payment_completion"
    return at.run().switch_page("pages/queries_page.py").run()


def add(at: AppTest, text: str) -> None:
    next(t for t in at.text_input if t.label == "What happened").set_value(text)
    next(b for b in at.button if b.label == "Add").click().run()


def answered(stage: str = "conversion") -> Answer:
    trend = tuple(Point(day, Estimate(0.5)) for day in DAYS.dates)
    return Answer(f"{stage}/x", DAYS, measure=Measure(Estimate(0.5), trend=trend))


def test_the_drawer_takes_a_note_and_holds_its_figure_against_other_days(
    place: Home,
) -> None:
    at = page()
    assert not at.exception
    held_against(at)
    add(at, "ask anna@shop.example")
    assert "e\\-mail" in at.error[0].value
    assert notes.known(place, sample=True).all == ()
    add(at, HOSTILE)
    (note,) = notes.known(place, sample=True).all
    assert note.text == HOSTILE and note.first == note.last == LAST
    shown = next(c.value for c in at.caption if "onerror" in c.value)
    assert "\\*\\*bold\\*\\*" in shown and "\\[a\\]" in shown and "\\<img" in shown
    at.button(key=f"note_{note.id}").click().run()
    assert notes.known(place, sample=True).all == ()


def test_a_role_that_may_not_follow_up_reads_notes_and_writes_none(place: Home) -> None:
    (place.root / "journey.toml").write_text(
        "[roles.lead]\nfollow_up = true\n[roles.care]\n"
    )
    notes.write(place, Note("Release", LAST, LAST), NOW, sample=True)
    lead, care = page("lead"), page("care")
    assert any(b.label == "Add" for b in lead.button)
    assert not any(b.label == "Add" for b in care.button)
    assert not any(str(b.key).startswith("note_") for b in care.button)
    assert "Release" in texts(lead) and "Release" in texts(care)


def test_a_forged_request_of_such_a_role_writes_nothing(
    place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(st, "session_state", {"follow_up": False})
    noted._write(Note("Release", LAST, LAST))
    assert not (place.app / "notes.ndjson").exists()


def test_a_trend_carries_notes_and_lighter_the_calendar(
    place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    desktop = (("device", ("desktop",)),)
    for text, where, stage in (
        ("Release", (), ""), ("Outage", desktop, ""), ("Survey", (), "support"),
    ):  # fmt: skip
        notes.write(place, Note(text, LAST, LAST, where, stage), NOW, sample=True)

    def named(scope: Scope, stage: str = "conversion") -> list[str]:
        marks = noted.marks(f"{stage}/x", scope, answered(stage))
        return [mark.label for mark in marks if not mark.quiet]

    everybody = Scope(DAYS)
    assert named(everybody) == ["Outage", "Release"]
    assert named(everybody, "support") == ["Outage", "Release", "Survey"]
    assert named(everybody.with_("device", "mobile")) == ["Release"]
    quiet = [m.label for m in noted.marks("a/b", everybody, answered()) if m.quiet]
    assert quiet == ["All Saints' Day", "National Independence Day"]
    assert noted.marks("a/b", everybody, Answer("a/b", DAYS, absence="no")) == ()


def test_a_change_is_told_with_the_notes_near_it(place: Home) -> None:
    notes.write(place, Note("Release", LAST, LAST), NOW, sample=True)
    (told,) = noted.told(LAST + dt.timedelta(2))
    assert told.replace("\u00a0", " ") == "2 days after: ‘Release’ (16 Nov)"
    (told,) = noted.told(LAST + dt.timedelta(4))
    assert told.replace("\u00a0", " ") == "3 days before: ‘Black Week’ (23 Nov)"
    assert noted.told(LAST - dt.timedelta(4)) == [], "a holiday is no reason to name"
    assert noted.told(None) == []


def held_against(at: AppTest) -> None:
    found: list[dict[str, Any]] = [c for c in components(at) if "columns" in c]
    (table,) = [t for t in found if t["columns"][0]["label"] == "Against"]
    named = [row[0] for row in table["rows"]]
    assert named == ["The days before", "Last year, same weekdays", "All Saints' Day 2025"]
    assert [row[-1] for row in table["rows"]] == ["28 of 28"] * 3
