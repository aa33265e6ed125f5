"""The calendar against published dates, and periods laid on events."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest

from journey.answer import Period
from journey.days import calendar, seasons
from journey.days.calendar import Calendar
from journey.days.seasons import Event

POLAND = Calendar("PL")
day = dt.date.fromisoformat


def period(first: str, last: str) -> Period:
    return Period(day(first), day(last))


@pytest.mark.parametrize(
    ("year", "western", "orthodox"),
    [
        (2024, "2024-03-31", "2024-05-05"),
        (2025, "2025-04-20", "2025-04-20"),
        (2026, "2026-04-05", "2026-04-12"),
        (2027, "2027-03-28", "2027-05-02"),
    ],
)
def test_easter_is_on_the_published_day(year: int, western: str, orthodox: str) -> None:
    assert seasons.easter("PL", year) == day(western)
    assert seasons.easter("RO", year) == day(orthodox)


@pytest.mark.parametrize(
    ("friday"), ["2024-11-29", "2025-11-28", "2026-11-27", "2027-11-26"]
)
def test_black_week_is_monday_to_cyber_monday_around_black_friday(friday: str) -> None:
    first, last = seasons.black_week(day(friday).year)
    assert first == day(friday) - dt.timedelta(4)
    assert last == day(friday) + dt.timedelta(3)
    assert (first.weekday(), last.weekday()) == (0, 0)


@pytest.mark.parametrize(
    ("country", "year", "name", "expected"),
    [
        ("PL", 2026, "Mother's Day", "2026-05-26"),
        ("DE", 2026, "Mother's Day", "2026-05-10"),
        ("GB", 2026, "Mother's Day", "2026-03-15"),
        ("FR", 2026, "Mother's Day", "2026-05-31"),
        ("FR", 2023, "Mother's Day", "2023-06-04"),
        ("SE", 2026, "Mother's Day", "2026-05-31"),
        ("DE", 2026, "Father's Day", "2026-05-14"),
        ("PL", 2026, "St Nicholas", "2026-12-06"),
        ("PL", 2026, "All Saints' Day", "2026-11-01"),
        ("PL", 2026, "Corpus Christi", "2026-06-04"),
        ("PL", 2025, "Corpus Christi", "2025-06-19"),
        ("US", 2026, "Labor Day", "2026-09-07"),
    ],
)
def test_days_of_a_country_are_where_it_keeps_them(
    country: str, year: int, name: str, expected: str
) -> None:
    found = [one.first for one in seasons.events(country, year) if one.name == name]
    assert found == [day(expected)]


def test_a_country_that_nobody_lists_has_the_events_of_the_trade() -> None:
    names = {one.name for one in seasons.events("", 2026)}
    assert {"Black Week", "Easter", "Christmas"} <= names
    assert not any(one.kind == "holiday" for one in seasons.events("ZZ", 2026))


def test_364_days_keep_weekdays_over_leap_years_too() -> None:
    for last in ("2024-02-29", "2024-12-31", "2025-02-28", "2026-11-22"):
        now = Period(day(last) - dt.timedelta(27), day(last))
        then = now.year_before()
        assert [d.weekday() for d in now.dates] == [d.weekday() for d in then.dates]
        assert (now.first - then.first).days == 364


def test_black_week_lies_on_black_week_also_when_371_days_are_between() -> None:
    week = period("2024-11-25", "2024-12-02")
    laid = POLAND.aligned("black-week", week)
    assert laid is not None
    assert laid.period == period("2023-11-20", "2023-11-27")
    assert laid.event.label == "Black Week 2023"
    assert week.year_before() != laid.period


def test_days_around_an_event_move_with_it_and_keep_their_weekdays() -> None:
    around = period("2026-03-20", "2026-04-16")
    laid = POLAND.aligned("easter", around)
    assert laid is not None
    assert laid.period == period("2025-04-04", "2025-05-01")
    assert laid.period.first.weekday() == around.first.weekday()


def test_a_date_stays_a_date_over_a_leap_year() -> None:
    laid = POLAND.aligned("valentines-day", period("2025-02-01", "2025-02-28"))
    assert laid is not None and laid.period.first == day("2024-02-01")
    laid = POLAND.aligned("st-nicholas", period("2024-12-02", "2024-12-08"))
    assert laid is not None and laid.period == period("2023-12-02", "2023-12-08")


def test_what_is_not_in_the_days_cannot_be_laid_on() -> None:
    august = period("2026-08-03", "2026-08-09")
    assert POLAND.aligned("black-week", august) is None
    assert POLAND.aligned("no-such-event", august) is None
    assert POLAND.offered(august) == ()


def test_periods_that_would_overlap_are_not_offered() -> None:
    year = period("2025-11-25", "2026-11-24")
    assert POLAND.offered(year) == ()
    assert POLAND.aligned("black-week", year) is None
    sales = [Event("Sale", day(d), day(d)) for d in ("2026-10-01", "2026-10-15")]
    shop = Calendar("PL", tuple(sales))
    assert shop.aligned("sale", period("2026-10-01", "2026-10-28")) is None
    assert shop.aligned("sale", period("2026-10-10", "2026-10-16")) is not None


def test_the_weightiest_events_are_offered_once_for_the_same_days() -> None:
    offered = POLAND.offered(period("2026-11-03", "2026-11-30"))
    assert [one.key for one in offered] == ["black-week", "national-independence-day"]
    busy = period("2026-05-20", "2026-06-16")
    assert [one.name for one in POLAND.offered(busy)] == ["Mother's Day", "Pentecost"]


def test_an_event_of_the_shop_takes_the_place_of_one_of_its_name() -> None:
    mine = [
        Event("Black Week", day("2026-11-20"), day("2026-11-29")),
        Event("Black Week", day("2025-11-18"), day("2025-11-30")),
    ]
    shop = calendar.of("", "Europe/Warsaw", mine)
    november = period("2026-11-16", "2026-11-22")
    assert [one.first for one in shop.within(november)] == [day("2026-11-20")]
    laid = shop.aligned("black-week", november)
    assert laid is not None and laid.period.first == day("2025-11-14")


@pytest.mark.parametrize(
    ("zone", "country"),
    [("Europe/Warsaw", "PL"), ("Europe/Kyiv", "UA"), ("Europe/London", "GB"), ("UTC", "")],
)
def test_the_country_is_that_of_the_time_zone(zone: str, country: str) -> None:
    assert calendar.of("", zone).country == country
    assert calendar.of("CZ", zone).country == "CZ"


def test_names_become_words_of_an_address() -> None:
    assert seasons.slug("All Saints' Day") == "all-saints-day"
    assert seasons.slug("Święto Zmarłych 2") == "święto-zmarłych-2"
    assert seasons.slug(" – ") == ""


@pytest.mark.parametrize("first", ["0001-01-01", "9998-01-01"])
def test_days_that_no_shop_has_break_nothing(first: str) -> None:
    odd = Period(day(first), day(first) + dt.timedelta(6))
    assert POLAND.within(odd) == ()
    assert POLAND.offered(odd) == ()


def test_events_of_a_period_are_in_their_order() -> None:
    found = POLAND.within(period("2025-11-17", "2026-11-16"))
    assert len(found) > 10
    assert all(one.first <= other.first for one, other in pairwise(found))
