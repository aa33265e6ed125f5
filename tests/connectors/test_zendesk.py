"""Zendesk: what its tickets, events, calls and answers become, and what it refuses."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from connectors import zendesk
from journey.connector import (
    Failure,
    Flag,
    JourneyError,
    Mark,
    Problem,
    Reply,
    Rows,
    Since,
    Unreadable,
)  # fmt: skip
from journey.home import PROJECT
from journey.sources import web
from journey.sources.failures import problem_of
from tests.connectors.services import zendesk as service

FIRST = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
ALL = Since(FIRST)
EXPORT = "/api/v2/incremental/tickets/cursor.json"
CALLS = "/api/v2/channels/voice/stats/incremental/calls.json"
SURVEYS = "/api/v2/guide/survey_responses"
RATINGS = "/api/v2/satisfaction_ratings.json"
GIVEN = {
    "url": "https://acme.zendesk.com", "email": "owner@acme.example",
    "token": service.TOKEN,
}  # fmt: skip
SETTINGS = zendesk.Settings(
    **GIVEN,
    order_field="Order number",
    reason_field="Contact reason",
    reason_tags={"refund_wanted": "refund"},
)


class Line:
    """Calls the service without a network; may be cut at a call."""

    def __init__(self, state: service.State, cut_at: int | None = None) -> None:
        self.state = state
        self.cut_at = cut_at
        self.paths: list[str] = []
        self.queries: list[dict[str, list[str]]] = []
        basic = zendesk.access(SETTINGS).basic
        assert basic is not None
        word = base64.b64encode(":".join(basic).encode()).decode()
        self.headers = {"authorization": f"Basic {word}"}

    def get(self, path: str, params: Any = None, headers: Any = None) -> Reply:
        query = {
            key: [str(v) for v in value] if isinstance(value, list) else [str(value)]
            for key, value in (params or {}).items()
            if value is not None
        }
        self.paths.append(path)
        self.queries.append(query)
        if self.cut_at == len(self.paths):
            raise JourneyError(Problem("here", "the connection broke off", "-", "-"))
        status, told, body = self.state.reply(path, query, self.headers)
        body = json.loads(json.dumps(body))
        if status >= 400:
            failure = Failure("status", path, status, told, body)
            raise JourneyError(zendesk.explain(failure) or problem_of(failure, path, "-"))
        return Reply(status, told, body)


@pytest.fixture
def state() -> service.State:
    return service.State()


def batches(
    state: service.State, table: str, since: Since = ALL, settings: Any = SETTINGS
) -> list[Any]:
    return list(zendesk.read(table, since, settings, Line(state)))


def landed(found: list[Any], into: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return key -> row as the landing keeps them; the newest wins."""
    kept = {} if into is None else into
    for batch in found:
        if isinstance(batch, Rows):
            for row in batch.rows:
                kept[next(iter(row.values()))] = row
    return kept


def tickets(state: service.State, settings: Any = SETTINGS) -> dict[str, Any]:
    return landed(batches(state, "ticket", settings=settings))


def told(error: Any) -> str:
    return " ".join(str(problem) for problem in error.value.problems)


# ------------------------------------------------------------------ odd rows

LONG_AGO, NEVER = "0026-05-03T08:00:00Z", "20226-13-03T08:00:00Z"


class Odd(Line):
    """Gives one row of a list, or one more, as the vendor does not describe it."""

    def __init__(self, state: service.State, key: str, place: int | None, row: Any) -> None:
        super().__init__(state)
        self.key, self.place, self.row = key, place, row

    def get(self, path: str, params: Any = None, headers: Any = None) -> Reply:
        reply = super().get(path, params, headers)
        found = reply.json.get(self.key) or []
        if self.place is None and found:
            found.append(self.row)
        elif self.place is not None and self.place < len(found):
            odd = isinstance(self.row, dict)
            found[self.place] = found[self.place] | self.row if odd else self.row
        return reply


