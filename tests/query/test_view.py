"""Running inside a scope: rows let through, isolation, errors on their line."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import duckdb
import pytest

from journey.answer import Answer
from journey.problem import JourneyError
from journey.query import desks, run, view
from journey.query.catalog import catalog
from journey.query.file import Library, Query
from journey.query.text import admit, frame, guarded
from journey.scope import NOT_SET, Scope

DAY = dt.date(2026, 10, 5)
REVENUE = "select day, sum(revenue) as value from orders group by all"


@pytest.fixture
def filled(give: Callable[..., None]) -> None:
    give(
        "orders",
        [
            {"person_id": n, "day": DAY, "country": country, "device": device, "revenue": 1}
            for n, (country, device) in enumerate(
                [("PL", "mobile"), ("PL", "desktop"), ("CZ", "mobile"), (None, "mobile"),
                 ("O'Neil\"; drop", "mobile"), (NOT_SET, "mobile")]
            )
        ],
    )  # fmt: skip


def value(answer: Answer) -> float | None:
    assert answer.problem is None, answer.problem
    assert answer.measure is not None, answer.absence
    return answer.measure.now.value


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("countries", "expected"),
    [
        ((), 6), (("PL",), 2), (("PL", "CZ"), 3), (("XX",), 0), ((NOT_SET,), 2),
        ((NOT_SET, "PL"), 4), (("O'Neil\"; drop",), 1), (("') or true --",), 0),
        (("PL') union select * from published.orders --",), 0), (("%",), 0),
    ],
)  # fmt: skip
def test_chosen_values_are_bound_and_null_can_be_chosen(
    countries: tuple[str, ...],
    expected: float,
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
) -> None:
    scope = october.with_("country", *countries)
    assert value(ask(measure(REVENUE), scope)) == expected


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    ("policy", "chosen", "expected"),
    [
        ([("country", ("PL",))], (), 2),
        ([("country", ("PL",))], ("CZ",), 0),
        ([("country", ("PL",))], ("PL", "CZ"), 2),
        ([("country", ())], (), 0),
        ([("brand", ("Tatra",))], (), 0),
        ([("country", ("PL",)), ("device", ("mobile",))], (), 1),
    ],
)
def test_a_policy_holds_whatever_is_chosen(
    policy: Any,
    chosen: tuple[str, ...],
    expected: float,
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
) -> None:
    scope = replace(october, policy=policy).with_("country", *chosen)
    assert value(ask(measure(REVENUE), scope)) == expected


@pytest.mark.usefixtures("filled")
def test_a_role_has_no_figure_of_marts_that_it_sees_only_in_part(
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
    shop: duckdb.DuckDBPyConnection,
) -> None:
    shop.execute("create table published.costs (day date, amount double)")
    shop.execute("insert into published.costs values (?, 9)", [DAY])
    both = measure(
        "select day, sum(amount) filter (paid) as numerator,"
        " count(*) filter (not paid) as denominator from ("
        "select day, amount, true as paid from costs"
        " union all select day, 0, false from orders) group by all"
    )
    poles = replace(october, policy=(("country", ("PL",)),))
    assert ask(both, october).absence is None
    assert "costs carry no country" in (ask(both, poles).absence or "")
    assert value(ask(measure(REVENUE), poles)) == 2
    table = (
        "select count(*) as orders, (select sum(amount) from costs) as spent from orders"
    )
    listed = measure(table, kind="table", unit=None)
    assert "costs carry no country" in (ask(listed, poles).absence or "")
    assert ask(listed, october).absence is None
    added = measure(table, kind="table", unit=None, optional=["costs"])
    frame = ask(added, poles).frame
    assert frame is not None and frame["spent"].to_list() == [None]


def test_what_is_told_of_the_file_itself_is_open_to_every_role(
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
    shop: duckdb.DuckDBPyConnection,
) -> None:
    shop.execute("create table published.snapshot as select '1' as stamp")
    table = measure("select stamp from snapshot", kind="table", unit=None)
    answer = ask(table, replace(october, policy=(("country", ("PL",)),)))
    assert answer.frame is not None and answer.frame["stamp"].to_list() == ["1"]


@pytest.mark.usefixtures("filled")
def test_a_mart_that_cannot_tell_a_choice_gives_no_number(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    both = measure(
        "select day, 1 as numerator, 1 as denominator from orders"
        " union all select day, 1, 1 from tickets"
    )
    answer = ask(both, october.with_("device", "mobile"))
    assert answer.measure is None
    assert answer.absence == "tickets carry no device"
    assert ask(both, october.with_("country", "PL")).absence is None


@pytest.mark.usefixtures("filled")
def test_a_usual_choice_goes_only_where_no_mart_can_tell_it(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    usual = (("device", ("mobile",)),)
    scope = replace(october, where=usual, usual=usual)
    tickets = measure("select day, 1 as value from tickets")
    both = measure(
        "select day, 1 as value from orders union all select day, 1 from tickets"
    )
    assert ask(tickets, scope).measure is not None
    assert ask(both, scope).absence == "tickets carry no device"
    chosen = scope.with_("device", "mobile")
    assert ask(tickets, chosen).absence == "tickets carry no device"
    assert value(ask(measure(REVENUE), scope)) == value(ask(measure(REVENUE), chosen))


@pytest.mark.usefixtures("filled")
def test_a_segment_is_found_under_the_policy_alone(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(run, "FEWEST_PEOPLE", 0)
    group = measure(
        "select person_id from orders where device = 'mobile'", "segments/phones",
        kind="segment", unit=None,
    )  # fmt: skip
    scope = replace(october, segment="segments/phones")
    assert value(ask(measure(REVENUE), scope, group)) == 5
    assert value(ask(measure(REVENUE), scope.with_("device", "desktop"), group)) == 0
    poles = replace(scope, policy=(("country", ("PL",)),))
    assert value(ask(measure(REVENUE), poles, group)) == 1


@pytest.mark.usefixtures("filled")
def test_a_segment_of_few_people_shows_nothing(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    group = measure(
        "select person_id from orders where country = 'PL'", "segments/poles",
        kind="segment", unit=None,
    )  # fmt: skip
    answer = ask(measure(REVENUE), replace(october, segment="segments/poles"), group)
    assert answer.absence == "the group has fewer than 5 people"


@pytest.mark.usefixtures("filled")
def test_a_segment_needs_people_and_a_known_name(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    visits = measure("select day, sum(sessions) as value from traffic group by all")
    group = measure(
        "select person_id from orders", "segments/all", kind="segment", unit=None
    )
    answer = ask(visits, replace(october, segment="segments/all"), group)
    assert (
        answer.absence == "visits cannot be told by person, so not by a named group either"
    )
    unknown = ask(measure(REVENUE), replace(october, segment="segments/al"), group)
    assert unknown.problem is not None
    assert 'did you mean "segments/all"?' in unknown.problem.expected


@pytest.mark.usefixtures("filled")
def test_views_of_many_threads_do_not_meet(
    shop: duckdb.DuckDBPyConnection, measure: Callable[..., Query], october: Scope
) -> None:
    known, text = catalog(shop), measure(REVENUE)
    admitted = admit(text.sql, text.where, known)
    found: dict[int, set[float]] = {}

    def work(number: int, scope: Scope) -> None:
        question = run.Question(shop, known, text, admitted, scope)
        for _ in range(15):
            with view.scoped(question) as cursor:
                rows = frame(cursor, admitted, {})
                found.setdefault(number, set()).update(rows["value"].to_list())

    scopes = [october.with_("country", c) for c in ("PL", "CZ", NOT_SET)] * 2
    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(scopes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[n] for n in range(6)] == [{2.0}, {1.0}, {2.0}] * 2


@pytest.mark.usefixtures("filled")
def test_nothing_of_a_run_stays_behind(
    shop: duckdb.DuckDBPyConnection, measure: Callable[..., Query],
    ask: Callable[..., Answer], october: Scope,
) -> None:  # fmt: skip
    ask(measure(REVENUE), october.with_("country", "PL"))
    with pytest.raises(duckdb.CatalogException):
        shop.cursor().execute("select * from orders")
    variable = shop.cursor().execute("select getvariable('journey_0')").fetchone()
    assert variable == (None,)


ERRORS = {
    "binder": ("select\n    day,\n    sum(revenu) as value\nfrom orders\ngroup by all", 11),
    "run-time": (
        "select\n    day,\n    sum(('x' || revenue)::double) as value\nfrom orders"
        "\ngroup by all", 11,
    ),
    "syntax": ("select\n    day,\n    sum(revenue) as value,\nfrom from orders", 12),
    "table": ("select day, 1 as value\nfrom\n    order", 11),
}  # fmt: skip


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_names_file_and_line(
    kind: str, measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    sql, line = ERRORS[kind]
    problem = ask(measure(sql), october).problem
    assert problem is not None
    assert problem.where == "queries/topic/figure.sql"
    assert (problem.line, bool(problem.fix)) == (line, True), str(problem)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_of_a_table_has_its_line_too(
    kind: str, measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    sql, line = ERRORS[kind]
    problem = ask(measure(sql, kind="table", unit=None, grain=None), october).problem
    assert problem is not None
    assert problem.line == line - 2


def test_a_missing_column_comes_with_those_that_are_near(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    problem = ask(measure(ERRORS["binder"][0]), october).problem
    assert problem is not None
    assert "revenue" in problem.expected


def test_what_takes_too_long_is_stopped(
    shop: duckdb.DuckDBPyConnection, measure: Callable[..., Query], october: Scope
) -> None:
    slow = measure("select day, 1 as value from orders")
    text = admit(slow.sql, slow.where, catalog(shop))
    cursor = shop.cursor()
    with pytest.raises(JourneyError) as caught, guarded(cursor, text, 0.2):
        cursor.execute("select count(*) from range(1e9::bigint) a, range(1e9::bigint) b")
    assert "took longer" in str(caught.value)


def test_a_last_comment_does_not_swallow_the_bracket(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    assert ask(measure(REVENUE + " -- the end"), october).problem is None


def test_only_named_parameters_are_bound(
    shop: duckdb.DuckDBPyConnection, ask: Callable[..., Answer],
    measure: Callable[..., Query], october: Scope,
) -> None:  # fmt: skip
    table = measure(
        "select $start as first, $end as last, $through as known", kind="table",
        unit=None, grain=None,
    )  # fmt: skip
    frame = ask(table, october).frame
    assert frame is not None
    assert frame.rows() == [
        (october.period.first, october.period.last, october.period.last)
    ]


def test_wide_numbers_become_plain_ones(
    ask: Callable[..., Answer], measure: Callable[..., Query], october: Scope
) -> None:
    table = measure(
        "select sum(n) as whole, sum(n::decimal(18,4)) as money from range(4) r(n)",
        kind="table", unit=None, grain=None,
    )  # fmt: skip
    frame = ask(table, october).frame
    assert frame is not None
    assert frame.rows() == [(6, 6.0)]
    assert isinstance(frame.rows()[0][0], int)


def test_a_broken_file_is_told_and_the_others_answer(
    shop: duckdb.DuckDBPyConnection, measure: Callable[..., Query], october: Scope
) -> None:
    good, bad = measure(REVENUE), measure("select 1 as day, 2 as valu", "topic/bad")
    library = Library({good.name: good, bad.name: bad})
    for name, broken in ((good.name, False), (bad.name, True)):
        from journey.figures.answers import answer
        from journey.settings import Settings

        found = answer(shop, library, name, october, Settings())
        assert (found.problem is not None) == broken


@pytest.mark.usefixtures("filled")
def test_a_kept_cursor_serves_its_own_scope_only(
    shop: duckdb.DuckDBPyConnection,
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
) -> None:
    poland = replace(october, policy=(("country", ("PL",)),))
    scopes = [
        (october, 6), (october.with_("country", "CZ"), 1), (poland, 2),
        (poland.with_("country", "CZ"), 0), (october.with_("device", "desktop"), 1),
    ]  # fmt: skip
    for _ in range(3):
        for scope, expected in scopes:
            assert value(ask(measure(REVENUE), scope)) == expected
    kept = catalog(shop).desks
    desk = kept.take(((), (), None))
    assert desk is not None
    assert kept.take(((), (), None)) is None
    assert desk.marts == {"orders"}


@pytest.mark.usefixtures("filled")
def test_a_cursor_on_which_a_text_failed_is_not_kept(
    shop: duckdb.DuckDBPyConnection,
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
) -> None:
    failing = measure("select day, country::integer as value from orders")
    problem = ask(failing, october).problem
    assert problem is not None
    assert "Could not convert" in problem.found
    assert catalog(shop).desks.take(((), (), None)) is None
    assert value(ask(measure(REVENUE), october)) == 6


def test_only_so_many_cursors_are_kept(
    shop: duckdb.DuckDBPyConnection,
    measure: Callable[..., Query],
    ask: Callable[..., Answer],
    october: Scope,
) -> None:
    for number in range(desks.IDLE + 5):
        ask(measure(REVENUE), october.with_("country", f"C{number}"))
    kept = catalog(shop).desks
    keys = [((), (("country", (f"C{n}",)),), None) for n in range(desks.IDLE + 5)]
    found = [desk for key in keys if (desk := kept.take(key))]
    assert len(found) == desks.IDLE
    assert found[-1].key == keys[-1]
