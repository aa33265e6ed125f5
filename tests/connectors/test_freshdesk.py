"""Freshdesk: what its tickets and answers become, and the habits of its lists."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
from typing import Any

import pytest

from connectors import freshdesk
from journey.connector import (
    Failure,
    Flag,
    JourneyError,
    Mark,
    Present,
    Problem,
    Reply,
    Rows,
    Since,
    Unreadable,
)  # fmt: skip
from journey.home import PROJECT
from journey.sources.failures import problem_of
from tests.connectors.services import freshdesk as service

FIRST = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
TICKETS = "/api/v2/tickets"
RATINGS = "/api/v2/surveys/satisfaction_ratings"
GIVEN = {"url": "https://acme.freshdesk.com", "key": service.KEY}
SETTINGS = freshdesk.Settings(
    **GIVEN, order_field="Order number", reason_tags={"refund_wanted": "refund"}
)


class Line:
    """Calls the service without a network; may be cut at a call."""

    def __init__(self, state: service.State, cut_at: int | None = None) -> None:
        self.state = state
        self.cut_at = cut_at
        self.calls: list[tuple[str, dict[str, str]]] = []
        basic = freshdesk.access(SETTINGS).basic
        assert basic is not None
        word = base64.b64encode(":".join(basic).encode()).decode()
        self.headers = {"authorization": f"Basic {word}"}

    def get(self, path: str, params: Any = None, headers: Any = None) -> Reply:
        query = {key: str(value) for key, value in (params or {}).items()}
        self.calls.append((path, query))
        if self.cut_at == len(self.calls):
            raise JourneyError(Problem("here", "the connection broke off", "-", "-"))
        one = {key: [value] for key, value in query.items()}
        status, told, body = self.state.reply(path, one, self.headers)
        body = json.loads(json.dumps(body))
        if status >= 400:
            failure = Failure("status", path, status, told, body)
            raise JourneyError(freshdesk.explain(failure) or problem_of(failure, path, "-"))
        return Reply(status, {key.lower(): value for key, value in told.items()}, body)

    def of(self, path: str) -> list[dict[str, str]]:
        return [query for called, query in self.calls if called == path]


@pytest.fixture
def state() -> service.State:
    return service.State()


def landed(found: list[Any], into: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return key -> row as the landing keeps them; what comes later wins."""
    kept = {} if into is None else into
    for batch in found:
        if isinstance(batch, Rows):
            for row in batch.rows:
                kept[next(iter(row.values()))] = row
    return kept


def stretch(first: dt.datetime = FIRST, days: int = 300, **more: Any) -> Since:
    return Since(first, first + dt.timedelta(days=days), **more)


def batches(
    state: service.State, table: str = "ticket", since: Since | None = None,
    settings: Any = SETTINGS,
) -> list[Any]:  # fmt: skip
    return list(freshdesk.read(table, since or stretch(), settings, Line(state)))


def tickets(state: service.State, settings: Any = SETTINGS) -> dict[str, Any]:
    return landed(batches(state, settings=settings))


# ------------------------------------------------------------------ odd rows


class Odd(Line):
    """Gives one row of a list, or one more, as the vendor does not describe it."""

    def __init__(self, state: service.State, path: str, row: Any, more: bool) -> None:
        super().__init__(state)
        self.path, self.row, self.more = path, row, more

    def get(self, path: str, params: Any = None, headers: Any = None) -> Reply:
        reply = super().get(path, params, headers)
        if path == self.path and len(reply.json) > 3:
            odd = isinstance(self.row, dict)
            reply.json[3] = reply.json[3] | self.row if odd else self.row
        elif path == self.path and self.more:
            reply.json.append(self.row)
        return reply