@pytest.mark.parametrize("row", [
    {"id": None}, {"id": {}}, "a text", None, {"created_at": LONG_AGO}, {"via": []},
    {"created_at": NEVER}, {"requester_id": {}}, {"custom_fields": [{"id": "x"}, None]},
    {"generated_timestamp": 10**30}, {"brand_id": "1,5"}, {"status": "unheard of"},
])  # fmt: skip
def test_one_odd_ticket_takes_no_other_along(state: service.State, row: Any) -> None:
    state.page = 10
    settings = dataclasses.replace(SETTINGS, since=FIRST.date())
    for since in (ALL, Since(FIRST, FIRST + dt.timedelta(days=150), newest=False)):
        right = batches(state, "ticket", since, settings)
        line = Odd(state, "tickets", 3, row)
        found = list(zendesk.read("ticket", since, settings, line))
        odd = {str(103 + place) for place in range(0, len(landed(right)), 10)}
        assert set(landed(right)) - odd <= set(landed(found))
        told = [batch for batch in found if isinstance(batch, Unreadable)]
        assert len(told) + len(landed(found)) >= len(landed(right))
        marks = [[b for b in some if isinstance(b, Mark)] for some in (right, found)]
        assert marks[0] == marks[1]


@pytest.mark.parametrize("row", [
    {"id": None}, {"timestamp": "1,5"}, "a text", {"child_events": [None]},
    {"timestamp": 10**30},
])  # fmt: skip
def test_one_odd_event_takes_no_other_along(state: service.State, row: Any) -> None:
    state.event_page = 100
    since = Since(FIRST, FIRST + dt.timedelta(days=150), newest=False)
    right = landed(batches(state, "ticket_event", since))
    found = list(zendesk.read("ticket_event", since, SETTINGS,
                              Odd(state, "ticket_events", 5, row)))  # fmt: skip
    told = [batch for batch in found if isinstance(batch, Unreadable)]
    assert bool(told) != (set(landed(found)) == set(right))
    assert len(set(right) - set(landed(found))) <= 3


def test_lists_of_names_may_have_odd_rows(state: service.State) -> None:
    for key in ("ticket_fields", "groups", "users", "brands"):
        for row in ({"id": None}, "a text", {"id": "x", "title": None}):
            found = zendesk.read("ticket", ALL, SETTINGS, Odd(state, key, None, row))
            assert set(landed(list(found))) == set(tickets(state))


# ------------------------------------------------------------------- tickets


def test_a_ticket_lands_with_its_requester_reason_order_and_times(state):
    row = tickets(state)["104"]
    assert row["email"] == service.ADDRESSES[4]
    assert row["phone"] == service.PHONES[4]
    assert (row["order_ref"], row["reason"], row["team"]) == ("A-1004", "delivery", "Help")
    assert (row["channel"], row["brand"], row["status"]) == ("chat", "Zorza", "solved")
    assert row["first_reply_minutes"] == 64
    assert row["first_reply_business_minutes"] == 30
    assert row["full_resolution_minutes"] == 1500
    assert row["minutes_basis"] == "calendar"
    assert (row["replies"], row["assignees"], row["groups"]) == (2, 2, 2)
    assert row["first_reply_at"] == dt.datetime(2026, 5, 23, 9, 8, tzinfo=dt.UTC)


def test_nothing_of_a_person_but_address_and_phone_leaves_the_connector(state):
    for table in zendesk.TABLES:
        for row in landed(batches(state, table)).values():
            text = str({k: v for k, v in row.items() if k not in ("email", "phone")})
            assert not [word for word in service.PEOPLE if word in text]


def test_every_ticket_comes_over_pages_and_the_cursor_is_the_state(state):
    found = batches(state, "ticket")
    assert len(landed(found)) == service.TICKETS
    marks = [batch for batch in found if isinstance(batch, Mark)]
    assert len(marks) == 6 and all(mark.lasting for mark in marks)
    line = Line(state)
    again = list(zendesk.read("ticket", Since(FIRST, mark=marks[-1].text), SETTINGS, line))
    assert landed(again) == {}
    query = line.queries[line.paths.index(EXPORT)]
    assert query["cursor"] == [marks[-1].text] and "start_time" not in query


def test_cut_off_at_every_call_nothing_is_lost_or_doubled(state):
    whole = tickets(state)
    calls = Line(state)
    list(zendesk.read("ticket", ALL, SETTINGS, calls))
    for cut in range(1, len(calls.paths) + 1):
        kept: dict[str, Any] = {}
        mark = _read_until(cut, state, kept)
        rest = list(zendesk.read("ticket", Since(FIRST, mark=mark), SETTINGS, Line(state)))
        assert landed(rest, kept) == whole


def _read_until(cut: int, state: service.State, kept: dict[str, Any]) -> str | None:
    """Keep what stands before the last mark ahead of the cut; return that mark."""
    mark, waiting = None, []
    with pytest.raises(JourneyError):
        for batch in zendesk.read("ticket", ALL, SETTINGS, Line(state, cut)):
            waiting.append(batch)
            if isinstance(batch, Mark):
                landed(waiting, kept)
                mark, waiting = batch.text, []
    return mark


