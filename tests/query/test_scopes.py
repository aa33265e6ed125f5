"""Scopes: one value per question, in the URL and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import duckdb
import pytest

from journey import scope as scopes
from journey.answer import Period
from journey.figures.answers import default_scope
from journey.problem import JourneyError
from journey.scope import SEGMENTS, Scope
from journey.settings import Settings

PERIOD = Period(dt.date(2026, 10, 1), dt.date(2026, 10, 28))
DEFAULT = Scope(PERIOD, PERIOD.before(), policy=(("country", ("PL",)),))


def test_equal_scopes_are_one_key_however_they_are_written() -> None:
    a = Scope(PERIOD, where=(("device", ("tablet", "mobile")), ("country", ("PL",))))
    b = Scope(
        PERIOD, where=(("country", ("PL",)), ("device", ("mobile", "tablet", "mobile")))
    )
    assert a == b
    assert hash(a) == hash(b)


def test_a_usual_choice_is_forgotten_once_the_reader_chooses() -> None:
    usual = (("sales_channel", ("own_shop",)),)
    default = Scope(PERIOD, where=usual, usual=usual)
    assert scopes.parse({"device": ["mobile"]}, default).usual == usual
    for values in (["own_shop"], ["phone"], ["all"]):
        assert scopes.parse({"sales_channel": values}, default).usual == ()
    assert default.fitting({"device"}).where == ()
    assert default.fitting({"sales_channel"}) == default
    chosen = default.with_("sales_channel", "own_shop")
    assert chosen.fitting({"device"}).where == usual


def test_an_untouched_scope_leaves_no_parameter() -> None:
    assert scopes.format(DEFAULT, DEFAULT) == {}
    assert scopes.parse({}, DEFAULT) == DEFAULT


@pytest.mark.parametrize(
    "params",
    [
        {"device": ["mobile", "tablet"]},
        {"from": ["2026-09-01"], "to": ["2026-09-30"]},
        {"compare": ["year"]},
        {"compare": ["none"]},
        {"compare": ["2026-01-01"]},
        {"segment": ["segments/promoters"], "country": ["(not set)", "O'Neil & Söhne=1"]},
    ],
)
def test_a_scope_survives_the_url(params: dict[str, Sequence[str]]) -> None:
    asked = scopes.parse(params, DEFAULT)
    assert scopes.parse(scopes.format(asked, DEFAULT), DEFAULT) == asked
    assert asked.policy == DEFAULT.policy


def test_an_event_survives_the_url_and_keeps_its_name_on_days_of_the_year_before() -> None:
    week = {"from": ["2026-11-23"], "to": ["2026-11-30"], "compare": ["black-week"]}
    asked = scopes.parse(week, DEFAULT)
    assert asked.comparison == Period(dt.date(2025, 11, 24), dt.date(2025, 12, 1))
    assert asked.comparison == asked.period.year_before()
    written = scopes.format(asked, DEFAULT)
    assert written == week
    again = scopes.parse(written, DEFAULT)
    assert again == asked and again.event == asked.event
    assert scopes.parse(week | {"compare": ["year"]}, DEFAULT) == asked


def test_an_event_that_the_days_do_not_have_is_told_with_those_they_have() -> None:
    asked = {"from": ["2026-03-20"], "to": ["2026-04-16"], "compare": ["black-week"]}
    with pytest.raises(JourneyError) as caught:
        scopes.parse(asked, DEFAULT)
    (problem,) = caught.value.problems
    assert "Black Week" in problem.found
    assert "easter" in problem.expected


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"devise": ["mobile"]}, 'unknown "devise"'),
        ({"from": ["1 Oct"]}, "1 Oct"),
        ({"from": ["2026-10-05"], "to": ["2026-10-01"]}, "2026-10-05 to 2026-10-01"),
        ({"compare": ["lately"]}, "lately"),
        ({"policy": ["x"]}, 'unknown "policy"'),
    ],
)
def test_what_no_scope_has_is_told(params: dict[str, Sequence[str]], found: str) -> None:
    with pytest.raises(JourneyError) as caught:
        scopes.parse(params, DEFAULT)
    assert found in str(caught.value)


def test_only_segment_columns_can_be_chosen() -> None:
    with pytest.raises(JourneyError):
        Scope(PERIOD, where=(("person_id", ("1",)),))
    assert DEFAULT.with_("device", "mobile").with_("device") == DEFAULT


def test_a_role_without_values_sees_no_row_and_keeps_the_column() -> None:
    assert Scope(PERIOD, policy=(("country", ()),)).policy == (("country", ()),)


def test_words_of_the_command_line_become_choices() -> None:
    assert scopes.where(["device=mobile,tablet", "country=PL"]) == {
        "device": ["mobile", "tablet"], "country": ["PL"],
    }  # fmt: skip
    with pytest.raises(JourneyError):
        scopes.where(["device"])


def test_the_segments_are_those_of_the_product() -> None:
    assert len(SEGMENTS) == len(set(SEGMENTS)) == 16


@pytest.mark.parametrize(("usual", "first"), [(28, "2026-09-28"), (90, "2026-07-28")])
def test_a_shop_of_few_orders_opens_with_more_days(
    shop: duckdb.DuckDBPyConnection, usual: int, first: str
) -> None:
    shop.execute(
        "create table published.snapshot as"
        f" select date '2026-10-25' as data_through, {usual}::integer as usual_days"
    )
    scope = default_scope(shop, Settings())
    assert scope.period == Period(dt.date.fromisoformat(first), dt.date(2026, 10, 25))
    assert scope.comparison == scope.period.before()
