"""Every shape of a measure, from rows to figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from journey.answer import Answer, Measure
from journey.figures import statistics
from journey.query.file import Query
from journey.scope import NOT_SET, Scope

NOW, THEN = dt.date(2026, 10, 5), dt.date(2026, 9, 10)
RATE = (
    "select day, device, country, sum(purchases) as numerator,"
    " sum(checkouts) as denominator from traffic group by all"
)
PROPORTION = {"unit": "percent", "interval": "proportion", "better": "higher"}


def traffic(
    day: dt.date, device: str | None, checkouts: int, purchases: int, country: str = "PL"
) -> dict[str, Any]:
    return {
        "day": day, "device": device, "country": country,
        "checkouts": checkouts, "purchases": purchases,
    }  # fmt: skip


def figures(answer: Answer) -> Measure:
    assert answer.problem is None, str(answer.problem)
    assert answer.measure is not None, answer.absence
    return answer.measure


@pytest.fixture
def visits(give: Callable[..., None]) -> None:
    give(
        "traffic",
        [
            traffic(NOW, "mobile", 100, 30), traffic(NOW, "desktop", 60, 30, "CZ"),
            traffic(NOW + dt.timedelta(1), "mobile", 40, 10), traffic(NOW, None, 10, 5),
            traffic(THEN, "mobile", 100, 40), traffic(THEN, "desktop", 100, 50),
            # outside both periods
            traffic(dt.date(2026, 10, 29), "mobile", 999, 999),
            traffic(dt.date(2026, 9, 2), "mobile", 999, 999),
        ],
    )  # fmt: skip


@pytest.mark.usefixtures("visits")
def test_a_rate_is_a_ratio_of_sums_with_its_interval(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    found = figures(ask(measure(RATE, **PROPORTION), october))
    assert (found.now.numerator, found.now.denominator) == (75, 210)
    assert found.now.value == pytest.approx(75 / 210)
    assert (found.now.low, found.now.high) == pytest.approx(statistics.wilson(75, 210))
    assert found.before is not None
    assert found.before.value == pytest.approx(0.45)
    assert found.change is not None
    assert (found.change.low, found.change.high) == pytest.approx(
        statistics.newcombe(75, 210, 90, 200)
    )
    assert found.change.relative == pytest.approx((75 / 210 - 0.45) / 0.45)
    assert found.change.good is False


@pytest.mark.usefixtures("visits")
def test_parts_add_up_and_are_compared_with_the_rest(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    found = figures(ask(measure(RATE, **PROPORTION), october))
    devices = {part.label: part for part in found.parts["device"]}
    assert list(devices) == ["mobile", "desktop", NOT_SET]
    assert sum(part.now.denominator or 0 for part in devices.values()) == 210
    rest = devices["mobile"].rest
    assert rest is not None
    # of the other 70 nobody knows the device of 10: they are on neither side
    assert rest.absolute == pytest.approx(40 / 140 - 30 / 60)
    assert (rest.low, rest.high) == pytest.approx(statistics.newcombe(40, 140, 30, 60))
    assert devices[NOT_SET].now.state == "too_few"
    assert devices[NOT_SET].now.value is None


@pytest.mark.usefixtures("visits")
def test_every_day_of_the_period_is_in_the_trend(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    found = figures(ask(measure(RATE, **PROPORTION), october))
    assert [len(found.trend), len(found.trend_before)] == [28, 28]
    days = {point.day: point.estimate for point in found.trend}
    assert days[NOW].denominator == 170
    assert days[dt.date(2026, 10, 1)].state == "too_few"
    assert found.trend[0].day == october.period.first


@pytest.mark.usefixtures("visits")
def test_a_count_has_true_zeros(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    query = measure(
        "select day, device, sum(checkouts) as value from traffic group by all",
        unit="count", interval="count", better="higher",
    )  # fmt: skip
    found = figures(ask(query, october))
    assert found.now.value == 210
    assert (found.now.low, found.now.high) == pytest.approx(statistics.poisson(210))
    assert found.trend[0].estimate.value == 0
    nobody = figures(ask(query, october.with_("device", "tablet")))
    assert (nobody.now.value, nobody.now.state) == (0, "ready")


def orders(day: dt.date, amounts: list[float], **more: Any) -> list[dict[str, Any]]:
    return [
        {"day": day, "revenue": amount, "person_id": n, **more}
        for n, amount in enumerate(amounts)
    ]


def test_a_mean_has_students_interval_and_welchs_change(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    now, then = [float(n) for n in range(10, 50)], [float(n) for n in range(20, 55)]
    give("orders", orders(NOW, now) + orders(THEN, then))
    query = measure(
        "select day, sum(revenue) as numerator, count(*) as denominator,"
        " sum(revenue * revenue) as sum_squares from orders group by all",
        unit="money", interval="mean", better="higher",
    )  # fmt: skip
    found = figures(ask(query, october))
    sums = [(sum(v), sum(x * x for x in v), float(len(v))) for v in (now, then)]
    assert found.now.value == pytest.approx(np.mean(now))
    assert (found.now.low, found.now.high) == pytest.approx(statistics.mean(*sums[0]))
    assert found.change is not None
    assert (found.change.low, found.change.high) == pytest.approx(statistics.welch(*sums))


def test_a_ratio_of_sums_has_the_delta_interval(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    give("orders", [r | {"minutes": i} for i, r in enumerate(orders(NOW, [5.0, 7, 9, 30]))])
    query = measure(
        "select day, sum(minutes) as numerator, sum(revenue) as denominator,"
        " sum(minutes * minutes) as sum_nn, sum(revenue * revenue) as sum_dd,"
        " sum(minutes * revenue) as sum_nd from orders group by all",
        unit="ratio", interval="mean",
    )  # fmt: skip
    now = figures(ask(query, october)).now
    n, d = [0, 1, 2, 3], [5, 7, 9, 30]
    expected = statistics.ratio_of_sums(
        sum(n), sum(d), sum(x * x for x in n), sum(x * x for x in d),
        sum(x * y for x, y in zip(n, d, strict=True)),
    )  # fmt: skip
    assert now.value == pytest.approx(6 / 51)
    assert (now.low, now.high) == pytest.approx(expected)


def test_a_median_counts_what_is_still_open(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    rows = [
        {"day": NOW, "minutes": n, "shipped": n <= 30, "country": "PL", "revenue": 1}
        for n in range(1, 41)
    ]
    give("orders", rows)
    sql = "select day, country, minutes as observation, shipped as observed from orders"
    found = figures(ask(measure(sql, unit="minutes", better="lower"), october))
    assert found.now.value == 20.5
    assert found.now.units == 40
    assert found.p90 is not None
    # three of four were shipped: nine of ten were not, so there is no such time yet
    assert (found.p90.value, found.p90.state) == (None, "immature")
    plain = figures(ask(measure(sql.replace(", shipped as observed", "")), october))
    assert plain.now.value == 20.5
    assert plain.p90 is not None
    assert plain.p90.value == 36.5
    few = figures(ask(measure(sql + " where minutes <= 29"), october))
    assert few.now.state == "too_few"


def test_members_count_once_over_the_period(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    rows = [
        {
            "person_id": n % 40,
            "day": NOW + dt.timedelta(n % 3),
            "device": device,
            "counts": True,
        }
        for n in range(80)
        for device in ("mobile", "desktop")
    ]
    give("orders", rows)
    query = measure("select day, device, person_id as member from orders", unit="count")
    found = figures(ask(query, october))
    assert found.now.value == 40
    assert [part.now.value for part in found.parts["device"]] == [40, 40]
    assert all(part.rest is None for part in found.parts["device"])


def test_a_rate_of_people_counts_who_entered_and_hit(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    rows = [
        {"person_id": n, "day": NOW, "counts": True, "shipped": n < 10} for n in range(40)
    ]
    # hits again, on another day; and one who hits without having entered
    rows += [
        {"person_id": 1, "day": NOW + dt.timedelta(1), "counts": True, "shipped": True}
    ]
    rows += [{"person_id": 99, "day": NOW, "counts": False, "shipped": True}]
    give("orders", rows)
    query = measure(
        "select day, person_id as member, counts as entered, shipped as hit from orders",
        **PROPORTION,
    )
    now = figures(ask(query, october)).now
    assert (now.numerator, now.denominator) == (10, 40)
    assert (now.low, now.high) == pytest.approx(statistics.wilson(10, 40))


def test_an_arm_is_the_difference_of_two_rates(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    give(
        "traffic",
        [traffic(NOW, "mobile", 200, 60), traffic(NOW, "desktop", 100, 20),
         traffic(THEN, "mobile", 100, 20), traffic(THEN, "desktop", 100, 20)],
    )  # fmt: skip
    query = measure(
        "select day, if(device = 'mobile', 'treated', 'baseline') as arm,"
        " sum(purchases) as numerator, sum(checkouts) as denominator"
        " from traffic group by all",
        **PROPORTION,
    )
    found = figures(ask(query, october))
    assert found.now.value == pytest.approx(0.1)
    assert found.now.sides == pytest.approx((0.3, 0.2))
    assert (found.now.low, found.now.high) == pytest.approx(
        statistics.newcombe(60, 200, 20, 100)
    )
    assert found.change is not None
    assert found.change.absolute == pytest.approx(0.1)


def test_cohort_steps_count_only_who_was_watched_that_long(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer]
) -> None:
    from journey.answer import Period

    give(
        "freshness",
        [{"table_name": "customers", "landed": True, "first_day": dt.date(2026, 1, 1),
          "complete_through": dt.date(2026, 3, 31)}],
    )  # fmt: skip
    days = [dt.date(2026, 1, 1) + dt.timedelta(n) for n in range(90)]
    # who entered in January comes back after 20 days, all others after 40
    give(
        "customers",
        [{"person_id": i * 100 + n, "day": day,
         "days_to_second": 20 if day.month == 1 else 40}
         for i, day in enumerate(days) for n in range(10)],
    )  # fmt: skip
    query = measure(
        "select day, step::integer as step,"
        " count(*) filter (days_to_second <= step) as numerator, count(*) as denominator"
        " from customers, unnest([10, 30, 60, 400]) t(step) group by all",
        **PROPORTION,
    )
    march = Scope(Period(dt.date(2026, 3, 4), dt.date(2026, 3, 31)))
    answer = ask(query, march)
    found = figures(answer)
    # 30 days before 31 March is 1 March, so the cohort is 2 Feb to 1 Mar: nobody yet
    assert found.steps[30].value == 0
    # 60 days before is 30 January: the cohort of 3 to 30 January, all within 20 days
    assert found.steps[60].value == 1
    assert answer.period == Period(dt.date(2026, 1, 3), dt.date(2026, 1, 30))
    assert 400 not in found.steps or found.steps[400].value is None
    assert found.now.value == 1


@pytest.mark.usefixtures("visits")
def test_more_hits_than_units_is_a_problem_with_its_place(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    give("traffic", [traffic(NOW + dt.timedelta(3), "tablet", 40, 50)])
    answer = ask(measure(RATE, **PROPORTION), october)
    assert answer.problem is not None
    assert "numerator 50 of denominator 40 on 2026-10-08" in answer.problem.found
    assert answer.problem.line is not None


@pytest.mark.usefixtures("visits")
def test_a_few_odd_rows_do_not_take_a_card_down(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    give("traffic", [traffic(NOW + dt.timedelta(3), "tablet", 1, 2)])
    found = figures(ask(measure(RATE, **PROPORTION), october))
    tablet = next(part for part in found.parts["device"] if part.label == "tablet")
    assert tablet.now.value is None
    assert found.now.value == pytest.approx(77 / 211)


def test_an_unfiltered_total_may_never_contradict(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    give("traffic", [traffic(NOW, "mobile", 2, 3)])
    assert ask(measure(RATE, **PROPORTION), october).problem is not None


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select day, 1 as numerator from orders", 'no column "denominator"'),
        ("select day, 1 as value, 2 as observation from orders", "columns of 2 shapes"),
        ("select day, 1 as valu from orders", "no column that makes a value"),
        ("select day::timestamp as day, 1 as value from orders", "day is TIMESTAMP"),
        ("select 1 as value from orders", 'no column "day"'),
        ("select day, devise, 1 as value from (select *, device as devise from orders)",
         'a column "devise"'),
        ("select day, person_id as member, true as entered from orders", 'no column "hit"'),
    ],
)  # fmt: skip
def test_a_result_of_no_shape_is_told(
    sql: str, found: str, measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    problem = ask(measure(sql), october).problem
    assert problem is not None
    assert found in problem.found


def test_a_period_figure_is_for_its_days_only(
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    query = measure(
        "select date '2026-10-01' as period_start, date '2026-10-28' as period_end,"
        " 1234 as value", kind="period", unit="count", grain=None,
    )  # fmt: skip
    found = figures(ask(query, october))
    assert (found.now.value, found.before and found.before.state) == (1234, "missing")
    from dataclasses import replace

    other = ask(query, replace(october, period=october.period.before()))
    assert other.absence is not None
    assert other.absence.startswith("not available for these days")


@pytest.mark.usefixtures("visits")
def test_the_parts_of_the_drop_off_scan_add_up_to_the_card(
    shop: Any, measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope
) -> None:
    from journey.query.file import Library
    from journey.query.run import parts

    query = measure(RATE, **PROPORTION)
    library = Library({query.name: query})
    frame = parts(shop, library, query, october, ["device", "country"], daily=False)
    assert frame.columns == ["period", "device", "country", "numerator", "denominator"]
    sums = dict(frame.group_by("period").agg("denominator").rows())
    assert {k: sum(v) for k, v in sums.items()} == {"now": 210, "before": 200}
    daily = parts(shop, library, query, october, [], daily=True)
    assert daily.columns == ["period", "day", "numerator", "denominator"]
    assert NOT_SET in frame["device"].to_list()


def test_days_too_thin_for_a_median_are_shown_by_week(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    # Monday 5 October: 20 orders of 10 minutes; Tuesday: 15 orders of 30 minutes
    rows = [{"day": NOW, "minutes": 10}] * 20
    rows += [{"day": NOW + dt.timedelta(1), "minutes": 30}] * 15
    give("orders", rows)
    sql = "select day, minutes as observation from orders"
    found = figures(ask(measure(sql, unit="minutes"), october))
    weeks = {point.day: point.estimate for point in found.trend}
    assert [day.weekday() for day in weeks] == [0] * 5
    assert (weeks[NOW].value, weeks[NOW].units) == (10, 35)
    assert weeks[NOW + dt.timedelta(7)].state == "too_few"


MONEY = (
    "select day, sum(revenue) as numerator, sum(minutes) as denominator,"
    " count(*) as units from orders group by all"
)


@pytest.mark.parametrize(("orders_", "state"), [(29, "too_few"), (30, "ready")])
def test_money_over_money_needs_thirty_units_behind_it(
    orders_: int, state: str, give: Callable[..., None], measure: Callable[..., Query],
    ask: Callable[..., Answer], october: Scope,
) -> None:  # fmt: skip
    give("orders", [{"day": NOW, "revenue": 500, "minutes": 200}] * orders_)
    now = figures(ask(measure(MONEY, unit="ratio"), october)).now
    assert (now.state, now.units) == (state, orders_)
    assert now.value == (2.5 if state == "ready" else None)


def test_a_sum_of_amounts_has_the_interval_of_a_compound_count(
    give: Callable[..., None], measure: Callable[..., Query], ask: Callable[..., Answer],
    october: Scope,
) -> None:  # fmt: skip
    give("orders", orders(NOW, [30.0, 40.0]) + orders(THEN, [5.0] * 4))
    query = measure(
        "select day, revenue as value, revenue * revenue as sum_squares from orders",
        unit="money", interval="count", better="higher",
    )  # fmt: skip
    found = figures(ask(query, october))
    # squares 900 and 1600: their root is 50
    assert (found.now.low, found.now.high) == pytest.approx(
        (70 - 98.0, 70 + 98.0), abs=0.01
    )
    assert found.change is not None
    assert (found.change.absolute, found.change.moved) == (50, False)


@pytest.mark.parametrize(("odd_week", "wider"), [(20, 1.0), (30, (140 / 21) ** 0.5)])
def test_a_count_is_as_unsure_as_its_days_swing(
    odd_week: int, wider: float, give: Callable[..., None],
    measure: Callable[..., Query], ask: Callable[..., Answer], october: Scope,
) -> None:  # fmt: skip
    # four weeks of 20 a day; or of 10 and 30 in turns: each weekday (10, 30, 10, 30) is
    # off its mean by 4 * 10 * 10 / 20 = 20, in all 140 with 21 degrees of freedom
    give(
        "traffic",
        [traffic(october.period.first + dt.timedelta(n), "mobile",
                 odd_week if n // 7 % 2 else 40 - odd_week, 0) for n in range(28)],
    )  # fmt: skip
    query = measure(
        "select day, sum(checkouts) as value from traffic group by all",
        unit="count", interval="count",
    )  # fmt: skip
    now = figures(ask(query, october)).now
    low, high = statistics.poisson(560)
    assert now.value == 560
    assert now.low == pytest.approx(560 - wider * (560 - low))
    assert now.high == pytest.approx(560 + wider * (high - 560))
