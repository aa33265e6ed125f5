"""GA4 end to end: the official client against a Data API on this machine."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import subprocess
import sys
from collections import deque
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from google.analytics.data_v1beta import types

from connectors import ga4
from connectors.ga4 import checks, retries
from connectors.ga4.client import SCOPE
from connectors.ga4.decoding import typed
from connectors.ga4.reading import read_days, read_people
from journey.connector import (
    Days,
    Flag,
    Frame,
    JourneyError,
    Mark,
    Pause,
    Rows,
    Since,
    Unreadable,
)
from tests.connectors.ga4_service import Fault, Ga4, serving
from tests.connectors.ga4_world import World

NOW = dt.datetime(2026, 10, 20, 9, tzinfo=dt.UTC)
TODAY = NOW.date()
YESTERDAY = TODAY - dt.timedelta(1)
FIRST = dt.date(2026, 9, 20)
MONTH = Since(dt.datetime(2026, 9, 20, 9, tzinfo=dt.UTC), NOW)
DAY = dt.timedelta(1)
TRANSPORTS = ("grpc", "rest")


@pytest.fixture(autouse=True)
def waits(monkeypatch):
    """No wait is real; they are noted."""
    noted = []
    monkeypatch.setattr(retries, "pause", noted.append)
    return noted


@contextlib.contextmanager
def asked(service, transport="grpc", **more):
    with serving(service, transport) as url:
        yield ga4.Settings(
            property=more.pop("property", service.number), api_endpoint=url,
            transport=transport, **more,
        )  # fmt: skip


def world(**more):
    return World(TODAY, **more)


def batches(service, since=MONTH, transport="grpc", **more):
    with asked(service, transport, **more) as settings:
        return list(read_days(since, settings, NOW))


def rows(found, report=None, table="web_daily"):
    frames = [b.frame for b in found if isinstance(b, Frame) and b.table == table]
    if report is not None:
        frames = [f.filter(pl.col("report") == report) for f in frames]
    return pl.concat([f for f in frames if len(f)], how="diagonal")


def flags(found, name, table="web_daily"):
    return [b for b in found if isinstance(b, Flag) and b.flag == name and b.table == table]


def problem(service, transport="grpc", since=MONTH, **more):
    with pytest.raises(JourneyError) as raised:
        batches(service, since, transport, **more)
    return str(raised.value)


# ------------------------------------------------------------------- odd rows


@pytest.mark.parametrize(("place", "value"), [
    ("metric_values", "1,5"), ("dimension_values", "20191231"),
])  # fmt: skip
def test_one_odd_row_of_a_page_takes_no_other_along_and_is_told(place, value):
    def edit(request, answer):
        if len(answer.rows) > 20 and request.dimensions[1].name != "eventName":
            getattr(answer.rows[7], place)[0].value = value

    week = Since(NOW - 7 * DAY, NOW)
    right = rows(batches(Ga4(world()), week), "sessions")
    found = batches(Ga4(world(), edit=edit), week)
    kept = rows(found, "sessions")
    assert kept.height == right.height - 1
    assert kept.join(right, on=kept.columns, how="anti", nulls_equal=True).is_empty()
    odd = [batch for batch in found if isinstance(batch, Unreadable)]
    if place == "metric_values":
        assert "(sessions)" in odd[0].why and "in report sessions" in odd[0].named
    else:
        assert "rows of no day" in flags(found, "other_row")[0].detail["what"]


# ----------------------------------------------------------------- the figures


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_sums_are_exact_though_pages_come_in_any_order(transport):
    service = Ga4(world(), page_rows=31)
    found = batches(service, transport=transport)
    truth = service.world.total
    for report, metric, column in (
        ("sessions", "sessions", "sessions"), ("sessions", "newUsers", "new_users"),
        ("acquisition", "engagedSessions", "engaged_sessions"),
        ("landing", "sessions", "sessions"),
        ("shop", "purchaseRevenue", "purchase_revenue"),
        ("shop", "addToCarts", "add_to_carts"), ("items", "itemRevenue", "item_revenue"),
        ("items", "itemsViewed", "items_viewed"), ("ads", "advertiserAdCost", "ad_cost"),
        ("sessions", "userEngagementDuration", "engagement_seconds"),
    ):  # fmt: skip
        total = rows(found, report)[column].sum()
        assert Decimal(str(total)) == truth(metric, FIRST, YESTERDAY), report
    steps = rows(found, "steps")
    for event in ("view_item", "purchase"):
        reached = steps.filter(pl.col("event_name") == event)["sessions"].sum()
        assert reached == truth("sessions", FIRST, YESTERDAY, event)
    orders = rows(found, table="web_order")
    assert orders["revenue"].sum() == truth("purchaseRevenue", FIRST, YESTERDAY)
    cost = rows(found, table="campaign_daily")
    assert cost["cost"].sum() == truth("advertiserAdCost", FIRST, YESTERDAY)
    assert set(cost["platform"]) == {"google_ads"}


def test_sessions_and_steps_are_two_reports_crossed_by_every_segment():
    found = batches(Ga4(world()))
    crossed = {"channel_group", "device_category", "country", "visitor_type"}
    assert crossed <= set(rows(found, "sessions").columns)
    assert crossed <= set(rows(found, "steps").columns)
    assert rows(found, "sessions").get_column("event_name", default=None) is None
    assert "session_start" not in set(rows(found, "steps")["event_name"])
    assert set(rows(found, "sessions")["country"]) == {"PL", "CZ", "DE"}


def test_every_request_is_ordered_counted_dated_and_as_large_as_may_be():
    service = Ga4(world(), page_rows=31)
    batches(service)
    reports = [request for request in service.requests if request.dimensions]
    assert all(len(r.order_bys) == len(r.dimensions) for r in reports)
    assert all(r.return_property_quota for r in service.requests)
    assert {r.limit for r in reports} <= {1, 250_000}
    dates = [p.start_date for r in service.requests for p in r.date_ranges]
    assert all(dt.date.fromisoformat(day) for day in dates)
    assert max(p.end_date for r in reports for p in r.date_ranges) == "2026-10-19"
    assert {r.offset for r in reports} > {0, 31, 62}  # what came, not what was asked for


def test_a_column_that_was_not_asked_for_is_left_out():
    def edit(request, answer):
        answer.dimension_headers.insert(0, types.DimensionHeader(name="dateRange"))
        for row in answer.rows:
            row.dimension_values.insert(0, types.DimensionValue(value="date_range_0"))

    service = Ga4(world(), edit=edit)
    found = rows(batches(service), "sessions")
    assert found["sessions"].sum() == service.world.total("sessions", FIRST, YESTERDAY)
    assert set(found["device_category"]) == {"mobile", "desktop", "tablet"}


def test_fewer_rows_than_there_are_is_an_error_and_not_a_small_day():
    def edit(request, answer):
        if request.offset:
            answer.rows = []

    said = problem(Ga4(world(), page_rows=31, edit=edit))
    assert "rows came, 3 times" in said


def test_amounts_are_exact_also_where_they_come_as_powers_of_ten():
    texts = pl.DataFrame({"revenue": ["0.1", "1.2345E3", "12345678.91", ""]})
    assert typed(texts)["revenue"].to_list() == [
        Decimal("0.1000"), Decimal("1234.5000"), Decimal("12345678.9100"), None
    ]  # fmt: skip


def test_slices_come_newest_first_and_each_is_whole_before_its_mark():
    found = batches(Ga4(world()))
    whole = [b for b in found if isinstance(b, Days) and b.table == "web_daily"]
    assert [(d.first.day, d.last.day) for d in whole] == [(5, 19), (20, 4)]
    open_, first = set(), None
    for batch in found:
        if isinstance(batch, Frame) and "date" in batch.frame.columns:
            open_ |= set(batch.frame["date"])
        if isinstance(batch, Mark) and not batch.lasting:
            assert first is None or max(open_) < first
            first, open_ = min(open_), set()


def test_a_day_without_visits_is_a_true_zero_only_where_it_was_read():
    silent = dt.date(2026, 10, 10)
    found = batches(Ga4(world(silent=frozenset({silent}))))
    assert silent not in set(rows(found, "sessions")["date"])
    assert any(isinstance(b, Days) and b.first <= silent <= b.last for b in found)


def test_zone_and_currency_stand_in_every_row_and_young_days_are_not_final():
    found = rows(batches(Ga4(world())), "sessions")
    assert set(found["time_zone"]) == {"Europe/Warsaw"}
    assert set(found["currency"]) == {"PLN"}
    young = found.filter(~pl.col("is_final"))["date"].unique().sort().to_list()
    assert young == [TODAY - DAY * n for n in (3, 2, 1)]


def test_today_is_the_property_s_today():
    service = Ga4(world(), time_zone="Pacific/Auckland")
    with asked(service) as settings:
        evening = dt.datetime(2026, 10, 19, 20, tzinfo=dt.UTC)  # the 20th over there
        found = list(read_days(Since(MONTH.first, evening), settings, evening))
    assert rows(found, "sessions")["date"].max() == dt.date(2026, 10, 19)


def test_users_are_asked_for_one_exact_period_at_a_time():
    service = Ga4(world(days=120))
    with asked(service) as settings:
        found = list(read_people(Since(), settings, NOW))
    told = {
        (row["period_start"], row["period_end"]): row["active_users"]
        for batch in found
        if isinstance(batch, Rows)
        for row in batch.rows
    }
    for days in (7, 28, 90, 365):
        first = YESTERDAY - DAY * (days - 1)
        assert told[first, YESTERDAY] == service.world.total(
            "activeUsers", first, YESTERDAY
        )
    assert (YESTERDAY - DAY * 13, YESTERDAY - DAY * 7) in told  # the seven days before
    assert all(len(r.date_ranges) == 1 for r in service.requests)


# ------------------------------------------------------------ what is read again


def test_the_last_days_are_read_again_and_once_a_day_a_month():
    since = dt.datetime(2026, 10, 20, 8, tzinfo=dt.UTC)
    found = batches(Ga4(world()), Since(since, None, thorough=False))
    assert rows(found, "sessions")["date"].min() == TODAY - DAY * 4
    found = batches(Ga4(world()), Since(since, None, thorough=True))
    assert rows(found, "sessions")["date"].min() == TODAY - DAY * 30


def test_after_a_long_silence_every_day_since_is_read():
    since = dt.datetime(2026, 10, 1, 8, tzinfo=dt.UTC)
    found = batches(Ga4(world()), Since(since, None, thorough=False))
    assert rows(found, "sessions")["date"].min() == dt.date(2026, 9, 27)


def test_a_read_that_was_cut_off_goes_on_below_its_mark():
    service = Ga4(world())
    whole = batches(service)
    (mark, *_) = [b for b in whole if isinstance(b, Mark)]
    rest = batches(service, Since(MONTH.first, MONTH.before, mark.text))
    assert rows(rest, "sessions")["date"].max() == dt.date(2026, 10, 4)
    assert rows(rest, "sessions")["date"].min() == FIRST


def test_days_that_came_while_a_read_lay_open_are_read_first():
    since = dt.datetime(2026, 9, 20, 9, tzinfo=dt.UTC)
    state = {"property": "123456789", "time_zone": "Europe/Warsaw", "currency": "PLN",
             "first": "2026-10-05", "until": "2026-10-16"}  # fmt: skip
    found = batches(Ga4(world()), Since(since, None, json.dumps(state), thorough=False))
    days = set(rows(found, "sessions")["date"])
    assert {dt.date(2026, 10, 17), YESTERDAY, dt.date(2026, 10, 4)} <= days
    assert dt.date(2026, 10, 10) not in days


@pytest.mark.parametrize("change", [{"time_zone": "UTC"}, {"currency": "EUR"}])
def test_rows_of_another_zone_or_currency_are_not_added(change):
    lasting = [b for b in batches(Ga4(world())) if isinstance(b, Mark)][-1]
    assert lasting.lasting
    since = Since(NOW - DAY, None, lasting.text, thorough=False)
    said = problem(Ga4(world(), **change), since=since)
    assert "Europe/Warsaw and PLN" in said and "--full" in said


def test_another_property_is_not_added_to_the_first_one_s_days():
    lasting = [b for b in batches(Ga4(world())) if isinstance(b, Mark)][-1]
    since = Since(NOW - DAY, None, lasting.text)
    assert "property 123456789" in problem(Ga4(world(), number="987"), since=since)


# --------------------------------------------------------------------- the quota


def test_a_run_ends_early_when_little_of_the_quota_is_left():
    service = Ga4(world(), quota={"tokens_per_hour": 7_000, "tokens_per_day": 190_000})
    found = []
    with asked(service) as settings, pytest.raises(Pause, match="7,000 of 40,000 tokens"):
        for batch in read_days(MONTH, settings, NOW):
            found.append(batch)
    assert isinstance(found[-1], Mark)  # the slice that was begun is whole
    assert rows(found, "sessions")["date"].min() == dt.date(2026, 10, 5)


def test_plenty_left_is_no_reason_to_stop_and_360_has_ten_times_as_much():
    batches(Ga4(world(), quota={"tokens_per_hour": 39_000, "concurrent_requests": 1}))
    service = Ga4(world(), quota={"tokens_per_hour": 390_000})
    spent = iter((390_000, 70_000))
    service.edit = lambda request, answer: setattr(
        answer.property_quota.tokens_per_hour, "remaining", next(spent, 70_000)
    )
    with pytest.raises(Pause, match="70,000 of 400,000"):
        batches(service)


# ------------------------------------------------------------ failures by cause

TOKENS = Fault("RESOURCE_EXHAUSTED", "Exhausted property tokens per hour.")
CONCURRENT = Fault("RESOURCE_EXHAUSTED", "Exhausted concurrent requests quota.")
LARGE = Fault(
    "RESOURCE_EXHAUSTED", "Received message larger than max (6738987 vs. 4194304)"
)
AWAY, SLOW = Fault("UNAVAILABLE"), Fault("DEADLINE_EXCEEDED")
INTERNAL = Fault("INTERNAL")


def calls_until(transport, *faults):
    """Return calls of RunReport until the first one failed for good or went through."""
    service = Ga4(world(days=2), faults=deque(faults))
    error = None
    try:
        batches(service, transport=transport)
    except JourneyError as raised:
        error = raised
    met = len(faults) - len(service.faults)
    return error, met


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_each_cause_has_its_own_number_of_tries(transport, waits):
    error, met = calls_until(transport, TOKENS, TOKENS)
    assert isinstance(error, Pause) and met == 1
    error, met = calls_until(transport, CONCURRENT, CONCURRENT, None)
    assert error is None and met == 3 and all(seconds >= 2 for seconds in waits)
    error, met = calls_until(transport, LARGE, LARGE)
    assert not isinstance(error, Pause) and "larger" in str(error) and met == 1
    error, met = calls_until(transport, AWAY, SLOW, AWAY, None)
    assert error is None and met == 4
    error, met = calls_until(transport, *[AWAY] * 9)
    assert "no answer after 4 tries" in str(error) and met == 4
    error, met = calls_until(transport, *[INTERNAL] * 9)
    assert "failed twice" in str(error) and met == 2


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_an_internal_error_is_counted_by_itself(transport):
    error, met = calls_until(transport, AWAY, AWAY, INTERNAL, AWAY, None)
    assert error is None and met == 5


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize(
    "fault, words",
    [
        (Fault("PERMISSION_DENIED", "User does not have sufficient permissions"), "Viewer"),
        (Fault("PERMISSION_DENIED", "Google Analytics Data API has not been used in "
               "project 12 before or it is disabled."), "Enable"),
        (Fault("UNAUTHENTICATED", "Request had invalid credentials"), "new key"),
        (Fault("NOT_FOUND"), "PROPERTY ID"),
        (Fault("INVALID_ARGUMENT", "limit is wrong"), "limit is wrong"),
    ],
)  # fmt: skip
def test_what_no_retry_can_mend_is_tried_once_and_explained(transport, fault, words, waits):
    error, met = calls_until(transport, fault, fault, fault)
    assert met == 1 and waits == [] and words in str(error)


def test_a_web_page_instead_of_an_answer_is_said(waits):
    page = Fault("PAGE", "<html><title>Sign in</title></html>")
    error, met = calls_until("rest", page, page, page, page)
    assert met == 3 and "no JSON" in str(error)


def test_a_retry_error_is_judged_by_its_cause():
    from google.api_core import exceptions as google

    def once():
        raise google.RetryError("gave up", google.ResourceExhausted("tokens per day"))

    with pytest.raises(Pause):
        retries.call(once, "GA4")


def test_nobody_there_is_told_after_four_tries(waits):
    for transport in TRANSPORTS:
        settings = ga4.Settings("1", api_endpoint="http://127.0.0.1:9", transport=transport)
        with pytest.raises(JourneyError, match="no answer after 4 tries"):
            list(read_days(MONTH, settings, NOW))


# ------------------------------------------------------------------- the remarks


def remarked(**said):
    def edit(request, answer):
        for name, value in said.items():
            setattr(answer.metadata, name, value)

    return batches(Ga4(world(), edit=edit))


def test_what_ga4_says_of_an_answer_is_a_flag_for_each_of_its_days():
    for said, flag in (
        ({"data_loss_from_other_row": True}, "other_row"),
        ({"subject_to_thresholding": True}, "thresholded"),
        ({"empty_reason": "too new"}, "empty_report"),
        ({"data_truncation_reasons": [{"data_truncation_message": "Ads, 36 months"}]},
         "truncated"),
    ):  # fmt: skip
        found = flags(remarked(**said), flag)
        assert {f.period_start for f in found} == {FIRST + DAY * n for n in range(30)}
        assert all(f.period_start == f.period_end for f in found)
        assert "sessions" in found[0].detail["reports"]
    assert "36 months" in found[0].detail["what"]
    assert flags(remarked(data_loss_from_other_row=True), "other_row", "web_order")


def test_said_to_be_under_no_threshold_is_not_the_same_as_true():
    assert flags(remarked(subject_to_thresholding=False), "thresholded") == []


def test_a_sampled_answer_is_asked_for_again_in_fewer_days():
    def edit(request, answer):
        period = request.date_ranges[0]
        if request.dimensions and period.start_date != period.end_date:
            answer.metadata.sampling_metadatas = [
                {"samples_read_count": 10, "sampling_space_size": 40}
            ]

    service = Ga4(world(), edit=edit)
    found = batches(service, Since(NOW - DAY * 3, NOW))
    assert flags(found, "sampled") == []
    assert rows(found, "sessions")["sessions"].sum() == service.world.total(
        "sessions", TODAY - DAY * 3, YESTERDAY
    )


def test_a_day_that_stays_sampled_says_how_much_was_left_out():
    sample = [{"samples_read_count": 10, "sampling_space_size": 40}]
    service = Ga4(
        world(),
        edit=lambda request, answer: setattr(answer.metadata, "sampling_metadatas", sample),
    )
    assert {f.value for f in flags(batches(service), "sampled")} == {0.75}
    assert len(service.requests) < 120  # whole slices again once single days do not help


def test_rolled_up_and_unnamed_rows_stay_what_they_are_and_are_told():
    def edit(request, answer):
        for row in answer.rows[:1]:
            if len(row.dimension_values) > 1:
                row.dimension_values[1].value = "(other)"

    found = batches(Ga4(world(), edit=edit))
    channels = set(rows(found, "sessions")["channel_group"])
    assert {"(other)", "Unassigned", "Direct"} <= channels
    assert flags(found, "other_row")
    unnamed = flags(found, "not_set")
    assert unnamed and "visitor type" in unnamed[0].detail["what"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_blocked_metrics_stay_empty_instead_of_zero(transport):
    blocked = {"purchaseRevenue": "NO_REVENUE_METRICS", "itemRevenue": "NO_REVENUE_METRICS",
               "refundAmount": "NO_REVENUE_METRICS",
               "advertiserAdCost": "NO_COST_METRICS"}  # fmt: skip
    found = batches(Ga4(world(), blocked=blocked), transport=transport)
    shop = rows(found, "shop")
    assert "purchase_revenue" not in shop.columns and shop["add_to_carts"].sum() > 0
    assert rows(found, table="campaign_daily")["cost"].null_count() > 0
    (flag, *_) = flags(found, "metrics_blocked")
    assert "purchaseRevenue" in flag.detail["what"]
    assert "NO_COST_METRICS" in flag.detail["what"]
    (flag, *_) = flags(found, "metrics_blocked", "web_order")
    assert flag.detail["reports"] == "orders"


def test_metrics_that_an_answer_hides_stay_empty():
    hidden = {"active_metric_restrictions": [
        {"metric_name": "itemRevenue", "restricted_metric_types": ["REVENUE_DATA"]}
    ]}  # fmt: skip
    found = remarked(schema_restriction_response=hidden)
    assert rows(found, "items")["item_revenue"].null_count() == len(rows(found, "items"))
    assert "itemRevenue" in flags(found, "metrics_restricted")[0].detail["what"]


# -------------------------------------------------------------------- the fields


def test_a_renamed_field_is_asked_for_by_its_name_of_today():
    service = Ga4(
        world(), renamed={"itemViewEvents2": "itemsViewed", "land": "landingPage"}
    )
    found = batches(service)
    asked_for = {m.name for r in service.requests for m in r.metrics}
    assert "itemViewEvents2" in asked_for and "itemsViewed" not in asked_for
    assert rows(found, "items")["items_viewed"].sum() == service.world.total(
        "itemsViewed", FIRST, YESTERDAY
    )


def test_a_property_without_codes_of_countries_gives_their_names():
    found = batches(Ga4(world(), missing={"countryId"}))
    assert set(rows(found, "sessions")["country"]) == {"PL", "CZ", "DE"}


def test_a_field_that_is_gone_is_named_and_the_rest_still_comes():
    found = batches(Ga4(world(), missing={"refundAmount"}))
    assert rows(found, "shop")["purchases"].sum() > 0
    assert "refundAmount" in flags(found, "field_missing")[0].detail["what"]


def test_metrics_that_cannot_stand_together_are_asked_for_apart():
    service = Ga4(world(), incompatible=[{"sessions", "eventCount"}])
    steps = rows(batches(service), "steps")
    assert steps["sessions"].sum() == sum(
        service.world.total("sessions", FIRST, YESTERDAY, event)
        for event in set(steps["event_name"])
    )
    assert steps["event_count"].sum() >= steps["sessions"].sum()
    assert {"country", "visitor_type"} <= set(steps.columns)


def test_a_dimension_that_cannot_stand_with_others_has_a_report_of_its_own():
    service = Ga4(world(), incompatible=[{"eventName", "newVsReturning", "countryId"}])
    found = batches(service)
    whole = service.world.total("sessions", FIRST, YESTERDAY, "view_item")
    for report, column in (("steps", "country"), ("steps by visitor_type", "visitor_type")):
        views = rows(found, report).filter(pl.col("event_name") == "view_item")
        assert views["sessions"].sum() == whole and views[column].null_count() == 0
    assert flags(found, "report_split")


def test_a_property_without_linked_ads_lands_no_days_on_which_ads_cost_nothing():
    service = Ga4(world())
    service.world.ads.clear()
    found = batches(service)
    assert not [b for b in found if isinstance(b, Days) and b.table == "campaign_daily"]
    found = batches(Ga4(world()), ad_cost=False)
    assert not [b for b in found if getattr(b, "table", "") == "campaign_daily"]


# ------------------------------------------------------------- settings and doctor


def told(service, **more):
    with asked(service, **more) as settings:
        return "\n".join(map(str, checks.problems(settings, NOW)))


@pytest.mark.parametrize(
    "given, words",
    [("G-ABC123", "id of a data stream"), ("properties/12", 'property = "12"'),
     ("UA-1-2", "no GA4 property"), ("my shop", "the number of the property")],
)  # fmt: skip
def test_what_is_not_the_number_of_a_property_is_explained(given, words):
    assert words in told(Ga4(world()), property=given)


def test_doctor_finds_nothing_wrong_with_a_good_property():
    assert told(Ga4(world())) == ""


def test_doctor_says_that_revenue_and_cost_are_hidden():
    said = told(Ga4(world(), blocked={"purchaseRevenue": "NO_REVENUE_METRICS"}))
    assert "hides revenue" in said and "data restrictions" in said


def test_doctor_says_that_purchases_carry_no_id():
    service = Ga4(world())
    for visit in service.world.visits:
        if "transactionId" in visit:
            visit["transactionId"] = "(not set)"
    assert "no transaction id" in told(service)


def key_file(folder):
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )  # fmt: skip
    path = folder / "key.json"
    path.write_text(json.dumps({
        "type": "service_account", "project_id": "p", "private_key": key.decode(),
        "client_email": "reader@p.iam.gserviceaccount.com",
        "token_uri": "https://oauth2.googleapis.com/token",
    }))  # fmt: skip
    return path


def test_a_key_asks_for_reading_only_and_needs_no_other_server(tmp_path):
    service = Ga4(world(days=2))
    batches(service, transport="rest", credentials=str(key_file(tmp_path)))
    assert {claim["scope"] for claim in service.claims} == {SCOPE}
    assert SCOPE.endswith("analytics.readonly")


def test_doctor_names_the_account_that_is_not_viewer(tmp_path):
    denied = Fault("PERMISSION_DENIED", "User does not have sufficient permissions")
    service = Ga4(world(), any_faults={"*": denied})
    for transport in TRANSPORTS:
        said = told(service, transport=transport, credentials=str(key_file(tmp_path)))
        assert "reader@p.iam.gserviceaccount.com as Viewer" in said


def test_a_key_that_is_none_is_told_without_its_content(tmp_path):
    path = tmp_path / "key.json"
    assert "no file" in told(Ga4(world()), credentials=str(path))
    for content, words in (
        ("not json", "no JSON"), ('{"type": "authorized_user"}', "another kind"),
        ('{"type": "service_account", "private_key": "hush"}', "not whole"),
    ):  # fmt: skip
        path.write_text(content)
        said = told(Ga4(world()), credentials=str(path))
        assert words in said and "hush" not in said


def test_no_credentials_at_all_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none.json"))
    with pytest.raises(JourneyError, match="no credentials"):
        list(read_days(MONTH, ga4.Settings(1), NOW))


def test_google_s_libraries_wait_until_something_is_read():
    code = "import sys, connectors.ga4; print([m for m in sys.modules if 'grpc' in m])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).resolve().parents[2],
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


def test_only_this_machine_is_reached_without_encryption():
    with pytest.raises(JourneyError, match="without encryption"):
        settings = ga4.Settings(1, api_endpoint="http://ga4.shop.example")
        list(read_days(MONTH, settings, NOW))
    with pytest.raises(JourneyError, match="transport"):
        list(read_days(MONTH, ga4.Settings(1, transport="soap"), NOW))


def test_an_answer_over_four_megabytes_comes_through():
    service = Ga4(world(days=2))
    service.edit = lambda request, answer: answer.metadata.data_truncation_reasons.append(
        {"data_truncation_message": "x" * 5_000_000}
    )
    assert rows(batches(service), "sessions")["sessions"].sum() > 0
