"""A period ends on the last day that is complete; a file's last day need not be."""

from __future__ import annotations

import datetime as dt
import os
import random

import pytest

from journey.landing.days import Before, is_ordinary_end

FIRST = dt.date(2020, 1, 1)
DAY = dt.timedelta(days=1)


def busy(days, until="24:00", first=FIRST):
    """Return rows of a shop with an order every ten minutes from 06:00 to midnight."""
    rows = []
    for number in range(days):
        day = first + DAY * number
        end = until if number == days - 1 else "24:00"
        for minute in range(6 * 60, 24 * 60, 10):
            time = f"{minute // 60:02}:{minute % 60:02}"
            if time < end:
                rows.append(f"{day} {time}")
    return rows


def sparse(days, seed=1):
    """Return rows of a shop with about three orders a week, at any hour of the day."""
    chance = random.Random(seed)
    return [
        f"{FIRST + DAY * number} {chance.randrange(8, 22):02}:30"
        for number in range(days)
        if chance.random() < 3 / 7
    ]


def land(shop, rows, name="orders.csv", path="orders.csv", zone="UTC"):
    lines = "\n".join(f"{name}-{number},{at}" for number, at in enumerate(rows))
    written = shop.write(name, f"id,at\n{lines}\n")
    columns = 'order_id = "id", currency = "\'PLN\'", placed_at = "at"'
    shop.orders(columns, f'time_zone = "{zone}"', path)
    shop.fine()
    return written


def through(shop):
    ((day,),) = shop.rows("select max(day) from landed_day")
    return day


def test_an_export_of_the_morning_ends_the_evening_before(shop):
    land(shop, busy(30, until="08:00"))
    assert through(shop) == dt.date(2020, 1, 29)


@pytest.mark.parametrize("until", ["10:00", "14:00", "18:00", "22:00"])
def test_an_export_of_any_hour_ends_the_evening_before(shop, until):
    land(shop, busy(10, until=until))
    assert through(shop) == dt.date(2020, 1, 9)


def test_an_archive_of_a_year_ends_with_the_year(shop):
    first = dt.date(2019, 1, 1)
    rows = busy(365, first=first)
    assert rows[-1] == "2019-12-31 23:50"
    land(shop, rows)
    assert through(shop) == dt.date(2019, 12, 31)


def test_the_last_minutes_of_a_busy_day_may_be_quiet(shop):
    land(shop, busy(30, until="23:40"))
    assert through(shop) == dt.date(2020, 1, 30)


def test_dates_without_times_are_whole_days(shop):
    rows = [f"{FIRST + DAY * number}" for number in range(20) for _ in range(3)]
    land(shop, rows, zone="Europe/Warsaw")
    assert through(shop) == dt.date(2020, 1, 20)


def test_a_single_row_at_midnight_is_no_date_without_a_time(shop):
    land(shop, [*busy(20), "2020-01-21 00:00"])
    assert through(shop) == dt.date(2020, 1, 20)


@pytest.mark.parametrize("seed", range(5))
def test_three_orders_a_week_end_on_the_day_of_the_last(shop, seed):
    rows = sparse(120, seed)
    later = [row for row in rows if row[11:] >= "10:00"]
    rows = rows[: rows.index(later[-1]) + 1]
    land(shop, rows)
    assert str(through(shop)) == rows[-1][:10]


def test_a_file_written_on_its_last_day_does_not_hold_all_of_it(shop):
    written = land(shop, [f"{FIRST + DAY * number}" for number in range(20)])
    assert through(shop) == dt.date(2020, 1, 20)
    noon = dt.datetime(2020, 1, 20, 12, tzinfo=dt.UTC).timestamp()
    written.write_text(written.read_text() + "more,2020-01-20\n")
    os.utime(written, (noon, noon))
    shop.fine()
    assert through(shop) == dt.date(2020, 1, 19)


def test_a_time_of_writing_before_the_rows_says_nothing(shop):
    """Archives for repeatable builds set every file to 1980."""
    written = land(shop, busy(20))
    written.write_text(written.read_text() + "more,2020-01-20 23:55\n")
    os.utime(written, (315532800, 315532800))
    shop.fine()
    assert through(shop) == dt.date(2020, 1, 20)


def test_a_later_row_in_another_file_completes_the_day(shop):
    land(shop, busy(10, until="08:00"), "a.csv", "*.csv")
    assert through(shop) == dt.date(2020, 1, 9)
    rest = busy(2, first=dt.date(2020, 1, 11), until="09:00")
    land(shop, rest, "b.csv", "*.csv")
    assert through(shop) == dt.date(2020, 1, 11)


def test_a_row_of_the_future_makes_no_day_complete(shop):
    land(shop, [*busy(10), "2162-01-01 12:00"])
    assert through(shop) == dt.date(2020, 1, 10)


def test_a_date_that_was_corrected_takes_its_days_back(shop):
    land(shop, [*busy(10), "2020-06-01 23:59"])
    land(shop, [*busy(10), "2020-01-06 23:59"])
    assert through(shop) == dt.date(2020, 1, 10)


def test_days_are_those_of_the_reporting_zone(shop):
    lines = "\n".join(f"{n},{at}" for n, at in enumerate(busy(10)))
    shop.write("orders.csv", f"id,at\n{lines}\n")
    shop.settings("""
        [reporting]
        time_zone = "America/New_York"
        [[sources]]
        name = "shop"
        kind = "files"
        time_zone = "Europe/Warsaw"
        [[sources.tables]]
        table = "sales_order"
        path = "orders.csv"
        columns = { order_id = "id", currency = "'PLN'", placed_at = "at" }
        """)
    shop.fine()
    # the last row is at 23:50 in Warsaw, 17:50 in New York, where all days end so
    assert through(shop) == dt.date(2020, 1, 10)


def test_an_order_after_a_long_silence_ends_its_day(shop):
    land(shop, [*busy(10), "2020-06-01 10:00"])
    assert through(shop) == dt.date(2020, 6, 1)


def test_a_day_alone_counts_from_the_evening(shop):
    land(shop, busy(1, until="12:00"))
    assert through(shop) is None
    land(shop, busy(1, until="18:10"))
    assert through(shop) == FIRST


def test_a_weekday_is_compared_with_its_own_kind():
    """The office closes at 15:00 on Fridays; a Monday that ends so was cut off."""
    monday = dt.date(2020, 3, 2)

    def before(day):
        later = 0 if day.weekday() == 4 else 20
        return Before(day, 100, later)

    weeks = [before(monday - DAY * number) for number in range(56, 0, -1)]
    assert not is_ordinary_end(dt.datetime(2020, 3, 2, 15), weeks[0].day, weeks)
    assert is_ordinary_end(dt.datetime(2020, 3, 6, 15), weeks[0].day, weeks)
