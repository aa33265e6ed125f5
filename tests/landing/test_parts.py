"""A long file is converted in parts: what lands and what is told is the same."""

from __future__ import annotations

import pytest

from journey.landing import inputs, parts

ROWS = [
    "1,2026-03-01 10:00:00,10.00,Zoë <zoe@mail.example>",
    "2,2026-03-29 02:30:00,20.00,ana@mail.example",
    "3,2026-03-03 10:00:00,12;50,ana@mail.example",
    "1,2026-03-01 10:00:00,10.00,Zoë <zoe@mail.example>",
    "4,never,14.00,info@mail.example",
    "1,2026-03-01 10:00:00,11.00,zoe@mail.example",
    "5,2026-03-05 10:00:00,15;75,",
    "6,2026-03-06 10:00:00,16.00,ben@mail.example",
    "2,2026-03-07 10:00:00,20.00,ana@mail.example",
]
COLUMNS = (
    'order_id = "id", currency = "\'PLN\'", placed_at = "at", gross_total = "total", '
    'email = "mail"'
)


@pytest.fixture(params=["at once", "in parts", "packed, in parts"])
def way(request, monkeypatch):
    if request.param != "at once":
        monkeypatch.setattr(parts, "ROWS", 2)
    if request.param.startswith("packed"):
        monkeypatch.setattr(inputs, "LONG", 1)
    return request.param


def test_good_rows_land_and_bad_ones_are_told(shop, way):
    shop.write("orders.csv", "id,at,total,mail\n" + "\n".join(ROWS) + "\n")
    shop.orders(COLUMNS, 'on_bad_rows = "skip"\ntime_zone = "Europe/Warsaw"')
    shop.fine()
    landed = "select order_id, gross_total::varchar from sales_order order by 1"
    assert shop.rows(landed) == [
        ("1", "10.0000"), ("2", "20.0000"), ("6", "16.0000"),
    ]  # fmt: skip
    assert shop.rows("select count(distinct email_hash) from sales_order") == [(3,)]
    assert shop.rows(
        "select rows_read, rows_landed, rows_skipped, rows_superseded from sync_run "
        "where table_name = 'sales_order'"
    ) == [(9, 3, 5, 1)]
    assert shop.rows("select flag, value from data_quality order by 1") == [
        ("rows_skipped", 5.0), ("time_that_never_was", 1.0),
    ]  # fmt: skip
    (first_day, last_day) = shop.rows("select first_day, last_day from landed_file")[0]
    assert (str(first_day), str(last_day)) == ("2026-03-01", "2026-03-29")


def test_the_lines_of_bad_rows_are_named_as_ever(shop, way):
    shop.write("orders.csv", "id,at,total,mail\n" + "\n".join(ROWS) + "\n")
    shop.orders(COLUMNS)
    told = [(problem.line, problem.found) for problem in shop.problems()]
    assert shop.rows("select count(*) from sales_order") == [(0,)]
    assert told == [
        (4, 'gross_total (mapped from total) is "12;50"; 2 rows like it, also "15;75" on '
            "line 8"),
        (6, 'placed_at (mapped from at) is "never"'),
        (7, 'order_id (mapped from id) is "1" again, with other values (first on line 2); '
            '2 rows like it, also "2" again, with other values (first on line 3) on '
            "line 10"),
    ]  # fmt: skip