@pytest.mark.parametrize("row", [
    {"id": None}, {"id": []}, "a text", None, {"created_at": "0026-05-03T08:00:00Z"},
    {"updated_at": "20226-05-03T08:00:00Z"}, {"updated_at": "9999-05-03T08:00:00Z"},
    {"stats": "x"}, {"requester": []}, {"custom_fields": "x"}, {"status": "unheard of"},
], ids=str)  # fmt: skip
def test_one_odd_ticket_takes_no_other_along(state, row):
    settings = dataclasses.replace(SETTINGS, since=FIRST.date())
    for since in (stretch(), stretch(days=150, newest=False)):
        right = landed(batches(state, since=since, settings=settings))
        line = Odd(state, TICKETS, row, more=False)
        found = list(freshdesk.read("ticket", since, settings, line))
        told = [batch for batch in found if isinstance(batch, Unreadable)]
        assert len(told) + len(landed(found)) >= len(right)
        assert len(right) - len(landed(found)) <= len(line.of(TICKETS))


def test_one_ticket_without_a_number_lets_no_other_count_as_deleted(state):
    since = Since(FIRST + dt.timedelta(days=100))
    line = Odd(state, TICKETS, {"id": None}, more=False)
    found = list(freshdesk.read("ticket", since, SETTINGS, line))
    assert not [batch for batch in found if isinstance(batch, Present)]


@pytest.mark.parametrize("row", [{"id": None}, {"name": {}, "choices": 5}, "a text"])
def test_lists_of_names_may_have_odd_rows(state, row):
    right = tickets(state)
    for name in ("groups", "products", "agents", "ticket_fields"):
        line = Odd(state, f"/api/v2/{name}", row, more=True)
        assert landed(list(freshdesk.read("ticket", stretch(), SETTINGS, line))) == right


# ------------------------------------------------------------------- tickets


def test_a_ticket_lands_with_its_requester_reason_order_and_times(state):
    row = tickets(state)["1003"]
    assert (row["email"], row["phone"]) == (service.ADDRESSES[3], service.PHONES[3])
    assert (row["order_ref"], row["reason"], row["team"]) == ("B-2003", "refund", "Help")
    assert (row["status"], row["brand"], row["channel"]) == ("closed", "Zorza Kids", "chat")
    assert row["first_reply_minutes"] == 30 and row["minutes_basis"] == "calendar"
    assert row["full_resolution_minutes"] == 2880


def test_nothing_of_a_person_but_address_and_phone_leaves_the_connector(state):
    for table in freshdesk.TABLES:
        for row in landed(batches(state, table)).values():
            text = str({k: v for k, v in row.items() if k not in ("email", "phone")})
            assert not [word for word in service.PEOPLE if word in text]


def test_tickets_older_than_thirty_days_come_because_a_start_is_always_named(state):
    line = Line(state)
    found = landed(list(freshdesk.read("ticket", stretch(), SETTINGS, line)))
    assert len(found) == service.TICKETS
    assert all("updated_since" in query for query in line.of(TICKETS))


def test_no_page_is_asked_for_that_freshdesk_refuses(state, monkeypatch):
    monkeypatch.setattr(service, "MOST_PAGES", 2)
    assert len(tickets(service.State(600))) == 600


def test_many_changes_in_one_second_are_read_by_pages(state):
    moment = "2026-06-01T10:00:00Z"
    for ticket in state.tickets.values():
        ticket["updated_at"] = moment
    line = Line(state)
    found = landed(list(freshdesk.read("ticket", stretch(), SETTINGS, line)))
    assert len(found) == service.TICKETS


def test_a_ticket_that_changes_meanwhile_pulls_no_other_one_out_of_sight(state):
    kept: dict[str, Any] = {}
    first = True
    for batch in freshdesk.read("ticket", stretch(), SETTINGS, Line(state)):
        landed([batch], kept)
        if first and isinstance(batch, Rows):
            for number in range(1000, 1020):
                state.tickets[number]["updated_at"] = "2026-11-19T10:00:00Z"
            first = False
    assert len(kept) == service.TICKETS


