"""The Google Merchandise Store through the whole product, against the raw file.

Every expected figure is plain SQL over the exported Parquet, written without the
product's own.
"""

import shutil

import duckdb
import pytest

from journey import settings as settings_file
from journey.build import build
from journey.home import PROJECT, Home
from journey.settings import Reporting, Settings, Source
from journey.sources.sync import sync

RAW = (
    PROJECT.parent / "shared" / "data" / "ga4_export" / "ga4_events_sampled.snappy.parquet"
)
EXAMPLE = PROJECT / "examples" / "ga4_export"

pytestmark = pytest.mark.skipif(not RAW.is_file(), reason="needs ../shared/data/ga4_export")

VISIT = """
    select
        *, (user_pseudo_id, list_filter(
            event_params, lambda p: p.key = 'ga_session_id'
        )[1].value.int_value) as visit,
        make_timestamp(event_timestamp) as moment,
        coalesce(
            nullif(ecommerce.transaction_id, '(not set)'),
            list_filter(
                event_params, lambda p: p.key = 'transaction_id'
            )[1].value.int_value::varchar
        ) as order_id
    from raw
"""
"""Where a shop sends its order id as a number, only the parameter has it."""


def land_and_build(home, settings):
    (result,) = sync(home, settings)
    assert result.ok, "\n".join(map(str, result.problems))
    return build(home, settings)


