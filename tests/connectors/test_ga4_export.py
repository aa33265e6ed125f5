"""Small exports written by hand, landed as a shop would land them."""

import datetime as dt
import gzip
import json
import shutil
from pathlib import Path

import duckdb
import pytest

from connectors import ga4_export
from journey import build
from journey.build.inputs import attach_landing, attach_settings
from journey.home import Home
from journey.settings import Reporting, Settings, Source
from journey.sources.sync import sync

DAY = "20260131"
NOON = "2026-01-31 12:00:00"


def micros(at):
    moment = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC)
    return str(int(moment.timestamp() * 1_000_000))


def param(key, value):
    """One parameter as the JSON export writes it: integers as text, nulls left out."""
    if isinstance(value, int):
        return {"key": key, "value": {"int_value": str(value)}}
    if isinstance(value, float):
        return {"key": key, "value": {"double_value": value}}
    return {"key": key, "value": {"string_value": value}}


def event(name, at=NOON, visitor="7.7", session=100, params=None, **more):
    """One line of the JSON export; the day is the UTC day unless given."""
    given = {"ga_session_id": session} | (params or {})
    line = {
        "event_date": at[:10].replace("-", ""),
        "event_timestamp": micros(at),
        "event_name": name,
        "event_params": [param(k, v) for k, v in given.items() if v is not None],
        "user_pseudo_id": visitor,
        "stream_id": "5001",
        "device": {"category": "Mobile"},
        "geo": {"country": "Poland"},
        "items": [],
    }
    return {key: value for key, value in (line | more).items() if value is not None}


def timed(cases):
    """Return each case after a moment of its own."""
    return [(f"2026-01-31 12:00:{n:02}", case) for n, case in enumerate(cases)]


def storage(answer):
    return {"analytics_storage": answer}


def item(name, quantity=1, revenue=None):
    return {"item_id": name, "item_name": name.title(), "quantity": str(quantity),
            "item_revenue": revenue}  # fmt: skip


class Shop:
    """A home with one source, the folder export/."""

    def __init__(self, root: Path):
        self.home = Home(root)
        self.folder = root / "export"
        self.folder.mkdir()

    def write(self, name, *events):
        text = "\n".join(json.dumps(line) for line in events) + "\n"
        opened = gzip.open if name.endswith(".gz") else open
        with opened(self.folder / name, "wt", encoding="utf-8") as file:
            file.write(text)

    def settings(self, **options):
        source = Source("web", "ga4_export", {"path": "export"} | options)
        reporting = Reporting(time_zone="Europe/Warsaw", currency="PLN")
        return Settings(reporting=reporting, sources=(source,))

    def sync(self, **options):
        (result,) = sync(self.home, self.settings(**options))
        return result

    def land(self, **options):
        result = self.sync(**options)
        assert result.ok, "\n".join(map(str, result.problems))
        return result

    def ask(self, query):
        with duckdb.connect(str(self.home.landing), read_only=True) as connection:
            connection.execute("set timezone = 'UTC'").fetchall()
            return connection.sql(query).fetchall()

    def visits(self, columns):
        """Columns of the mart sessions, built from what has landed."""
        with duckdb.connect() as connection:
            attach_landing(connection, self.home)
            attach_settings(connection, self.settings(), "test")
            build.create(connection, up_to("sessions"))
            query = f"select {columns} from sessions order by started_at, session_id"
            return connection.sql(query).fetchall()


def up_to(name):
    """Return the marts that one mart reads, and itself, in their order."""
    files = {mart.name: mart for mart in build.marts()}
    wanted, found = [name], {}
    while wanted:
        mart = files[wanted.pop()]
        found[mart.name] = mart
        wanted += mart.reads
    return [mart for mart in files.values() if mart.name in found]


@pytest.fixture
def shop(tmp_path):
    return Shop(tmp_path)