def test_cut_off_at_every_call_nothing_is_lost_or_doubled(state):
    whole = tickets(state)
    calls = Line(state)
    list(freshdesk.read("ticket", stretch(), SETTINGS, calls))
    for cut in range(1, len(calls.calls) + 1):
        kept: dict[str, Any] = {}
        mark, waiting = None, []
        with pytest.raises(JourneyError):
            for batch in freshdesk.read("ticket", stretch(), SETTINGS, Line(state, cut)):
                waiting.append(batch)
                if isinstance(batch, Mark):
                    landed(waiting, kept)
                    mark, waiting = batch.text, []
        assert landed(batches(state, since=stretch(mark=mark)), kept) == whole


def test_stretches_stop_by_themselves_and_meet_without_a_ticket_twice(state):
    middle = FIRST + dt.timedelta(days=90)
    new = landed(batches(state, since=stretch(middle)))
    old = landed(batches(state, since=stretch(days=90, newest=False, thorough=False)))
    assert new.keys() & old.keys() == set()
    assert len(new) + len(old) == service.TICKETS


def test_spam_and_deleted_tickets_come_from_lists_of_their_own(state):
    state.tickets[1001]["spam"] = True
    state.tickets[1002]["deleted"] = True
    found = tickets(state)
    assert found["1001"]["is_spam"] and not found["1003"]["is_spam"]
    assert found["1002"]["deleted_at"] and found["1003"]["deleted_at"] is None


def test_a_thorough_read_says_which_tickets_still_exist(state):
    first = FIRST + dt.timedelta(days=100)
    late = state.tickets.pop(1100)
    state.tickets[1101]["spam"] = True
    (present,) = [b for b in batches(state, since=Since(first)) if isinstance(b, Present)]
    assert present.before == first and present.first == FIRST + dt.timedelta(days=10)
    assert str(late["id"]) not in present.ids and "1101" in present.ids
    assert {"1099", "1102"} <= set(present.ids)
    assert present.first <= service.time(late["created_at"]) < present.before


def test_a_hasty_or_resumed_read_says_nothing_of_what_exists(state):
    first = FIRST + dt.timedelta(days=100)
    for since in (
        Since(first, thorough=False),
        Since(first, mark="2026-08-01T00:00:00Z 1"),
        stretch(),
    ):
        found = batches(state, since=since)
        assert not [batch for batch in found if isinstance(batch, Present)]


def test_a_resolution_counts_only_while_the_ticket_is_resolved(state):
    state.tickets[1003]["status"] = 2
    state.tickets[1003]["stats"]["reopened_at"] = "2026-06-01T10:00:00Z"
    row = tickets(state)["1003"]
    assert row["resolved_at"] is None and row["full_resolution_minutes"] is None
    assert row["first_resolved_at"] is None and row["reopens"] == 1


def test_times_may_carry_any_zone(state):
    state.tickets[1003]["stats"]["first_responded_at"] = "2026-05-05T23:33:00+02:00"
    assert tickets(state)["1003"]["first_reply_minutes"] == 90


def test_a_ticket_without_stats_knows_no_times(state):
    state.tickets[1003]["stats"] = None
    row = tickets(state)["1003"]
    assert row["first_reply_minutes"] is None and row["reopens"] is None


def test_sources_and_statuses_are_words_also_those_of_the_account(state):
    found = tickets(state)
    words = [found[str(1000 + n)]["channel"] for n in range(8)]
    assert words == [
        "email", "form", "phone", "chat", "form", "email", "chat", "marketplace_inbox",
    ]  # fmt: skip
    assert [found[str(1000 + n)]["status"] for n in (0, 2, 6)] == [
        "open", "resolved", "with the carrier",
    ]  # fmt: skip
    own = freshdesk.Settings(**GIVEN, channels={"marketplace_inbox": "email"})
    assert tickets(state, own)["1007"]["channel"] == "email"