def test_stretches_stop_by_themselves_and_meet_without_a_ticket_twice(state):
    middle = FIRST + dt.timedelta(days=90)
    end = FIRST + dt.timedelta(days=300)
    new = batches(state, "ticket", Since(middle, end))
    old = batches(state, "ticket", Since(FIRST, middle, newest=False))
    assert landed(new).keys() & landed(old).keys() == set()
    assert len(landed(new)) + len(landed(old)) == service.TICKETS
    assert not [b for b in old if isinstance(b, Mark) and b.lasting]


def test_a_system_update_with_an_old_updated_at_comes_back(state):
    mark = [b for b in batches(state, "ticket") if isinstance(b, Mark)][-1].text
    state.tickets[100]["generated_timestamp"] += 10**8
    assert list(landed(batches(state, "ticket", Since(FIRST, mark=mark)))) == ["100"]


def test_a_ticket_created_before_the_first_day_wanted_is_left_out(state):
    settings = zendesk.Settings(**GIVEN, since=dt.date(2026, 6, 1))
    found = tickets(state, settings)
    assert min(row["created_at"] for row in found.values()) >= "2026-06-01"


def test_deleted_and_scrubbed_tickets_are_rows_with_deleted_at(state):
    state.tickets[101] |= {"status": "deleted", "requester_id": -1, "subject": "SCRUBBED"}
    row = tickets(state)["101"]
    assert row["deleted_at"] == row["updated_at"]
    assert row["email"] is None and row["customer_id"] is None


def test_merged_tickets_and_spam_are_told_apart(state):
    state.tickets[102]["tags"] = ["closed_by_merge"]
    state.tickets[103]["tags"] = ["spam"]
    state.users[state.tickets[107]["requester_id"]]["suspended"] = True
    found = tickets(state)
    assert found["102"]["merged_into"] and not found["104"]["merged_into"]
    assert found["103"]["is_spam"] and found["107"]["is_spam"]
    assert not found["104"]["is_spam"]


@pytest.mark.parametrize(
    ("channel", "submitter", "opener"),
    [
        ("web", service.AGENT, "agent"),
        ("api", service.OWNER, "agent"),
        ("web", None, "customer"),
        ("phone_call_inbound", service.AGENT, "customer"),
        ("phone_call_outbound", None, "agent"),
        ("sample_ticket", None, "agent"),
    ],
)
def test_what_staff_opens_is_not_a_contact_of_a_customer(
    state, channel, submitter, opener
):  # fmt: skip
    state.tickets[101]["via"] = {"channel": channel}
    if submitter:
        state.tickets[101]["submitter_id"] = submitter
    assert tickets(state)["101"]["initiated_by"] == opener


def test_a_resolution_counts_only_while_the_ticket_is_solved(state):
    state.tickets[104]["status"] = "open"
    row = tickets(state)["104"]
    assert row["resolved_at"] is None and row["full_resolution_minutes"] is None
    assert row["first_resolved_at"] is not None


def test_metrics_that_have_not_happened_yet_are_unknown(state):
    nothing = {"calendar": None, "business": None}
    state.metrics[101] |= {"reply_time_in_minutes": nothing, "solved_at": None}
    row = tickets(state)["101"]
    assert row["first_reply_minutes"] is None and row["first_reply_at"] is None


def test_messaging_replies_are_measured_in_seconds(state):
    nothing = {"calendar": None, "business": None}
    state.metrics[102] |= {
        "reply_time_in_minutes": nothing, "reply_time_in_seconds": {"calendar": 45},
    }  # fmt: skip
    assert tickets(state)["102"]["first_reply_minutes"] == 0.75


def test_metrics_may_stand_in_the_ticket_and_users_may_have_to_be_asked_for(state):
    whole = tickets(state)
    for number, ticket in state.tickets.items():
        ticket["metric_set"] = state.metrics[number]
    state.sideloads = set()
    assert tickets(state) == whole


def test_an_order_field_gives_numbers_and_no_sentence_and_no_address(state):
    for number, value in ((100, "my order was 12 days late"), (101, "a1@post.example"),
                          (102, "none"), (103, " #PL/1003 ")):  # fmt: skip
        state.tickets[number]["custom_fields"][0]["value"] = value
    found = tickets(state)
    assert [found[str(n)]["order_ref"] for n in (100, 101, 102, 103)] == [
        None, None, None, "#PL/1003",
    ]  # fmt: skip


