"""Which days a figure covers, and what is said about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from journey.answer import Answer, Period
from journey.figures import suppression
from journey.query.file import Query
from journey.query.period import settle
from journey.scope import Scope

FIRST, THROUGH = dt.date(2026, 1, 10), dt.date(2026, 10, 25)
COUNT = "select day, count(*) as value from tickets group by all"
RATE = "select day, 1 as numerator, 1 as denominator from tickets"


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


@pytest.fixture
def fresh(give: Callable[..., None]) -> None:
    give(
        "freshness",
        [{"table_name": "tickets", "landed": True, "first_day": FIRST,
          "complete_through": THROUGH},
         {"table_name": "traffic", "landed": False, "first_day": None,
          "complete_through": None}],
    )  # fmt: skip
    rows = [FIRST + dt.timedelta(n) for n in range(300)]
    give(
        "tickets", [{"day": d, "country": "PL", "person_id": n} for n, d in enumerate(rows)]
    )


def test_incomplete_days_are_cut_from_both_periods(october: Scope) -> None:
    settled = settle(october, 0, THROUGH, FIRST)
    assert settled.cut
    assert settled.scope.period == Period(day(10, 1), THROUGH)
    assert settled.scope.comparison == Period(day(9, 3), day(9, 27))


def test_a_window_moves_both_periods_back(october: Scope) -> None:
    settled = settle(october, 90, THROUGH, FIRST)
    assert settled.scope.period == Period(day(6, 30), day(7, 27))
    assert settled.scope.comparison == Period(day(6, 2), day(6, 29))
    assert settled.ready_on == october.period.last + dt.timedelta(90)


def test_a_window_that_is_over_moves_nothing(october: Scope) -> None:
    old = replace(october, period=Period(day(5, 1), day(5, 28)), comparison=None)
    settled = settle(old, 90, THROUGH, FIRST)
    assert settled.scope == old
    assert settled.ready_on is None


def test_data_younger_than_the_window_say_when_there_will_be_a_figure(
    october: Scope,
) -> None:
    settled = settle(october, 90, THROUGH, day(9, 1))
    assert settled.state == "immature"
    assert settled.ready_on == day(9, 1) + dt.timedelta(90)


@pytest.mark.usefixtures("fresh")
def test_a_share_of_two_marts_begins_where_both_begin_and_a_table_does_not(
    give: Callable[..., None],
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
) -> None:
    orders = {"table_name": "orders", "landed": True, "complete_through": THROUGH}
    give("freshness", [orders | {"first_day": day(10, 9)}])
    give("orders", [{"day": day(10, 10), "order_key": "a"}])
    parts = (
        "select day, 1 as contacts, 0 as orders from tickets union all"
        " select day, 0, 1 from orders"
    )
    share = "sum(contacts) as numerator, sum(orders) as denominator"
    answer = ask(
        measure(f"select day, {share} from ({parts}) group by all", unit="per_100"), october
    )
    assert answer.measure is not None
    assert answer.period == Period(day(10, 9), THROUGH)
    assert (answer.measure.now.numerator, answer.measure.now.denominator) == (17, 1)
    assert "The data begin on 9 Oct 2026." in answer.notes
    table = ask(measure(f"from ({parts})", kind="table", unit=None), october)
    assert table.period == Period(day(10, 1), THROUGH)


@pytest.mark.usefixtures("fresh")
def test_the_answer_says_which_days_it_covers(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    answer = ask(measure(COUNT, unit="count"), october)
    assert answer.period == Period(day(10, 1), THROUGH)
    assert answer.complete_through == THROUGH
    assert answer.measure is not None
    assert answer.measure.now.value == 25
    assert answer.notes == ("Complete to 25 Oct 2026; later days are left out.",)
    assert len(answer.measure.trend) == 25


@pytest.mark.usefixtures("fresh")
def test_a_watched_period_says_so(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    query = measure(COUNT, unit="count", window_days=90)
    answer = ask(query, october)
    assert answer.notes == ("Began 30 Jun – 27 Jul 2026, watched for 90 days.",)
    assert answer.measure is not None
    assert answer.measure.now.ready_on == october.period.last + dt.timedelta(90)


@pytest.mark.usefixtures("fresh")
def test_nothing_is_compared_with_days_before_the_data(
    measure: Callable[..., Query], ask: Callable[..., Answer]
) -> None:
    scope = Scope(Period(day(1, 20), day(2, 2)), Period(day(1, 6), day(1, 19)))
    answer = ask(measure(COUNT, unit="count"), scope)
    assert answer.measure is not None
    assert answer.measure.now.value == 14
    assert answer.measure.before is not None
    assert (answer.measure.before.state, answer.measure.change) == ("missing", None)
    assert answer.notes == ("Nothing to compare with: the data begin on 10 Jan 2026.",)


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    ("window", "first"), [(0, day(10, 13)), (0, day(12, 1)), (90, day(7, 20))]
)
def test_nothing_is_compared_with_days_that_are_not_over(
    measure: Callable[..., Query], ask: Callable[..., Answer], window: int, first: dt.date
) -> None:
    later = Period(first, first + dt.timedelta(13))
    scope = Scope(Period(day(2, 1), day(2, 14)), later)
    answer = ask(measure(COUNT, unit="count", window_days=window), scope)
    assert answer.measure is not None and answer.measure.before is not None
    assert answer.measure.now.value == 14
    assert (answer.measure.before.state, answer.measure.change) == ("missing", None)
    assert answer.notes == ("Nothing to compare with yet: those days are not complete.",)


@pytest.mark.usefixtures("fresh")
def test_parts_and_frames_are_not_compared_with_days_before_the_data_either(
    measure: Callable[..., Query], ask: Callable[..., Answer]
) -> None:
    scope = Scope(Period(day(1, 20), day(2, 2)), Period(day(1, 6), day(1, 19)))
    split = "select day, status, count(*) as value from tickets group by all"
    found = ask(measure(split.replace("status", "country"), unit="count"), scope)
    assert found.measure is not None and found.measure.parts["country"]
    for part in found.measure.parts["country"]:
        assert part.before is not None
        assert (part.before.state, part.before.value, part.change) == (
            "missing",
            None,
            None,
        )
    rows = ask(measure("select day from tickets", kind="table", unit=None), scope)
    assert rows.frame is not None and rows.compared is None


@pytest.mark.usefixtures("fresh")
@pytest.mark.parametrize(
    "period", [Period(day(11, 1), day(11, 7)), Period(day(1, 1), day(1, 7))]
)
def test_days_without_any_data_are_missing_and_not_zero(
    period: Period, measure: Callable[..., Query], ask: Callable[..., Answer]
) -> None:
    answer = ask(measure(COUNT, unit="count"), Scope(period))
    assert answer.measure is not None
    assert (answer.measure.now.value, answer.measure.now.state) == (None, "missing")
    assert answer.notes == ("The data cover 10 Jan – 25 Oct 2026.",)


@pytest.mark.usefixtures("fresh")
def test_what_never_landed_says_what_to_connect(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    visits = measure("select day, sum(sessions) as value from traffic group by all")
    assert ask(visits, october).absence == "connect web analytics"


@pytest.mark.usefixtures("fresh")
def test_a_measure_without_a_row_says_what_it_needs(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    query = measure(
        "select day, count(*) as value from tickets where reason = 'x' group by all",
        needs=["fulfillment", "ticket"],
    )
    assert ask(query, october).absence == (
        "needs delivery dates and tickets: connect a source of it on the page Data"
    )


def people(answer: Answer) -> Any:
    assert answer.measure is not None, answer.problem or answer.absence
    return answer.measure


def test_few_people_are_withheld_with_a_second_cell(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    sizes = {"PL": 50, "CZ": 20, "DE": 7, "SK": 3}
    give(
        "customers",
        [{"person_id": hash((c, n)) % 10**6, "day": day(10, 5), "country": c}
         for c, size in sizes.items() for n in range(size)],
    )  # fmt: skip
    query = measure(
        "select day, country, count(*) as value from customers group by all",
        unit="count", interval="count",
    )  # fmt: skip
    answer = ask(query, october)
    parts = {p.label: p.now for p in people(answer).parts["country"]}
    assert {k: v.value for k, v in parts.items()} == {
        "PL": 50, "CZ": 20, "DE": None, "SK": None,
    }  # fmt: skip
    assert {parts["DE"].state, parts["SK"].state} == {"suppressed"}
    assert (parts["SK"].units, parts["SK"].numerator, parts["SK"].low) == (None, None, None)
    assert answer.hidden == 2
    alone = ask(query, october.with_("country", "SK"))
    assert (people(alone).now.state, people(alone).now.value) == ("suppressed", None)
    assert people(alone).trend == ()


@pytest.mark.parametrize(
    ("sizes", "withheld"),
    [
        ([50, 20, 1, 1], {2, 3, 1}),
        ([50, 20, 7, 2, 2], {3, 4, 2}),
        ([50, 20, 3, 3], {2, 3}),
        ([50, 20, 3, 0], {2, 1}),
        ([50, 20, 7, 0], set()),
    ],
)
def test_what_is_withheld_together_is_never_few_people(
    sizes: list[float], withheld: set[int]
) -> None:
    assert suppression._small(sizes, lambda size: (size,)) == withheld


def test_what_is_withheld_is_enough_people_on_both_sides() -> None:
    # three of CZ now and three of SK before: the total would tell each of them
    sides = {"PL": (50.0, 40.0), "DE": (20.0, 9.0), "CZ": (3.0, 0.0), "SK": (0.0, 3.0)}
    assert suppression._small(list(sides.values()), lambda side: side) == {1, 2, 3}


def test_a_table_withholds_the_numbers_of_small_rows(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    sql = (
        "select unnest([{who: 'a', n: 3, x: 1.5}, {who: 'b', n: 9, x: 2.5},"
        " {who: 'c', n: 30, x: 3.5}, {who: 'd', n: 0, x: 0.5}], recursive := true)"
    )
    from journey.query.file import parse

    text = (
        '/*\ntitle = "A"\nquestion = "B?"\nkind = "table"\nowner = "c"\n[columns]\n'
        'n = { label = "People", format = "people" }\n*/\n' + sql
    )
    answer = ask(parse(text, "topic/table"), october)
    assert answer.frame is not None
    assert answer.frame.rows() == [
        ("a", None, None), ("b", None, None), ("c", 30, 3.5), ("d", 0, 0.5),
    ]  # fmt: skip
    assert answer.hidden == 2


def test_a_group_is_compared_with_everyone_else_who_is_known(
    shop: Any, give: Callable[..., None], measure: Callable[..., Query], october: Scope
) -> None:
    from journey.figures.answers import versus
    from journey.query.file import Library
    from journey.settings import Settings

    rows = [
        {"person_id": n if n < 90 else None, "day": day(10, 5), "shipped": n % 3 == 0,
         "country": "PL" if n < 40 else "CZ"}
        for n in range(100)
    ]  # fmt: skip
    give("orders", rows)
    rate = measure(
        "select day, count(*) filter (shipped) as numerator, count(*) as denominator"
        " from orders group by all", unit="percent", interval="proportion",
    )  # fmt: skip
    group = measure(
        "select person_id from orders where country = 'PL'", "segments/poles",
        kind="segment", unit=None,
    )  # fmt: skip
    library = Library({rate.name: rate, group.name: group})
    scope = replace(october, segment="segments/poles")
    found = versus(shop, library, rate.name, scope, Settings())
    assert people(found.group).now.denominator == 40
    assert people(found.others).now.denominator == 50
    assert found.change is not None
    assert found.change.moved is False


@pytest.mark.usefixtures("fresh")
def test_a_day_of_both_periods_counts_in_both(
    measure: Callable[..., Query], ask: Callable[..., Answer]
) -> None:
    period = Period(day(6, 1), day(6, 10))
    scope = Scope(period, Period(day(5, 28), day(6, 5)))
    found = ask(measure(COUNT, unit="count"), scope).measure
    assert found is not None
    assert found.before is not None
    assert (found.now.value, found.before.value) == (10, 9)
    assert [point.estimate.value for point in found.trend] == [1.0] * 10
    assert [point.estimate.value for point in found.trend_before] == [1.0] * 9
