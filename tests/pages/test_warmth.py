"""What visitors looked at lately is worked out again before newer figures are offered."""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from dataclasses import replace

import pytest

from journey import data
from journey.answer import Period
from journey.scope import Scope
from journey.ui import days, filters, warmth

LAST = dt.date(2026, 10, 28)
USUAL = Scope(Period(dt.date(2026, 10, 1), LAST))
PHONES = replace(USUAL, where=(("device", ("mobile",)),))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Scope]]:
    """Pages and scopes in the order in which they are worked out."""
    found: list[tuple[str, Scope]] = []
    monkeypatch.setattr(warmth, "_views", OrderedDict())
    monkeypatch.setattr(warmth, "_page", lambda page, scope: found.append((page, scope)))
    monkeypatch.setattr(days, "last_complete", lambda: LAST)
    monkeypatch.setattr(filters, "untouched", lambda through: USUAL)
    return found


def test_every_page_untouched_comes_first_and_then_what_was_looked_at_last(
    asked: list[tuple[str, Scope]],
) -> None:
    old = replace(PHONES, period=Period(dt.date(2026, 9, 30), dt.date(2026, 10, 27)))
    for page, scope in (("support", PHONES), ("conversion", PHONES), ("conversion", old)):
        warmth.looked(page, scope)
    warmth.looked("support", PHONES)
    warmth._warm()
    untouched = [entry.url_path for entry in warmth.ENTRIES]
    assert [page for page, scope in asked if scope == USUAL] == untouched
    assert asked[len(untouched) :] == [("support", PHONES), ("conversion", PHONES)]


def test_only_so_many_views_are_remembered_and_none_for_long(
    asked: list[tuple[str, Scope]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(warmth.VIEWS + 5):
        warmth.looked(str(number), PHONES)
    assert [page for page, _ in warmth._lately()][:1] == [str(warmth.VIEWS + 4)]
    assert len(warmth._lately()) == warmth.VIEWS
    monkeypatch.setattr(warmth, "RECENT", -1.0)
    assert warmth._lately() == []


@pytest.mark.usefixtures("in_sample_home")
def test_what_a_page_asks_is_kept_when_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    real = data.kept.answers.answer
    monkeypatch.setattr(
        data.kept.answers, "answer",
        lambda *given, **more: made.append(given[2]) or real(*given, **more),
    )  # fmt: skip
    through = days.last_complete()
    assert through is not None
    scope = replace(filters.untouched(through), where=(("device", ("tablet",)),))
    warmth._page("conversion", scope)
    assert made
    made.clear()
    warmth._page("conversion", scope)
    assert made == []