def test_a_visit_over_midnight_in_two_files_is_one_visit(shop):
    shop.write("events_20260131.json", event("page_view", "2026-01-31 23:50:00"))
    shop.write("events_20260201.json", event("page_view", "2026-02-01 00:10:00"))
    shop.land()
    # 23:50 UTC is already the first of February in Warsaw
    assert shop.visits("day, page_views") == [(dt.date(2026, 2, 1), 2)]


def test_the_same_session_id_of_another_visitor_or_stream_is_another_visit(shop):
    shop.write(
        f"events_{DAY}.json",
        event("page_view"),
        event("page_view", visitor="8.8"),
        event("page_view", stream_id="5002"),
        event("page_view", session=101),
    )
    shop.land()
    assert shop.ask("select count(distinct session_key) from web_event") == [(4,)]


def test_a_session_id_given_as_text_is_the_one_given_as_number(shop):
    shop.write(
        f"events_{DAY}.json",
        event("page_view", session=100),
        event("scroll", session="100"),
    )
    shop.land()
    assert shop.ask("select count(*), count(distinct session_key) from web_event") == [
        (2, 1)
    ]


def test_an_intraday_table_is_ignored_beside_its_daily_one(shop):
    seen = [event("page_view"), event("view_item", "2026-01-31 12:01:00")]
    shop.write(f"events_{DAY}.json", *seen)
    shop.write(f"events_intraday_{DAY}.json", *seen)
    shop.write("events_intraday_20260201.json", event("scroll", "2026-02-01 09:00:00"))
    shop.land()
    assert shop.ask("select event_name from web_event order by happened_at") == [
        ("page_view",), ("view_item",), ("scroll",)
    ]  # fmt: skip
    assert shop.ask("select day from landed_day") == [(dt.date(2026, 1, 31),)]
    assert shop.ask("select flag, period_start from data_quality") == [
        ("only_intraday", dt.date(2026, 2, 1))
    ]


@pytest.mark.parametrize("remove", [True, False], ids=["deleted", "left in the folder"])
def test_a_daily_table_takes_the_place_of_the_intraday_one_read_before(shop, remove):
    shop.write(f"events_intraday_{DAY}.json", event("page_view"), event("scroll"))
    shop.land()
    assert shop.ask("select count(*) from web_event") == [(2,)]
    shop.write(f"events_{DAY}.json", event("page_view"), event("purchase"))
    if remove:
        (shop.folder / f"events_intraday_{DAY}.json").unlink()
    shop.land()
    assert shop.ask("select event_name from web_event order by 1") == [
        ("page_view",), ("purchase",)
    ]  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_parts_without_an_ending_are_read_by_what_they_hold(shop, packed):
    """BigQuery names parts events_20260131000000000000 where a name has a bare star."""
    shop.write(f"events_intraday_{DAY}.json", event("scroll"))
    shop.land()
    for number in range(2):
        name = f"events_{DAY}00000000000{number}"
        shop.write(name + ".gz" * packed, event("page_view", session=number))
        if packed:
            (shop.folder / f"{name}.gz").rename(shop.folder / name)
    (shop.folder / f"events_{DAY}.md5").write_text("d41d8cd9")
    (shop.folder / f"events_{DAY}.csv").write_text("event_name\npage_view\n")
    shop.land()
    assert shop.ask("select event_name, count(*) from web_event group by 1") == [
        ("page_view", 2)
    ]
    assert shop.ask("select day from landed_day") == [(dt.date(2026, 1, 31),)]


def test_a_parquet_part_without_an_ending_is_read(shop):
    shop.write(f"lines_{DAY}.json", event("page_view"))
    columns = "{" + ", ".join(f"'{k}': '{v}'" for k, v in TYPES.items()) + "}"
    with duckdb.connect() as connection:
        path = shop.folder / f"lines_{DAY}.json"
        connection.execute(
            f"copy (from read_json('{path}', columns = {columns})) to "
            f"'{shop.folder / f'events_{DAY}-000000000000'}' (format parquet)"
        ).fetchall()
    path.unlink()
    shop.land()
    assert shop.ask("select event_name from web_event") == [("page_view",)]


