"""The Drop-offs page: ranked lines, one stage at a time, groups too small to judge."""

from __future__ import annotations

import datetime as dt

import pytest

from journey.access import EVERYBODY, NOBODY
from journey.answer import Estimate
from journey.findings.dropoff import Leak, Step, Thin
from journey.formats import Formats
from journey.scope import NOT_SET
from journey.ui import actions
from journey.ui.drop_offs import SHOWN, is_told, line, of_stage, small

from .test_pages import components, opened

FORMATS = Formats("en-GB", "PLN")
PAYMENT = Step("conversion/payment_completion", "Payment", "conversion", 100.0)
VIEWS = Step("consideration/product_view_rate", "Product views", "awareness", 2.0)
OWN = Step("conversion/made_up", "A step of the team", "conversion", None)


def leak(step: Step) -> Leak:
    return Leak(
        step, (("device", "mobile"),), "worse", Estimate(0.51), Estimate(0.62),
        (190.0, 120.0, 260.0), 0.001, dt.date(2026, 10, 29),
    )  # fmt: skip


def test_a_line_has_its_rank_its_money_and_what_can_be_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(actions.data, "formats", lambda: FORMATS)
    monkeypatch.setattr(actions.data, "reader", lambda: EVERYBODY)
    row = line(leak(PAYMENT), 3, FORMATS)
    assert row["rank"] == 3 and "Payment on phones" in row["title"]
    assert "62% → 51% since 29 Oct" in row["text"].replace("\xa0", " ")
    assert row["amount"].startswith("about 19,000") and "12,000 to 26,000" in row["spread"]
    offered = [action for action, _ in row["actions"]]
    assert offered == ["see_who", "instead", "save", "copy", "follow_up"]
    own = line(leak(OWN), 1, FORMATS)
    assert [action for action, _ in own["actions"]] == ["copy", "follow_up"]
    monkeypatch.setattr(actions.data, "reader", lambda: NOBODY)
    reads = line(leak(PAYMENT), 1, FORMATS)
    assert "follow_up" not in [action for action, _ in reads["actions"]]


def test_one_stage_is_listed_or_all() -> None:
    leaks = [leak(PAYMENT), leak(VIEWS)]
    assert of_stage(leaks, None) == leaks
    assert of_stage(leaks, "awareness") == [leaks[1]]


def thin(value: str | None, units: int, ready: dt.date | None) -> Thin:
    return Thin(PAYMENT, (("channel", value),), units, 30 - units, ready)


def test_small_groups_say_what_they_lack_and_few_people_are_not_counted() -> None:
    found = [
        thin("Display", 3, dt.date(2026, 12, 1)),
        thin("Email", 18, dt.date(2026, 12, 3)),
        thin("SMS", 29, dt.date(2026, 11, 22)),
    ]
    rows = small(found, FORMATS).rows()
    assert rows == [
        ("Payment from SMS", 29, 1, dt.date(2026, 11, 22)),
        ("Payment from Email", 18, 12, dt.date(2026, 12, 3)),
        ("Payment from Display", None, None, None),
    ]
    assert is_told(found[0])
    assert not is_told(thin(NOT_SET, 9, None))
    assert not is_told(thin(None, 9, None))


@pytest.mark.usefixtures("in_sample_home")
def test_the_lists_stand_below_each_other_and_rank_their_lines() -> None:
    at = opened("drop_offs_page.py")
    assert not at.exception
    lists = [found for found in components(at) if found.get("ranked")]
    assert [found["title"] for found in lists] == ["Worse than before", "Always low"]
    for found in lists:
        ranks = [row["rank"] for row in found["rows"]]
        assert ranks == list(range(1, len(ranks) + 1)) and len(ranks) <= SHOWN