def test_the_order_may_stand_where_apps_of_shops_write_it(state):
    state.tickets[100]["external_id"] = "PL-77"
    settings = zendesk.Settings(**GIVEN, order_field="external_id")
    assert tickets(state, settings)["100"]["order_ref"] == "PL-77"


def test_a_submitter_who_does_not_come_along_is_asked_for(state):
    state.tickets[101] |= {"submitter_id": service.AGENT, "via": {"channel": "web"}}
    hidden = state.users.pop(service.AGENT)
    state._many = lambda asked: {"users": [hidden]}
    assert tickets(state)["101"]["initiated_by"] == "agent"


def test_channels_are_the_products_words_and_the_shop_may_say_its_own(state):
    settings = zendesk.Settings(**GIVEN, channels={"api": "form"})
    found = tickets(state, settings)
    words = [found[str(100 + n)]["channel"] for n in range(6)]
    assert words == ["email", "form", "chat", "phone", "chat", "form"]
    assert tickets(state)["105"]["channel"] == "api"


def test_an_answer_bot_is_a_bot(state):
    state.tickets[101]["via"] = {"channel": "answer_bot_for_web_widget"}
    assert tickets(state)["101"]["channel"] == "bot"


def test_without_a_setting_the_reason_is_the_type_and_one_brand_says_nothing(state):
    state._brands = lambda asked: {"brands": [{"id": 11, "name": "Zorza"}]}
    row = tickets(state, zendesk.Settings(**GIVEN))["104"]
    assert row["reason"] == "question" and row["brand"] is None


def test_a_field_nobody_knows_is_refused_with_what_is_near(state):
    settings = zendesk.Settings(**GIVEN, order_field="Order numbr")
    with pytest.raises(JourneyError) as error:
        tickets(state, settings)
    assert 'did you mean "order number"?' in told(error)


def test_ten_exports_a_minute_are_kept_to_by_waiting_as_long_as_zendesk_says(monkeypatch):
    served, waits = service.Zendesk(), []
    served.state.page, served.state.most_exports = 2, 10

    def pause(seconds: float) -> None:
        waits.append(seconds)
        served.state.exports = 0

    monkeypatch.setattr(web, "pause", pause)
    settings = zendesk.Settings(**GIVEN | {"url": served.url})
    with web.Web("desk", zendesk.access(settings), zendesk.explain) as http:
        found = landed(list(zendesk.read("ticket", ALL, settings, http)))
    served.close()
    assert len(found) == service.TICKETS and waits == [37.0]


# -------------------------------------------------------------------- events


def test_events_tell_replies_transfers_and_who_made_them(state):
    found = landed(batches(state, "ticket_event"))
    assert len(found) == 3 * service.TICKETS
    first, reply, moved = (found[n] for n in ("10002", "10011", "10012"))
    assert (first["kind"], first["author"], first["channel"]) == (
        "reply",
        "customer",
        "email",
    )
    assert (reply["author"], reply["is_public"], reply["channel"]) == ("agent", True, None)
    assert (moved["kind"], moved["from_value"], moved["to_value"]) == (
        "transfer", "Help", "Returns",
    )  # fmt: skip


def test_internal_notes_bots_rules_and_reopenings_are_told_apart(state):
    moment = service.START + dt.timedelta(days=1)
    children = [
        {"event_type": "Comment", "public": False, "author_id": service.AGENT},
        {"event_type": "Comment", "public": True, "author_id": -1,
         "via": {"channel": "answer_bot_for_web_widget"}},
        {"event_type": "Change", "status": "open", "previous_value": "solved"},
        {"event_type": "Change", "status": "closed", "previous_value": "solved"},
        {"event_type": "Change", "assignee_id": service.AGENT, "previous_value": None},
        {"event_type": "Change", "assignee_id": 802, "previous_value": service.AGENT},
    ]  # fmt: skip
    state._told(state.tickets[100], moment, 2, -1, "Automation", children)
    found = landed(batches(state, "ticket_event"))
    rows = [found[str(10021 + place)] for place in range(len(children))]
    assert [row["author"] for row in rows[:3]] == ["agent", "bot", "system"]
    assert rows[0]["is_public"] is False
    assert [row["kind"] for row in rows[2:]] == ["reopen", "status", "assigned", "transfer"]