def test_a_day_published_again_in_fewer_parts_replaces_all_its_parts(shop):
    parts = [f"events_{DAY}-00000000000{number}.json" for number in range(3)]
    for number, name in enumerate(parts):
        shop.write(name, event("page_view", session=number))
    shop.write("events_20260130.json", event("page_view", "2026-01-30 12:00:00"))
    shop.land()
    shop.write(parts[0], event("page_view", session=0), event("page_view", session=1))
    for name in parts[1:]:
        (shop.folder / name).unlink()
    shop.land()
    counted = "select event_date::varchar, count(*) from web_event group by all order by 1"
    assert shop.ask(counted) == [("2026-01-30", 1), ("2026-01-31", 2)]


def test_days_taken_out_of_the_folder_stay_landed(shop):
    shop.write("events_20260130.json", event("page_view", "2026-01-30 12:00:00"))
    shop.write(f"events_{DAY}.json", event("page_view"))
    shop.land()
    (shop.folder / "events_20260130.json").unlink()
    shop.land()
    assert shop.ask("select count(*) from web_event") == [(2,)]


def test_reading_the_same_files_again_changes_nothing(shop):
    shop.write(f"events_{DAY}.json.gz", event("page_view"), event("purchase"))
    shop.land()
    everything = "select columns(*)::varchar from web_event order by all"
    before = shop.ask(everything)
    result = shop.land()
    assert result.tables[0].files_read == 0
    assert shop.ask(everything) == before


def test_events_without_consent_are_kept_and_counted_but_make_no_visit(shop):
    shop.write(
        f"events_{DAY}.json",
        event("page_view", visitor=None, session=None, privacy_info=storage("No")),
        event("page_view", privacy_info=storage("Yes")),
        event("scroll"),
    )  # fmt: skip
    shop.land()
    assert shop.ask(
        "select session_key is null as cookieless, consent, count(*) from web_event "
        "group by all order by all"
    ) == [(False, "granted", 1), (False, None, 1), (True, "denied", 1)]
    assert len(shop.visits("session_id")) == 1


def test_an_event_sent_twice_counts_once_and_a_like_one_twice(shop):
    bought = {"params": {"value": 10.5}, "items": [item("boot", 2, 10.5)],
              "ecommerce": {"transaction_id": "T1", "purchase_revenue": 10.5}}  # fmt: skip
    swapped = event("purchase", **bought)
    swapped["event_params"].reverse()
    shop.write(
        f"events_{DAY}-000000000000.json",
        event("purchase", **bought),
        swapped,
        event("page_view", params={"page_location": "https://shop.example/a"}),
        event("page_view", params={"page_location": "https://shop.example/b"}),
    )
    shop.write(f"events_{DAY}-000000000001.json", event("purchase", **bought))
    shop.land()
    assert shop.ask("select count(distinct event_key) from web_event") == [(3,)]
    assert shop.visits("page_views, purchased") == [(2, True)]


def test_a_thank_you_page_opened_again_buys_nothing(shop):
    bought = {"ecommerce": {"transaction_id": "T1", "purchase_revenue": 99.0}}
    shop.write(
        f"events_{DAY}.json",
        event("purchase", **bought),
        event("purchase", "2026-01-31 12:05:00", **bought),
        event("purchase", "2026-01-31 20:00:00", session=200, **bought),
    )
    shop.land()
    assert shop.visits("purchased") == [(True,), (False,)]


def test_a_transaction_that_is_not_set_has_no_id(shop):
    shop.write(
        f"events_{DAY}.json",
        event("purchase", ecommerce={"transaction_id": "(not set)"}),
        event("purchase", "2026-01-31 12:05:00", params={"transaction_id": 614},
              ecommerce={"transaction_id": "(not set)"}),
    )  # fmt: skip
    shop.land()
    assert shop.ask("select transaction_id from web_event order by happened_at") == [
        (None,), ("614",)
    ]  # fmt: skip


