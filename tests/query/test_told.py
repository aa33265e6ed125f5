"""What was never told is missing; what was told and did not happen is zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from journey.answer import Answer
from journey.problem import JourneyError
from journey.query.file import Query
from journey.scope import Scope

CARTS = "select day, sum(checkouts) as value from traffic group by all"
SHIPPED = "select day, count(*) as value from orders where shipped group by all"


def test_a_column_without_a_value_is_needed_and_not_zero(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    query = measure(SHIPPED, unit="count", needs=["orders.shipped"])
    give("orders", [{"day": october.period.first, "shipped": None}])
    assert (
        ask(query, october).absence
        == "needs shipped of orders: connect orders on the page Data"
    )
    give("orders", [{"day": october.period.first, "shipped": False}])
    found = ask(query, october)
    assert found.measure is not None
    assert (found.measure.now.value, found.measure.now.state) == (0, "ready")


def test_a_step_that_no_visit_ever_reached_was_not_told(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    query = measure(CARTS, unit="count", needs=["traffic.checkouts"])
    give("traffic", [{"day": october.period.first, "sessions": 9, "checkouts": 0}])
    absence = ask(query, october).absence
    assert (
        absence
        == "needs visits with a checkout: let web analytics tell it, see the page Data"
    )
    # told a year ago: none in these days is a zero
    year = october.period.year_before().first
    give("traffic", [{"day": year, "sessions": 9, "checkouts": 1}])
    found = ask(query, october)
    assert found.measure is not None
    assert found.measure.now.value == 0


def test_what_a_reader_chose_does_not_make_a_thing_untold(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    query = measure(SHIPPED, unit="count", needs=["orders.shipped"])
    first = october.period.first
    give("orders", [{"day": first, "shipped": True, "device": "mobile"}])
    found = ask(query, october.with_("device", "tablet"))
    assert found.measure is not None
    assert found.measure.now.value == 0


def test_a_need_that_its_mart_has_not_is_missing_and_breaks_nothing(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    query = measure(SHIPPED, unit="count", needs=["orders.shiped"])
    give("orders", [{"day": october.period.first, "shipped": True}])
    assert "needs shiped of orders" in str(ask(query, october).absence)


@pytest.mark.parametrize(
    "need", ["orders.x' or true --", "Orders", "orders.", "a.b.c", "orders shipped"]
)
def test_a_need_is_a_name_and_nothing_else(
    need: str, measure: Callable[..., Query]
) -> None:
    with pytest.raises(JourneyError, match="needs"):
        measure(SHIPPED, needs=[need])


def test_columns_that_need_what_is_not_there_are_told_beside_the_table(
    give: Callable[..., None], shop: Any, ask: Callable[..., Answer], october: Scope
) -> None:
    from journey.query.file import parse

    text = (
        '/*\ntitle = "A"\nquestion = "B?"\nkind = "table"\nowner = "c"\n'
        'optional = ["tickets", "orders.shipped"]\n*/\n'
        "select (select count(*) from tickets) as contacts, count(*) as n from orders"
    )
    shop.execute(
        "insert into published.freshness values ('tickets', false, null, null),"
        " ('orders', true, null, null)"
    )
    give("orders", [{"day": october.period.first}])
    answer = ask(parse(text, "topic/table"), october)
    assert answer.absence is None
    assert answer.notes == (
        "Columns stay empty that need tickets: connect your helpdesk.",
        "Columns stay empty that need shipped of orders: connect orders on the page Data.",
    )


def test_a_table_withholds_rates_of_fewer_than_thirty(
    ask: Callable[..., Answer], october: Scope
) -> None:
    from journey.query.file import parse

    text = (
        '/*\ntitle = "A"\nquestion = "B?"\nkind = "table"\nowner = "c"\n[columns]\n'
        'n = "Orders"\nrate = { label = "Rate", format = "percent", of = "n" }\n*/\n'
        "select unnest([{n: 29, rate: 0.5}, {n: 30, rate: 0.5}, {n: null, rate: 0.5}],"
        " recursive := true)"
    )
    answer = ask(parse(text, "topic/table"), october)
    assert answer.frame is not None
    assert answer.frame.rows() == [(29, None), (30, 0.5), (None, None)]