def test_events_without_a_list_of_staff_ask_for_their_writers(state):
    whole = landed(batches(state, "ticket_event"))
    state.refused["/api/v2/users.json"] = 403
    assert landed(batches(state, "ticket_event")) == whole


def test_a_full_page_of_one_second_does_not_go_round_for_ever(state):
    for event in state.events[5:50]:
        event["timestamp"] = state.events[5]["timestamp"]
    assert len(landed(batches(state, "ticket_event"))) == 3 * service.TICKETS


def test_repeated_rows_of_pages_by_time_are_one_row(state):
    found = batches(state, "ticket_event")
    read = sum(len(batch.rows) for batch in found if isinstance(batch, Rows))
    assert read > len(landed(found)) == 3 * service.TICKETS


# --------------------------------------------------------------------- calls


def test_calls_of_customers_land_and_those_of_staff_do_not(state):
    found = landed(batches(state, "conversation"))
    assert sorted(found) == ["7000", "7001", "7002", "7003", "7004"]
    assert found["7000"]["ticket_id"] == "103" and found["7000"]["answered"]
    assert found["7001"]["abandoned"] and not found["7001"]["answered"]
    assert not found["7002"]["abandoned"] and not found["7002"]["answered"]
    assert (found["7000"]["wait_seconds"], found["7000"]["talk_seconds"]) == (20, 150)


@pytest.mark.parametrize("status", [403, 404])
def test_without_talk_calls_are_said_to_be_missing_and_the_rest_goes_on(state, status):
    state.refused[CALLS] = status
    (flag,) = batches(state, "conversation")
    assert isinstance(flag, Flag) and flag.flag == "not_available"
    assert len(tickets(state)) == service.TICKETS


# ------------------------------------------------------------------- answers


def test_ratings_are_good_bad_or_still_open(state):
    found = landed(batches(state, "feedback"))
    assert sorted(found) == [f"rating:600{n}" for n in (0, 1, 2, 4, 5)]
    assert [found[f"rating:600{n}"]["score"] for n in (0, 1, 2)] == [1, 0, None]
    assert found["rating:6002"]["asked_at"] and not found["rating:6002"]["answered_at"]
    assert found["rating:6000"]["comment_chars"] == len(service.TEXTS[0])


def survey(number: str, *answers: Any) -> dict[str, Any]:
    body = {"id": number, "answers": list(answers), "responder_id": 9001,
            "subject_zrns": ["zen:ticket:104"]}  # fmt: skip
    return {"created": 1_780_000_000, "body": body}


RATED = {
    "type": "rating_scale", "rating": 4, "rating_category": "good",
    "question": {"type": "rating_scale_numeric", "sub_type": "customer_satisfaction"},
    "created_at": "2026-06-02T10:00:00Z", "updated_at": "2026-06-02T10:00:00Z",
}  # fmt: skip


def test_where_there_are_surveys_ratings_are_never_read(state):
    words = {"type": "open_ended", "value": "Fine", "updated_at": "2026-06-02T10:01:00Z"}
    state.surveys = [survey("01J1WB51MG6HXTYWE6Q0C93RNW", RATED, words),
                     survey("01J1WB51MG6HXTYWE6Q0C93RNX")]  # fmt: skip
    line = Line(state)
    found = landed(list(zendesk.read("feedback", ALL, SETTINGS, line)))
    assert RATINGS not in line.paths and len(found) == 2
    row = found["survey:01J1WB51MG6HXTYWE6Q0C93RNW"]
    assert (row["score"], row["scale_min"], row["scale_max"]) == (4, 1, 5)
    assert (row["ticket_id"], row["comment_chars"]) == ("104", 4)
    assert row["asked_at"].year == 2024  # the id's own time
    assert found["survey:01J1WB51MG6HXTYWE6Q0C93RNX"]["score"] is None


def test_another_question_of_a_survey_is_not_satisfaction(state):
    other = RATED | {"question": {"type": "rating_scale_numeric", "sub_type": "other"}}
    state.surveys = [survey("01J1WB51MG6HXTYWE6Q0C93RNW", other)]
    (row,) = landed(batches(state, "feedback")).values()
    assert row["score"] is None


def test_an_account_with_neither_says_so(state):
    state.refused |= {SURVEYS: 404, RATINGS: 403}
    (flag,) = batches(state, "feedback")
    assert flag.flag == "not_available"