def test_sums_over_rows_of_items_do_not_multiply(shop):
    shop.write(
        f"events_{DAY}.json",
        event(
            "purchase",
            params={"engagement_time_msec": 700, "currency": "EUR"},
            ecommerce={"transaction_id": "T1", "purchase_revenue": 30.25},
            items=[item("boot", 1, 20.25), item("sock", 2, 10.0)],
        ),
    )
    shop.land()
    rows = shop.ask(
        "select item_number, item_id, item_quantity, item_revenue::varchar, "
        "value::varchar, engagement_ms, currency from web_event order by item_number"
    )
    assert rows == [
        (1, "boot", 1, "20.2500", "30.2500", 700, "EUR"),
        (2, "sock", 2, "10.0000", None, None, "EUR"),
    ]


def test_the_escapes_of_the_json_export_are_read(shop):
    line = json.dumps(event("page_view", params={"source": "LESS", "medium": "email"}))
    (shop.folder / f"events_{DAY}.json").write_text(
        line.replace("LESS", r"a\u003cb\u0026c\u003e"), encoding="utf-8"
    )
    shop.land()
    assert shop.ask("select source_name, medium from web_event") == [("a<b&c>", "email")]


LAST_CLICK = {
    "cross_channel_campaign": {"source": "news", "medium": "email", "campaign_name": "May"}
}
COLLECTED = {"manual_source": "sent", "manual_medium": "social",
             "manual_campaign_name": "Sent"}  # fmt: skip
FIRST = {"source": "google", "medium": "organic", "name": "(organic)"}
TAGS = {"source": "tag", "medium": "referral", "campaign": "(referral)"}


EVIDENCE = [
    # the visit's own last click is the best answer
    ({"session_traffic_source_last_click": LAST_CLICK, "traffic_source": FIRST,
      "collected_traffic_source": COLLECTED, "params": TAGS},
     ("news", "email", "May", "session")),
    # a Google Ads campaign is google / cpc
    ({"session_traffic_source_last_click": {"google_ads_campaign":
      {"customer_id": "12", "campaign_name": "Boots"}}},
     ("google", "cpc", "Boots", "session")),
    # then tags typed by hand
    ({"session_traffic_source_last_click": {"manual_campaign":
      {"source": "flyer", "medium": "print"}}}, ("flyer", "print", None, "session")),
    # an answer that is not set is none
    ({"session_traffic_source_last_click": {
        "cross_channel_campaign": {"source": "(not set)", "medium": "(not set)"},
        "google_ads_campaign": {"customer_id": "(not set)"}}, "params": TAGS},
     ("tag", "referral", "(referral)", "event")),
    # what was sent with the event comes before its parameters
    ({"collected_traffic_source": COLLECTED, "params": TAGS, "traffic_source": FIRST},
     ("sent", "social", "Sent", "event")),
    ({"params": TAGS, "traffic_source": FIRST},
     ("tag", "referral", "(referral)", "event")),
    # a click on an ad of Google is one, whatever the parameters say
    ({"params": {"gclid": "x1", "source": "google", "medium": "organic",
                 "campaign": "(organic)"}}, ("google", "cpc", None, "click")),
    ({"params": {"page_location": "https://a.example/?gclid=x1", "campaign": "Sale"}},
     ("google", "cpc", "Sale", "click")),
    ({"collected_traffic_source": {"gclid": "x1"}}, ("google", "cpc", None, "click")),
    # the visitor's first source only where there is nothing else, and it says so
    ({"traffic_source": FIRST}, ("google", "organic", "(organic)", "first_user")),
    ({"params": TAGS | {"ignore_referrer": "true"}}, (None, None, None, None)),
    ({}, (None, None, None, None)),
]  # fmt: skip


def test_the_source_of_an_event_comes_from_the_best_evidence(shop):
    shop.write(
        f"events_{DAY}.json",
        *(event("page_view", at, **given) for at, (given, _) in timed(EVIDENCE)),
    )
    shop.land()
    found = shop.ask(
        "select source_name, medium, campaign, source_basis from web_event "
        "order by happened_at"
    )
    assert found == [expected for _, expected in EVIDENCE]