def ask(path, query):
    """Run a query on one file; `raw` is the exported Parquet."""
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'").fetchall()
        connection.execute(f"create view raw as from '{RAW}'").fetchall()
        connection.execute(f"create view event as {VISIT}").fetchall()
        connection.execute(f"attach '{path}' as marts (read_only)").fetchall()
        return connection.sql(query).fetchall()


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Return the published file of the example, its export the whole raw file."""
    home = Home(tmp_path_factory.mktemp("store"))
    shutil.copy(EXAMPLE / "journey.toml", home.settings)
    (home.root / "export").mkdir()
    shutil.copy(RAW, home.root / "export")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GA4_DATA", "export")
        return land_and_build(home, settings_file.load(home)).path


def same(store, ours, theirs):
    """Assert that a query of the marts gives what plain SQL gives over the raw file."""
    found, expected = ask(store, ours), ask(store, theirs)
    assert expected and expected[0][0] is not None
    assert found == expected


def test_visits_of_every_day_are_those_of_the_raw_file(store):
    same(
        store,
        "select day, sum(sessions)::int from marts.traffic group by all order by all",
        "select moment::date, count(*)::int from (select min(moment) as moment from event "
        "group by visit) group by all order by all",
    )


@pytest.mark.parametrize(
    ("column", "event"),
    [("product_views", "view_item"), ("carts", "add_to_cart"),
     ("checkouts", "begin_checkout"), ("shippings", "add_shipping_info"),
     ("payments", "add_payment_info"), ("search_sessions", "view_search_results")],
)  # fmt: skip
def test_visits_that_reached_a_step_are_those_of_the_raw_file(store, column, event):
    same(
        store,
        f"select sum({column})::int from marts.traffic",
        f"select count(distinct visit)::int from event where event_name = '{event}'",
    )


def test_visits_with_a_purchase_count_each_transaction_once(store):
    same(
        store,
        "select sum(purchases)::int from marts.traffic",
        """
        select count(distinct visit)::int from (
            select arg_min(visit, (moment, visit)) as visit from event
            where event_name = 'purchase' and order_id is not null
            group by order_id
            union
            select visit from event
            where event_name = 'purchase' and order_id is null
        )
        """,
    )


def test_revenue_is_that_of_each_transaction_once(store):
    same(
        store,
        "select count(*)::int, sum(revenue)::double, any_value(currency), "
        "sum(times_seen)::int from marts.web_purchases",
        """
        select count(*)::int, sum(revenue)::double, 'USD', sum(seen)::int
        from (
            select
                arg_min(ecommerce.purchase_revenue, moment) as revenue,
                count(*) as seen
            from event
            where event_name = 'purchase' and order_id is not null
            group by order_id
        )
        """,
    )


def test_views_of_every_product_are_those_of_the_raw_file(store):
    same(
        store,
        "select day, product_id, views::int from marts.product_days "
        "where views > 0 order by all",
        """
        select moment::date, item.item_id, count(distinct visit)::int
        from (
            select moment, visit, unnest(items) as item from event
            where event_name = 'view_item'
        )
        where item.item_id <> '(not set)'
        group by all order by all
        """,
    )


def test_sales_of_every_product_are_those_of_each_transaction_once(store):
    same(
        store,
        "select day, product_id, purchases::int, quantity::int, revenue::double "
        "from marts.product_days where purchases > 0 order by all",
        """
        select
            moment::date, item.item_id, count(distinct sale)::int,
            sum(item.quantity)::int, sum(item.item_revenue)::double
        from (
            select
                moment, coalesce(order_id, user_pseudo_id || moment) as sale,
                unnest(items) as item
            from event
            where event_name = 'purchase'
            qualify row_number() over (
                partition by sale
                order by list_any_value(
                    list_filter(items, lambda i: i.item_id <> '(not set)')
                ) is null, moment
            ) = 1
        )
        where item.item_id <> '(not set)'
        group by all order by all
        """,
    )


def test_what_a_web_only_shop_cannot_tell_is_not_a_zero(store):
    (row,) = ask(
        store,
        "select count(returned_quantity), count(questions), count(revenue) > 0 "
        "from marts.product_days",
    )
    assert row == (0, 0, True)


def test_pages_searches_and_seconds_are_those_of_the_raw_file(store):
    same(
        store,
        "select sum(page_views)::int, sum(searches)::int, "
        "round(sum(engagement_seconds), 3) from marts.sessions",
        """
        select
            count(*) filter (event_name = 'page_view')::int,
            count(*) filter (event_name = 'view_search_results')::int,
            round(sum(list_filter(
                event_params, lambda p: p.key = 'engagement_time_msec'
            )[1].value.int_value) / 1000, 3)
        from event
        """,
    )


def test_devices_and_countries_are_those_of_the_raw_file(store):
    same(
        store,
        "select device, count(*) filter (country = 'PL')::int, "
        "count(*) filter (country is null)::int, count(*)::int "
        "from marts.sessions group by all order by all",
        """
        select
            device, count(*) filter (country = 'Poland')::int,
            count(*) filter (country = '(not set)')::int, count(*)::int
        from (
            select
                arg_min(device.category, moment) as device,
                arg_min(geo.country, moment) as country
            from event group by visit
        )
        group by all order by all
        """,
    )


def test_every_country_but_the_unknown_has_its_code(store):
    same(
        store,
        "select count(distinct country)::int from marts.sessions",
        "select count(distinct geo.country)::int from event "
        "where geo.country <> '(not set)'",
    )


def test_a_visit_without_a_source_of_its_own_says_so(store):
    """Evidence: tags of an event, or the key of an ad click that the sample blanked."""
    same(
        store,
        "select count(*) filter (source_basis = 'first_user')::int, "
        "count(*) filter (channel is null)::int from marts.sessions",
        """
        select count(*) filter (not told)::int, 0
        from (
            select bool_or(len(list_filter(
                event_params, lambda p:
                    p.key = 'gclid'
                    or p.key in ('source', 'medium', 'campaign')
                    and p.value.string_value is not null
            )) > 0) as told
            from event group by visit
        )
        """,
    )


def test_what_the_file_cannot_tell_is_on_the_data_page(store):
    same(
        store,
        "select flag, round(value, 6) from marts.quality "
        "where flag = 'source_of_first_visit'",
        """
        select 'source_of_first_visit', round(avg((not told)::int), 6)
        from (
            select bool_or(len(list_filter(
                event_params, lambda p:
                    p.key = 'gclid'
                    or p.key in ('source', 'medium', 'campaign')
                    and p.value.string_value is not null
            )) > 0) as told
            from event group by visit
        )
        """,
    )


def test_the_data_are_complete_through_the_last_day_of_the_file(store):
    same(
        store,
        "select first_day, complete_through from marts.freshness "
        "where table_name = 'traffic'",
        "select min(moment)::date, max(moment)::date from event",
    )


# ---------------------------------------------------------------- other forms of a slice

FIRST, LAST = "20201201", "20201203"
SLICE = f"from raw where event_date between '{FIRST}' and '{LAST}'"
AS_ELEMENTS = f"""
    select * replace (
        {{'list': list_transform(event_params, lambda p: {{'element': p}})}}
            as event_params,
        {{'list': list_transform(items, lambda i: {{'element': i}})}} as items
    ) {SLICE}
