"""The Olist example, reconciled with plain SQL over its raw files."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from journey import landing, settings
from journey.home import PROJECT, Home
from journey.sources import sync

DATA = PROJECT.parent / "shared" / "data" / "olist"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the Olist files are not here")


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("olist")
    shutil.copytree(PROJECT / "examples" / "olist", folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OLIST_DATA", str(DATA))
        home = Home(folder)
        (result,) = sync.sync(home, settings.load(home))
        assert not result.problems, "\n".join(map(str, result.problems))
        (again,) = sync.sync(home, settings.load(home))
        assert again.rows == 0
    return home


@pytest.fixture(scope="module")
def raw():
    connection = duckdb.connect()
    for name in ("orders", "order_items", "order_payments", "order_reviews", "customers"):
        path = DATA / f"olist_{name}_dataset.csv"
        connection.execute(
            f"create table {name} as select * from read_csv('{path}', all_varchar = true)"
        ).fetchall()
    return connection


PAIRS = {
    "orders": (
        "select count(*), count(distinct order_id) from orders",
        "select count(*), count(distinct order_id) from sales_order",
    ),
    "orders by status": (
        "select order_status, count(*) from orders group by 1 order by 1",
        "select status, count(*) from sales_order group by 1 order by 1",
    ),
    "money of orders with items": (
        "select sum(price::decimal(18,4) + freight_value::decimal(18,4))::varchar, "
        "count(distinct order_id) from order_items semi join orders using (order_id)",
        "select sum(gross_total)::varchar, count(*) from sales_order "
        "where shipping_total is not null",
    ),
    "money of orders without items": (
        "select sum(payment_value::decimal(18,4))::varchar, count(distinct order_id) "
        "from order_payments semi join orders using (order_id) "
        "anti join order_items using (order_id)",
        "select sum(gross_total)::varchar, count(gross_total) from sales_order "
        "where shipping_total is null",
    ),
    "persons": (
        "select count(distinct customer_unique_id) from customers "
        "semi join orders using (customer_id)",
        "select count(distinct person_id) from person join sales_order "
        "on key_kind = 'customer' and key = source || ':' || customer_id",
    ),
    "customers": (
        "select count(distinct customer_unique_id) from customers",
        "select count(*) from customer",
    ),
    "lines": (
        "select count(*), sum(price::decimal(18,4))::varchar from order_items",
        "select count(*), sum(unit_price)::varchar from order_line",
    ),
    "parcels": (
        "select count(*), count(order_delivered_customer_date) from orders "
        "where order_delivered_carrier_date is not null "
        "or order_delivered_customer_date is not null",
        "select count(*), count(delivered_at) from fulfillment",
    ),
    "late parcels": (
        "select count(*) from orders where order_delivered_customer_date::date "
        "> order_estimated_delivery_date::date",
        "select count(*) from fulfillment where delivered_at > promised_at",
    ),
    "payments": (
        "select payment_type, count(*), sum(payment_value::decimal(18,4))::varchar "
        "from order_payments group by 1 order by 1",
        "select method, count(*), sum(amount)::varchar from payment_attempt "
        "group by 1 order by 1",
    ),
    "reviews": (
        "select review_score, count(*) from order_reviews group by 1 order by 1",
        "select score::integer::varchar, count(*) from feedback group by 1 order by 1",
    ),
    "first and last purchase in local time": (
        "select min(order_purchase_timestamp), max(order_purchase_timestamp) from orders",
        "select strftime(timezone('America/Sao_Paulo', min(placed_at)), "
        "'%Y-%m-%d %H:%M:%S'), strftime(timezone('America/Sao_Paulo', max(placed_at)), "
        "'%Y-%m-%d %H:%M:%S') from sales_order",
    ),
}


@pytest.mark.parametrize("what", PAIRS)
def test_landed_equals_raw(home, raw, what):
    from_raw, from_landed = PAIRS[what]
    with landing.open_landing(home) as connection:
        landed = connection.execute(from_landed).fetchall()
    assert landed == raw.execute(from_raw).fetchall()


def test_every_row_read_is_landed_or_counted(home):
    with landing.open_landing(home) as connection:
        rows = connection.execute(
            "select table_name, rows_read, rows_landed, rows_skipped, rows_superseded "
            "from sync_run where rows_read > 0 order by 1"
        ).fetchall()
    assert len(rows) == 6
    for _, read, landed, skipped, superseded in rows:
        assert read == landed + skipped + superseded
        assert skipped == 0


def test_no_review_text_is_at_rest(home, raw):
    (text,) = raw.execute(
        "select review_comment_message from order_reviews "
        "where length(review_comment_message) > 60 limit 1"
    ).fetchall()[0]
    with landing.open_landing(home) as connection:
        columns = connection.execute(
            "select column_name from duckdb_columns() where table_name = 'feedback' "
            "and data_type = 'VARCHAR'"
        ).fetchall()
        for (column,) in columns:
            found = connection.execute(
                f"select count(*) from feedback where contains({column}, $text)",
                {"text": text},
            ).fetchall()
            assert found == [(0,)]
    assert Path(home.landing).is_file()