def test_a_visit_takes_the_first_source_it_was_sent_with_before_the_visitors(shop):
    shop.write(
        f"events_{DAY}.json",
        event("session_start", "2026-01-31 12:00:00", traffic_source=FIRST),
        event("page_view", "2026-01-31 12:00:01", traffic_source=FIRST, params=TAGS),
        event("page_view", "2026-01-31 12:09:00", params=TAGS | {"source": "later"}),
        event("page_view", "2026-01-31 13:00:00", session=200, traffic_source=FIRST),
    )
    shop.land()
    assert shop.visits("source_medium, channel, source_basis") == [
        ("tag / referral", "Referral", "event"),
        ("google / organic", "Organic Search", "first_user"),
    ]


def test_unlike_words_for_nothing_stay_apart(shop):
    words = ["(not set)", "(other)", "(data deleted)", "<Other>", "(direct)"]
    shop.write(
        f"events_{DAY}.json",
        *(
            event("page_view", params={"source": word, "medium": "(none)"})
            for word in words
        ),
    )
    shop.land()
    assert shop.ask("select source_name from web_event order by 1") == [
        (word,) for word in sorted(words)
    ]


PAGES = {
    "https://shop.example/a?utm_source=n&email=a%40b.pl&UTM_term=x#top":
        "https://shop.example/a?utm_source=n&UTM_term=x",
    "https://shop.example/a?q=1&id=2": "https://shop.example/a",
    "https://shop.example/a#utm_source=x": "https://shop.example/a",
    "https://anna:word@shop.example/a": "https://shop.example/a",
    "https://shop.example/me/anna@post.pl/orders":
        "https://shop.example/me/(e-mail)/orders",
    "https://shop.example/a?utm_content=anna%40post.pl":
        "https://shop.example/a?utm_content=(e-mail)",
}  # fmt: skip


def test_a_page_loses_its_query_and_whatever_names_a_person(shop):
    shop.write(
        f"events_{DAY}.json",
        *(
            event("page_view", at, params={"page_location": url})
            for at, url in timed(PAGES)
        ),
    )
    shop.land()
    found = shop.ask("select page from web_event order by happened_at")
    assert found == [(page,) for page in PAGES.values()]


def test_nothing_at_rest_names_a_visitor(shop):
    shop.write(
        f"events_{DAY}.json",
        event("page_view", visitor="1166526666.1617691776", user_id="anna@post.pl",
              params={"search_term": "anna@post.pl", "source": "anna@post.pl"}),
    )  # fmt: skip
    shop.land()
    with duckdb.connect(str(shop.home.landing), read_only=True) as connection:
        texts = [
            str(row)
            for (table,) in connection.sql(
                "select table_name from duckdb_tables()"
            ).fetchall()
            for row in connection.sql(
                f'select columns(*)::varchar from "{table}"'
            ).fetchall()
        ]
    assert len(texts) > 3
    assert not [text for text in texts if "anna" in text or "1166526666" in text]


COUNTRIES = {
    "Poland": "PL", "Czechia": "CZ", "Turkey": "TR", "Hong Kong": "HK", "Kosovo": "XK",
    "Bosnia & Herzegovina": "BA", "Myanmar (Burma)": "MM", "Côte d’Ivoire": "CI",
    "(not set)": None, "Atlantis": None, "": None,
}  # fmt: skip


def test_countries_become_iso_codes(shop):
    shop.write(
        f"events_{DAY}.json",
        *(event("page_view", at, geo={"country": name}) for at, name in timed(COUNTRIES)),
    )
    shop.land()
    found = shop.ask("select country, device_category from web_event order by happened_at")
    assert found == [(code, "mobile") for code in COUNTRIES.values()]