def test_outbound_mail_and_what_agents_ask_themselves_is_opened_by_staff(state):
    state.tickets[1000]["requester_id"] = service.AGENT
    found = tickets(state)
    assert found["1000"]["initiated_by"] == found["1005"]["initiated_by"] == "agent"
    assert found["1001"]["initiated_by"] == "customer"


def test_lists_that_the_role_may_not_see_leave_their_words_out(state):
    for name in ("groups", "products", "agents", "ticket_fields"):
        state.refused[f"/api/v2/{name}"] = 403
    row = tickets(state)["1006"]
    assert row["team"] is None and row["status"] == "8" and row["email"]


def test_an_order_field_gives_numbers_and_no_sentence_and_no_address(state):
    for number, value in ((1000, "ordered on 3 May"), (1001, "a1@post.example"),
                          (1002, None), (1003, 2003)):  # fmt: skip
        state.tickets[number]["custom_fields"]["cf_order_number"] = value
    found = tickets(state)
    assert [found[str(n)]["order_ref"] for n in range(1000, 1004)] == [
        None, None, None, "2003",
    ]  # fmt: skip


# ------------------------------------------------------------------- answers


def test_faces_are_one_to_seven(state):
    found = landed(batches(state, "feedback"))
    scores = [found[str(900 + n)]["score"] for n in range(8)]
    assert scores == [7, 6, 5, 4, 3, 2, 1, 7]
    assert found["900"]["comment_chars"] == len(service.TEXTS[1])
    assert found["900"]["ticket_id"] == "1000"


def test_without_surveys_answers_are_said_to_be_missing(state):
    state.refused[RATINGS] = 403
    (flag,) = batches(state, "feedback")
    assert isinstance(flag, Flag) and flag.flag == "not_available"


# -------------------------------------------------------------------- doctor


def said(state: service.State, settings: Any = SETTINGS) -> str:
    try:
        return " ".join(map(str, freshdesk.check(settings, Line(state))))
    except JourneyError as error:
        return str(error)


def test_doctor_has_nothing_to_say_of_a_good_account(state):
    assert said(state) == ""


def test_doctor_says_that_an_agent_sees_only_some_tickets(state):
    state.scope = 3
    assert "Global access" in said(state)


def test_doctor_says_when_there_are_no_tickets(state):
    state.tickets.clear()
    assert "no tickets at all" in said(state)


def test_doctor_names_a_setting_that_names_no_field(state):
    settings = freshdesk.Settings(**GIVEN, order_field="Order numbr")
    assert 'did you mean "cf_order_number"?' in said(state, settings)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (Failure("status", TICKETS, 401, json={"code": "invalid_credentials"}),
         "View API key"),
        (Failure("status", TICKETS, 403, json={"code": "access_denied"}), "Global access"),
        (Failure("status", TICKETS, 403, json={"code": "account_suspended"}), "billing"),
        (Failure("status", TICKETS, 403, json={"code": "require_feature"}), "billing"),
        (Failure("not json", TICKETS, 404, text="<html>"), "<name>.freshdesk.com"),
        (Failure("redirect", TICKETS, 301), "<name>.freshdesk.com"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do_in_freshdesks_own_menus(failure, words):
    assert words in str(freshdesk.explain(failure))


@pytest.mark.parametrize(
    "url", ["acme", "acme.freshdesk.com", "https://acme.freshdesk.com/a/tickets"]
)
def test_an_address_may_be_copied_from_the_browser(url):
    found = freshdesk.access(freshdesk.Settings(**GIVEN | {"url": url}))
    assert found.url == "https://acme.freshdesk.com"
    assert found.basic == (service.KEY, "X")


def test_every_setting_and_table_stands_in_the_guide():
    text = (PROJECT / "docs" / "connecting-freshdesk.md").read_text("utf-8")
    for field in dataclasses.fields(freshdesk.Settings):
        assert f"`{field.name}`" in text and field.metadata["help"]
    for name in freshdesk.TABLES:
        assert f"`{name}`" in text