def test_a_run_looks_back_for_answers_given_late(state):
    first = FIRST + dt.timedelta(days=60)
    found = landed(batches(state, "feedback", Since(first)))
    assert "rating:6002" in found and "rating:6001" not in found


# -------------------------------------------------------------------- doctor


def said(state: service.State, settings: Any = SETTINGS) -> str:
    try:
        return " ".join(map(str, zendesk.check(settings, Line(state))))
    except JourneyError as error:
        return str(error)


def test_doctor_has_nothing_to_say_of_a_good_account(state):
    assert said(state) == ""


def test_doctor_says_that_an_agent_cannot_export(state):
    state.role = "agent"
    text = said(state)
    assert "role agent" in text and "may not export" in text


def test_doctor_says_when_there_are_no_tickets_and_no_metrics(state):
    state.sideloads = {"users"}
    assert "without their metrics" in said(state)
    state.tickets.clear()
    assert "no tickets at all" in said(state)


def test_doctor_names_a_setting_that_names_no_field(state):
    settings = zendesk.Settings(**GIVEN, reason_field="Reason")
    assert "setting reason_field" in said(state, settings)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure("status", EXPORT, 401, json={"error": "Couldn't authenticate you"}),
         "Token access"),
        (Failure("status", EXPORT, 403, json={"error": {"title": "Forbidden"}}),
         "administrator"),
        (Failure("status", EXPORT, 403, json={"error": "Account suspended"}), "paid"),
        (Failure("not json", EXPORT, 404, text="<html><title>Help Center Closed"),
         "<name>.zendesk.com"),
        (Failure("status", EXPORT, 404, json={"error": {"title": "No help desk"}}),
         "<name>.zendesk.com"),
        (Failure("redirect", EXPORT, 302), "<name>.zendesk.com"),
        (Failure("status", EXPORT, 422, json={"error": "InvalidValue"}), "cursor"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do_in_zendesks_own_menus(failure, words):
    assert words in str(zendesk.explain(failure))


def test_a_busy_server_has_no_words_of_its_own():
    assert zendesk.explain(Failure("status", EXPORT, 503)) is None
    assert zendesk.explain(Failure("status", EXPORT, 429)) is None


# ------------------------------------------------------------------ settings


def odd() -> Iterator[tuple[dict[str, str], str]]:
    yield {"url": "acme", "email": "owner", "token": "t"}, "email"
    yield {"url": "acme", "email": "o@a.example"}, "token"
    yield {"url": "acme", "token": "t", "oauth_token": "o", "email": "o@a.example"}, "both"
    yield GIVEN | {"satisfaction": "stars"}, "satisfaction"


@pytest.mark.parametrize(("given", "word"), list(odd()))
def test_odd_credentials_are_refused_before_any_call(given, word):
    with pytest.raises(JourneyError) as error:
        zendesk.access(zendesk.Settings(**given))
    assert word in told(error)


@pytest.mark.parametrize(
    "url", ["acme", "acme.zendesk.com", "https://acme.zendesk.com/agent/dashboard"]
)
def test_an_address_may_be_copied_from_the_browser(url):
    found = zendesk.access(zendesk.Settings(**GIVEN | {"url": url}))
    assert found.url == "https://acme.zendesk.com"
    assert found.basic == ("owner@acme.example/token", service.TOKEN)


def test_an_oauth_token_goes_alone():
    found = zendesk.access(zendesk.Settings(url="acme", oauth_token="oauth-9d8e7f6a5b"))
    assert found.basic is None
    assert found.headers == {"Authorization": "Bearer oauth-9d8e7f6a5b"}


def test_a_next_page_is_followed_by_its_number_where_there_is_no_cursor(state):
    def brands(asked: Any) -> Any:
        page = int(asked.get("page", 1))
        more = "https://other.example/api/v2/brands.json?page=2" if page == 1 else None
        return {"brands": [{"id": 10 + page, "name": f"B{page}"}], "next_page": more}

    state._brands = brands
    assert {row["brand"] for row in tickets(state).values()} == {"B1", "B2"}
    assert parse_qs(urlsplit("?page=2").query) == {"page": ["2"]}


def test_every_setting_and_table_stands_in_the_guide():
    text = (PROJECT / "docs" / "connecting-zendesk.md").read_text("utf-8")
    for field in dataclasses.fields(zendesk.Settings):
        assert f"`{field.name}`" in text and field.metadata["help"]
    for name in zendesk.TABLES:
        assert f"`{name}`" in text