def test_only_the_stream_asked_for_is_read(shop):
    shop.write(f"events_{DAY}.json", event("page_view"), event("scroll", stream_id="5002"))
    shop.land(stream=5002)
    assert shop.ask("select event_name from web_event") == [("scroll",)]


def test_only_the_folder_of_the_property_asked_for_is_read(shop):
    for number in ("11", "22"):
        (shop.folder / f"analytics_{number}").mkdir()
        shop.write(
            f"analytics_{number}/events_{DAY}.json", event("page_view", visitor=number)
        )
    shop.land(property="22")
    assert shop.ask("select count(*) from web_event") == [(1,)]


def test_a_missing_day_is_flagged_and_never_a_zero(shop):
    shop.write("events_20260128.json", event("page_view", "2026-01-28 12:00:00"))
    shop.write("events_20260131.json", event("page_view", "2026-01-31 12:00:00"))
    shop.land()
    assert shop.ask("select flag, period_start, period_end, value from data_quality") == [
        ("no_table", dt.date(2026, 1, 29), dt.date(2026, 1, 30), 2.0)
    ]
    assert shop.ask("select day from landed_day order by 1") == [
        (dt.date(2026, 1, 28),), (dt.date(2026, 1, 31),)
    ]  # fmt: skip


SHAPES = {
    "plain lists": "select * from lines",
    "list.element": """
        select * replace (
            {'list': list_transform(event_params, lambda p: {'element': p})}
                as event_params,
            {'list': list_transform(items, lambda i: {'element': i})} as items
        ) from lines
    """,
}
TYPES = {
    "event_date": "varchar", "event_timestamp": "bigint", "event_name": "varchar",
    "event_params": "struct(key varchar, value struct(string_value varchar, "
    "int_value bigint, float_value double, double_value double))[]",
    "user_pseudo_id": "varchar", "stream_id": "bigint",
    "device": "struct(category varchar)", "geo": "struct(country varchar)",
    "traffic_source": "struct(source varchar, medium varchar, name varchar)",
    "ecommerce": "struct(transaction_id varchar, purchase_revenue double)",
    "items": "struct(item_id varchar, item_name varchar, quantity bigint, "
    "item_revenue double)[]",
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_parquet_in_both_list_shapes_says_what_the_json_says(shop, shape):
    shop.write(
        f"events_{DAY}.json",
        event("page_view", traffic_source=FIRST, params={"ga_session_number": 3}),
        event("purchase", params={"value": 30.25},
              ecommerce={"transaction_id": "T1", "purchase_revenue": 30.25},
              items=[item("boot", 1, 20.25), item("sock", 2, 10.0)]),
        event("scroll", visitor=None),
    )  # fmt: skip
    shop.land()
    columns = (
        "select columns(*)::varchar "
        "from (select * exclude (_file, _run_id) from web_event) order by all"
    )
    from_json = shop.ask(columns)
    source = shop.folder / f"events_{DAY}.json"
    with duckdb.connect() as connection:
        connection.execute(
            f"create table lines as from read_json('{source}', columns = {TYPES})"
        ).fetchall()
        connection.execute(
            f"copy ({SHAPES[shape]}) to '{shop.folder}/events_{DAY}.parquet'"
        ).fetchall()
    source.unlink()
    shop.land()
    assert len(from_json) == 4
    assert shop.ask(columns) == from_json


def test_lists_that_bigquery_does_not_call_lists_are_read(shop):
    """The file has list.element groups without the annotation LIST: a page view of
    session 100 from "tag", then a purchase of a boot and two socks."""
    made = Path(__file__).with_name("ga4_lists_without_annotation.parquet")
    shutil.copy(made, shop.folder / f"events_{DAY}-000000000000.parquet")
    shop.land()
    assert shop.ask(
        "select event_name, source_name, item_id, item_quantity "
        "from web_event order by happened_at, item_number"
    ) == [
        ("page_view", "tag", None, None),
        ("purchase", None, "boot", 1),
        ("purchase", None, "sock", 2),
    ]
    assert shop.ask("select count(distinct session_key) from web_event") == [(1,)]


def test_files_of_unlike_columns_land_side_by_side(shop):
    shop.write("events_20260130.json", event("page_view", "2026-01-30 12:00:00"))
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select date '2026-01-31' as event_date, "
            "timestamp '2026-01-31 12:00:00' as event_timestamp, "
            "'page_view' as event_name, [{'key': 'ga_session_id', "
            "'value': {'int_value': 100}}] as event_params, '7.7' as user_pseudo_id) "
            f"to '{shop.folder}/events_20260131.parquet'"
        ).fetchall()
    shop.land()
    assert shop.ask(
        "select event_date::varchar, happened_at::varchar, session_key is null, country "
        "from web_event order by 1"
    ) == [
        ("2026-01-30", "2026-01-30 12:00:00+00", False, "PL"),
        ("2026-01-31", "2026-01-31 12:00:00+00", False, None),
    ]


