"""Klaviyo: what lands of campaigns, flows, messages and subscriptions, and its traps."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest

from connectors import klaviyo
from journey.connector import (
    Days,
    Failure,
    JourneyError,
    Mark,
    Pause,
    Problem,
    Reply,
    Rows,
    Since,
    Unreadable,
)
from tests.connectors.services.klaviyo import KEY, Account, person, phone, small_account

START = dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)
END = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)
EVERYTHING = Since(START, END)
COHORT = "$_cohort$message_send_cohort"


class Direct:
    """Calls an account without a network; notes what is waited for."""

    def __init__(self, account, settings=None):
        self.account = account
        self.settings = settings or options()
        self.waited = []
        self.left = None

    def get(self, path, params=None, headers=None):
        return self._call("GET", path, params, None)

    def post(self, path, json, headers=None):
        return self._call("POST", path, None, json)

    def wait(self, seconds, why):
        self.waited.append(seconds)

    def _call(self, method, path, params, body):
        if self.left is not None:
            if not self.left:
                raise Pause(Problem("cut", "", "", ""))
            self.left -= 1
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query)) | {
            k: str(v) for k, v in (params or {}).items()
        }
        place = f"/{parts.path.lstrip('/')}"
        access = klaviyo.access(self.settings)
        login = {name.lower(): value for name, value in access.headers.items()}
        status, headers, found = self.account.answer(method, place, asked, body, login)
        told = {name.lower(): value for name, value in headers.items()}
        if status == 429:
            raise Pause(klaviyo.explain(Failure("status", place, 429, told, found)))
        if status >= 400:
            failure = Failure("status", place, status, told, found)
            raise JourneyError(klaviyo.explain(failure) or Problem("?", "", "", ""))
        return Reply(status, told, json.loads(json.dumps(found)))


def options(**given):
    return klaviyo.Settings(**{"key": KEY, "url": "https://k.example", **given})


def batches(table, account, since=EVERYTHING, http=None, **given):
    settings = options(**given)
    return list(klaviyo.read(table, since, settings, http or Direct(account, settings)))


def read(table, account, since=EVERYTHING, **given):
    found = batches(table, account, since, **given)
    return [row for one in found if isinstance(one, Rows) for row in one.rows]


def messages(account, since=EVERYTHING):
    return read("message", account, since)


# ------------------------------------------------------------------ odd rows


class Odd(Direct):
    """Gives one row of a list as the vendor does not describe it."""

    def __init__(self, path, row):
        super().__init__(small_account())
        self.path, self.row = path, row

    def _call(self, method, path, params, body):
        reply = super()._call(method, path, params, body)
        if self.path in path and (data := reply.json["data"]):
            rows = data["attributes"]["results"] if isinstance(data, dict) else data
            odd = isinstance(self.row, dict) and self.row
            rows[-1:] = [{**one, **self.row} if odd else self.row for one in rows[-1:]]
        return reply


def attributes(**told):
    return {"attributes": {"event_properties": {"$message": "C1m"}, **told}}


@pytest.mark.parametrize("row", [
    {"id": None}, {}, "a text", None, attributes(datetime="2026-13-01T00:00:00Z"),
    attributes(datetime="20226-09-01T00:00:00Z"), attributes(datetime=""),
    attributes(datetime="1999-09-01T00:00:00Z"), {"attributes": "x"},
    attributes(datetime="2199-09-01T00:00:00Z"),
    attributes(datetime="2026-09-01T00:00:00Z", event_properties=None),
], ids=str)  # fmt: skip
def test_one_odd_event_takes_no_other_along_and_moves_no_mark(row):
    right, line = batches("message", small_account()), Odd("api/events", row)
    found = list(klaviyo.read("message", EVERYTHING, options(), line))
    told = [one for one in found if isinstance(one, Unreadable)]
    events = [sum(len(b.rows) for b in some if isinstance(b, Rows))
              for some in (right, found)]  # fmt: skip
    assert told and len(told) + events[1] == events[0]
    days = [[b for b in some if isinstance(b, Days)] for some in (right, found)]
    assert days[0][-1].last == days[1][-1].last
    marks = [[b.text for b in some if isinstance(b, Mark)] for some in (right, found)]
    assert set(marks[1]) <= set(marks[0])


@pytest.mark.parametrize("relationships", ["x", {"profile": []}, {"profile": {"data": 5}}])
def test_an_event_of_which_nobody_knows_the_person_is_an_event(relationships):
    line = Odd("api/events", {"relationships": relationships})
    found = list(klaviyo.read("message", EVERYTHING, options(), line))
    assert not [one for one in found if isinstance(one, Unreadable)]


@pytest.mark.parametrize("row", [
    {"statistics": None}, {"statistics": {"recipients": "1,5"}}, {"groupings": "x"},
    {"statistics": {"recipients": ["1,5"] * 90}}, "a text",
], ids=str)  # fmt: skip
def test_one_odd_figure_takes_no_other_along(row):
    right = read("campaign_daily", small_account())
    for path in ("campaign-values", "flow-series"):
        line = Odd(path, row)
        found = list(klaviyo.read("campaign_daily", EVERYTHING, options(), line))
        kept = [row for one in found if isinstance(one, Rows) for row in one.rows]
        assert [one for one in found if isinstance(one, Unreadable)]
        assert kept and all(row in right for row in kept)


@pytest.mark.parametrize("row", [{}, "a text", None, {"attributes": "x"}])
def test_lists_of_names_may_have_odd_rows(row):
    for path in ("api/metrics", "api/campaigns", "api/flows", "api/accounts"):
        line = Odd(path, row)
        for table in klaviyo.TABLES:
            assert list(klaviyo.read(table, EVERYTHING, options(), line)), path


# ------------------------------------------------------------- sums by campaign


def test_a_campaign_counts_on_the_day_it_was_sent_in_the_accounts_zone():
    account = Account()
    account.campaign("C1", "Nocna", "2026-07-31T22:30:00+00:00")
    account.sent("campaign", "C1", "2026-08-01", recipients=10, delivered=9, opens_unique=8,
                 clicks_unique=3, unsubscribe_uniques=1, conversions=2,
                 conversion_value=359.97)  # fmt: skip
    (row,) = read("campaign_daily", account, attribution="5 days after a click")
    assert row == {
        "platform": "klaviyo", "campaign_id": "C1", "campaign_name": "Nocna",
        "utm_campaign": None, "channel": "Email", "date": dt.date(2026, 8, 1),
        "time_zone": "Europe/Warsaw", "currency": "PLN", "sent": 10, "delivered": 9,
        "opens": 8, "clicks": 3, "unsubscribes": 1, "platform_conversions": 2.0,
        "platform_revenue": Decimal("359.9700"), "attribution": "5 days after a click",
        "is_final": row["is_final"],
    }  # fmt: skip


def test_trap_rows_come_from_the_reporting_api_and_not_from_metric_aggregates():
    account = small_account()
    read("campaign_daily", account)
    paths = {path for _, path, _ in account.calls}
    assert {"/api/campaign-values-reports", "/api/flow-series-reports"} <= paths
    assert not any("aggregates" in path for path in paths)


def test_trap_no_rate_of_opens_is_asked_for_and_opens_of_machines_are_no_opens():
    account = Account()
    account.happen("M2", "2026-08-01T10:00:00Z", 1, "C1m", machine_open=True)
    account.happen("M2", "2026-08-01T11:00:00Z", 2, "C1m", machine_open=False)
    assert [row["event"] for row in messages(account)] == ["machine_open", "opened"]
    read("campaign_daily", account)
    asked = [
        told["body"]["data"]["attributes"] for _, _, told in account.calls if told["body"]
    ]
    assert asked
    assert not any("rate" in name for one in asked for name in one["statistics"])


def test_flows_count_by_the_day_of_sending_and_their_messages_add_up():
    account = Account()
    account.sent("flow", "F1", "2026-08-01", recipients=3, delivered=3, clicks_unique=1)
    account.sent("flow", "F1", "2026-10-31", recipients=1, delivered=1)
    account.sent("flow", "F2", "2026-08-01", "sms", recipients=5, delivered=4)
    found = read("campaign_daily", account)
    told = {
        (row["date"], row["campaign_name"], row["channel"]): row["sent"] for row in found
    }
    assert told == {
        (dt.date(2026, 8, 1), "Witamy", "Email"): 3,
        (dt.date(2026, 8, 1), "Porzucony koszyk", "SMS"): 5,
        (dt.date(2026, 10, 31), "Witamy", "Email"): 1,
    }


def test_archived_campaigns_and_those_of_every_channel_have_names():
    account = Account()
    account.campaign("C1", "Stara", "2026-08-01T08:00:00Z", archived=True)
    account.campaign("C2", "Push", "2026-08-02T08:00:00Z", "mobile_push")
    account.sent("campaign", "C1", "2026-08-01", recipients=1)
    account.sent("campaign", "C2", "2026-08-02", "push-notification", recipients=1)
    found = {
        row["campaign_name"]: row["channel"] for row in read("campaign_daily", account)
    }
    assert found == {"Stara": "Email", "Push": "Mobile Push Notifications"}


def test_a_link_that_names_its_campaign_is_known_by_it_everywhere():
    account = Account()
    named = {"custom_tracking_params": [
        {"name": "utm_campaign", "type": "static", "value": "jesien"}]}  # fmt: skip
    account.campaign("C1", "Jesień", "2026-08-01T08:00:00Z", tracking_options=named)
    account.sent("campaign", "C1", "2026-08-01", recipients=1)
    account.happen("M1", "2026-08-01T08:00:00Z", 1, "C1m")
    assert read("campaign_daily", account)[0]["utm_campaign"] == "jesien"
    assert messages(account)[0]["campaign_name"] == "jesien"


def test_trap_two_reports_a_minute_are_waited_for_and_sixty_days_the_most():
    http = Direct(small_account())
    batches("campaign_daily", None, http=http)
    reports = [one for one in http.account.calls if one[1].endswith("-reports")]
    assert len(reports) == 6  # 124 days: three times campaigns and flows
    assert http.waited == [30.0] * 6


def test_when_the_reports_of_a_day_are_used_up_the_next_run_goes_on():
    whole = read("campaign_daily", small_account())
    account = small_account()
    account.reports_left = 2
    found, mark = [], None
    with pytest.raises(Pause, match="225 a day"):
        for one in klaviyo.read("campaign_daily", EVERYTHING, options(), Direct(account)):
            found += one.rows if isinstance(one, Rows) else []
            mark = one.text if isinstance(one, Mark) else mark
    account.reports_left = None
    rest = read("campaign_daily", account, Since(START, END, mark))
    assert mark == "2026-08-30"
    assert [*found, *rest] == whole


def test_figures_that_still_move_are_read_again():
    account = small_account()
    batches("campaign_daily", account, Since(END, None))
    starts = [told["body"]["data"]["attributes"]["timeframe"]["start"]
              for _, _, told in account.calls if told["body"]]  # fmt: skip
    assert min(starts) == "2026-10-02T00:00:00+02:00"


def test_days_that_were_read_are_whole_and_stretches_share_none():
    border = dt.datetime(2026, 8, 31, 22, tzinfo=dt.UTC)
    older = [one for one in batches("campaign_daily", small_account(),
             Since(START, border, newest=False)) if isinstance(one, Days)]  # fmt: skip
    newer = [one for one in batches("campaign_daily", small_account(), Since(border, END))
             if isinstance(one, Days)]  # fmt: skip
    assert (older[0].first, older[-1].last) == (dt.date(2026, 7, 1), dt.date(2026, 8, 31))
    assert (newer[0].first, newer[-1].last) == (dt.date(2026, 9, 1), dt.date(2026, 11, 1))


# --------------------------------------------------------------- single messages


def test_a_message_is_told_apart_by_receiver_and_sending():
    account = Account()
    account.campaign("C1", "Jesień", "2026-08-01T08:00:00Z")
    for day, cohort in (("01", "1:F1m"), ("20", "2:F1m")):
        told = {"$flow": "F1", COHORT: cohort}
        account.happen("M1", f"2026-08-{day}T08:00:00Z", 1, "F1m", **told)
        account.happen("M3", f"2026-08-{day}T09:00:00Z", 1, "F1m", **told)
    account.happen("M1", "2026-08-01T08:00:00Z", 2, "C1m", **{COHORT: "3:C1m"})
    found = messages(account)
    assert len({row["message_id"] for row in found}) == 3
    flow = [row for row in found if row["flow"]]
    assert {(row["flow"], row["campaign_name"]) for row in flow} == {("Witamy", "Witamy")}
    (single,) = [row for row in found if not row["flow"]]
    assert (single["campaign_id"], single["campaign_name"]) == ("C1", "Jesień")
    assert (single["email"], single["phone"]) == (person(2), phone(2))


def test_nothing_of_an_event_is_kept_but_what_happened():
    text = json.dumps(messages(small_account()))
    assert "Jarzębina" not in text and "203.0.113.77" not in text
    assert set(messages(small_account())[0]) == {
        "message_id", "campaign_id", "campaign_name", "flow", "email", "phone",
        "customer_id", "channel", "event", "happened_at",
    }  # fmt: skip


def test_another_tool_that_has_a_metric_of_that_name_is_not_read():
    account = Account()
    account.happen("M11", "2026-08-01T08:00:00Z", 1, "X")
    account.happen("M3", "2026-08-01T08:00:00Z", 2, "C1m")
    account.happen("M10", "2026-08-01T08:00:00Z", 3)
    assert [row["email"] for row in messages(account)] == [person(2)]


def test_what_no_message_brought_about_is_no_message():
    account = Account()
    account.happen("M7", "2026-08-01T08:00:00Z", 1)
    account.happen("M7", "2026-08-02T08:00:00Z", 2, "C1m")
    assert [(row["event"], row["email"]) for row in messages(account)] == [
        ("unsubscribed", person(2))
    ]


def test_times_in_another_zone_fall_on_their_day_in_utc():
    from connectors.klaviyo.rows import moment_of

    for told in ("2026-08-01T01:30:00+02:00", "2026-07-31 23:30:00+00:00"):
        assert moment_of({"attributes": {"datetime": told}}) == "2026-07-31T23:30:00Z"


def test_days_are_whole_when_they_are_marked():
    found, day = batches("message", small_account()), []
    for one in found:
        if isinstance(one, Rows):
            day += [row["happened_at"][:10] for row in one.rows]
        if isinstance(one, Mark) and day:
            assert len(set(day)) == 1
            assert one.text == str(dt.date.fromisoformat(day[0]) + dt.timedelta(1))
            day = []
    times = [
        row["happened_at"] for one in found if isinstance(one, Rows) for row in one.rows
    ]
    assert times == sorted(times) and len(times) > 30


def test_days_without_a_message_are_told_to_be_whole_too():
    border = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
    found = batches("message", small_account(), Since(START, border, newest=False))
    told = [one for one in found if isinstance(one, Days)]
    days = [one.first + dt.timedelta(n) for one in told
            for n in range((one.last - one.first).days + 1)]  # fmt: skip
    assert days == [dt.date(2026, 6, 30) + dt.timedelta(n) for n in range(63)]


def test_a_read_that_is_cut_off_goes_on_at_its_day():
    whole = messages(small_account())
    for left in range(1, 60, 4):
        http = Direct(small_account())
        http.left = left
        kept, pending, mark = [], [], None
        try:
            for one in klaviyo.read("message", EVERYTHING, options(), http):
                pending += one.rows if isinstance(one, Rows) else []
                if isinstance(one, Mark):
                    kept, pending, mark = [*kept, *pending], [], one.text
        except Pause:
            rest = messages(small_account(), Since(START, END, mark))
            assert [*kept, *rest] == whole, left


def test_changes_begin_a_day_earlier_because_some_events_are_told_late():
    account = Account()
    for day in (28, 29, 30):
        account.happen("M1", f"2026-10-{day}T08:00:00Z", 1, "C1m")
    since = Since(dt.datetime(2026, 10, 30, 9, tzinfo=dt.UTC))
    assert [row["happened_at"][:10] for row in messages(account, since)] == [
        "2026-10-29", "2026-10-30",
    ]  # fmt: skip


# ------------------------------------------------------------------ subscriptions


def test_a_consent_counts_once_though_a_list_is_joined_as_well():
    found = read("subscription_event", small_account())
    kinds = [row["kind"] for row in found]
    assert kinds.count("subscribed") == kinds.count("added_to_list") == 6
    (left,) = [row for row in found if row["kind"] == "unsubscribed"]
    assert (left["email"], left["list"], left["channel"]) == (
        person(5),
        "Newsletter",
        "email",
    )


def test_accounts_without_metrics_of_consent_tell_it_by_their_lists():
    account = small_account()
    for metric in ("M6", "M7"):
        del account.metrics[metric]
    found = read("subscription_event", account)
    assert {row["kind"] for row in found} == {"subscribed"}


def test_only_what_the_shop_wants_is_read():
    for table in klaviyo.TABLES:
        assert batches(table, None, read=[]) == []
    with pytest.raises(JourneyError, match='did you mean "messages"'):
        klaviyo.access(options(read=["mesages"]))


# ------------------------------------------------------------------ calls, doctor


def test_every_call_says_who_asks_and_which_revision():
    access = klaviyo.access(options(url="https://k.example/api/"))
    assert access.url == "https://k.example"
    assert access.headers["Authorization"] == f"Klaviyo-API-Key {KEY}"
    assert dt.date.fromisoformat(access.headers["revision"]) >= dt.date(2026, 1, 1)


def doctor(account, **given):
    settings = options(**given)
    return list(klaviyo.check(settings, Direct(account, settings)))


def test_doctor_finds_nothing_where_all_is_well():
    assert doctor(small_account()) == []


def test_doctor_names_each_scope_that_the_key_lacks():
    for scope in ("accounts", "metrics", "campaigns", "flows", "events", "profiles"):
        account = small_account()
        account.scopes.discard(scope)
        (problem,) = doctor(account)
        assert f"{scope}:read" in problem.expected
        assert f"{scope}:read" in problem.found
        assert "make a new one" in problem.fix
    account.scopes = {"accounts"}
    assert len(doctor(account)) == 4


def test_doctor_says_once_that_the_key_is_wrong():
    (problem,) = doctor(small_account(), key="pk_wrong")
    assert "HTTP 401" in problem.found and "pk_" in problem.fix


def test_doctor_says_when_the_revision_is_retired():
    account = small_account()
    account.revision = "2030-01-15"
    assert "retired" in doctor(account)[0].found
    assert "update this product" in doctor(account)[0].fix


def test_doctor_names_the_metric_of_sales_that_is_missing_or_there_twice():
    account = small_account()
    (problem,) = doctor(account, conversion_metric="Placed Ordr")
    assert 'did you mean "Placed Order"?' in problem.expected
    with pytest.raises(JourneyError, match="Placed Ordr"):
        read("campaign_daily", account, conversion_metric="Placed Ordr")
    account.metrics["M20"] = ("Placed Order", "Shopify")
    (problem,) = doctor(account)
    assert "M20 of Shopify" in problem.expected
    assert doctor(account, conversion_metric="M20") == []


def test_doctor_says_that_the_key_is_of_a_test_account():
    account = small_account()
    account.test_account = True
    assert "test account" in doctor(account)[0].found


def test_an_answer_without_data_is_told():
    class Odd(Direct):
        def _call(self, *given):
            return Reply(200, {}, {"data": None})

    with pytest.raises(JourneyError, match="without data"):
        batches("message", None, http=Odd(None))