"""
AS_JSON = f"""
    select * replace (
        event_timestamp::varchar as event_timestamp,
        stream_id::varchar as stream_id,
        list_transform(event_params, lambda p: {{
            'key': p.key, 'value': {{
                'string_value': p.value.string_value,
                'int_value': p.value.int_value::varchar,
                'float_value': p.value.float_value,
                'double_value': p.value.double_value
            }}
        }}) as event_params,
        list_transform(items, lambda i: {{
            'item_id': i.item_id, 'item_name': i.item_name,
            'item_brand': i.item_brand, 'item_category': i.item_category,
            'quantity': i.quantity::varchar, 'item_revenue': i.item_revenue
        }}) as items
    ) {SLICE}
"""
CONTENT = "(select * exclude (_file, _run_id) from marts.web_event)"


class Slice:
    """A home whose export folder holds three days in some form."""

    def __init__(self, root):
        self.home = Home(root)
        self.folder = root / "export"
        self.folder.mkdir(parents=True)
        source = Source("web", "ga4_export", {"path": "export", "currency": "USD"})
        reporting = Reporting(time_zone="UTC", currency="USD")
        self.settings = Settings(reporting=reporting, sources=(source,))

    def write(self, name, query=f"select * {SLICE}"):
        with duckdb.connect() as connection:
            connection.execute(f"create view raw as from '{RAW}'").fetchall()
            connection.execute(f"copy ({query}) to '{self.folder / name}'").fetchall()

    def write_days(self, kind="", query="select * from raw where event_date = '{day}'"):
        for number in range(int(FIRST), int(LAST) + 1):
            self.write(f"events_{kind}{number}.parquet", query.format(day=number))

    def land(self):
        (result,) = sync(self.home, self.settings)
        assert result.ok, "\n".join(map(str, result.problems))
        return self

    def content(self):
        return ask(
            self.home.landing, f"select columns(*)::varchar from {CONTENT} order by all"
        )


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The rows of the slice landed from one Parquet file with plain lists."""
    slice_ = Slice(tmp_path_factory.mktemp("plain"))
    slice_.write("three days.parquet")
    # visitors are hashed with a key of the home; all slices of a test share it
    return slice_.land()


@pytest.fixture
def other(plain, tmp_path):
    """An empty slice whose visitors are hashed with the key of the plain one."""
    slice_ = Slice(tmp_path)
    slice_.home.data.mkdir()
    shutil.copy(plain.home.data / "hash.key", slice_.home.data / "hash.key")
    return slice_


def test_lists_of_elements_land_the_same_rows(plain, other):
    other.write("three days.parquet", AS_ELEMENTS)
    assert other.land().content() == plain.content()


def test_the_json_export_lands_the_same_rows(plain, other):
    other.write("days.json", AS_JSON)
    path = other.folder / "days.json"
    text = path.read_text("utf-8")
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    assert r"\u003cOther\u003e" in text and '"int_value":"' in text
    path.write_text(text, "utf-8")
    assert other.land().content() == plain.content()


def test_a_file_a_day_lands_the_same_rows_with_and_without_intraday(plain, other):
    other.write_days("intraday_")
    assert other.land().content() == plain.content()
    other.write_days()
    assert other.land().content() == plain.content()
    for path in other.folder.glob("*intraday*"):
        path.unlink()
    assert other.land().content() == plain.content()


def test_a_day_published_again_replaces_the_day_and_nothing_else(plain, other):
    other.write_days(
        "", "select * from raw where event_date = '{day}' and hash(user_pseudo_id) % 3 > 0"
    )
    partly = other.land().content()
    other.write_days()
    assert len(partly) < len(other.land().content())
    assert other.content() == plain.content()