def test_the_staging_names_of_an_event_are_read_too(shop):
    line = event("page_view")
    line["event_date_dt"] = "2026-01-31"
    line["client_id"] = line.pop("user_pseudo_id")
    del line["event_date"]
    shop.write("event_examples.jsonl", line)
    shop.land()
    assert shop.ask("select event_date, visitor_key is not null from web_event") == [
        (dt.date(2026, 1, 31), True)
    ]


def test_a_file_of_something_else_is_named_with_what_it_lacks(shop):
    shop.write("orders.json", {"order_id": "1", "event_name": "x"})
    shop.write(f"events_{DAY}.json", event("page_view"))
    (shop.folder / "events_20260201.parquet").write_bytes(b"no parquet")
    (shop.folder / "events_20260202.json").write_text("<html>", encoding="utf-8")
    problems = {problem.where: problem for problem in shop.sync().problems}
    assert set(problems) == {
        "orders.json", "events_20260201.parquet", "events_20260202.json"
    }  # fmt: skip
    lack = problems["orders.json"]
    assert "no column event_date, event_timestamp, event_params" in lack.found
    assert "BigQuery export" in lack.expected
    assert lack.fix


def test_an_empty_folder_says_what_it_should_hold(shop):
    (problem,) = shop.sync().problems
    assert problem.found == "no file of an export"
    assert ".parquet" in problem.expected


@pytest.mark.parametrize(
    ("options", "found"),
    [({"property": "G-ABC123"}, 'property = "G-ABC123"'), ({"currency": "zł"}, "currency"),
     ({"time_zone": "Warsaw"}, "time_zone"), ({"stream": "web"}, "stream")],
)  # fmt: skip
def test_a_wrong_setting_says_what_to_paste_instead(shop, options, found):
    shop.write(f"events_{DAY}.json", event("page_view"))
    (problem,) = shop.sync(**options).problems
    assert found in problem.found
    if "property" in options:
        assert "Property details" in problem.fix


def test_a_path_may_name_a_variable_of_the_environment(shop, monkeypatch):
    shop.write(f"events_{DAY}.json", event("page_view"))
    (problem,) = shop.sync(path="$GA4_DATA/*.json").problems
    assert "GA4_DATA is not set" in problem.found
    monkeypatch.setenv("GA4_DATA", str(shop.folder))
    shop.land(path="$GA4_DATA/*.json")
    assert shop.ask("select count(*) from web_event") == [(1,)]


def test_a_pattern_picks_files(tmp_path):
    for name in ("events_20260131.parquet", "events_20260201.parquet",
                 "pseudonymous_users_20260131.parquet", "readme.txt"):  # fmt: skip
        (tmp_path / name).touch()
    found = ga4_export.find(ga4_export.Settings(path=str(tmp_path / "events_202602*")))
    assert [path.name for path in found] == ["events_20260201.parquet"]
    found = ga4_export.find(ga4_export.Settings(path=str(tmp_path)))
    assert [path.name for path in found] == [
        "events_20260131.parquet", "events_20260201.parquet"
    ]  # fmt: skip
