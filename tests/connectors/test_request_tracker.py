"""Request Tracker 5 as it is: recordings held against the truth, and each of its traps."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from connectors import request_tracker
from journey.connector import (
    Failure,
    JourneyError,
    Mark,
    Pause,
    Present,
    Problem,
    Reply,
    Rows,
    Since,
    Unreadable,
)
from tests.connectors.services import request_tracker as service
from tests.connectors.services.request_tracker import (
    AGENTS,
    TOKEN,
    UNSET,
    Desk,
    Tracker,
    moment,
    person,
    small_desk,
)

RECORDED = Path(__file__).parents[3] / "shared/data/request_tracker"
recorded = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recordings of a real server are not on this machine"
)
START = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
END = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
EVERYTHING = Since(START, END)
CHANGES = Since(dt.datetime(2026, 10, 1, tzinfo=dt.UTC), thorough=False)


class Direct:
    """Calls a helpdesk without a network; counts what is asked."""

    def __init__(self, tracker, settings=None):
        self.tracker = tracker
        self.settings = settings or options()
        self.calls = Counter()
        self.asked = []
        self.break_after = None

    def get(self, path, params=None, headers=None):
        if self.break_after is not None and sum(self.calls.values()) >= self.break_after:
            raise Pause(Problem("a", "b", "c", "d"))
        self.calls[path.split("/")[0]] += 1
        self.asked.append((path, dict(params or {})))
        access = request_tracker.access(self.settings)
        texts = {key: str(value) for key, value in (params or {}).items()}
        login = access.headers.get("Authorization", "")
        status, body = self.tracker.answer(path, texts, login)
        if status >= 400:
            failure = Failure("status", path, status, {}, body)
            raise JourneyError(request_tracker.explain(failure) or Problem("?", "", "", ""))
        return Reply(status, {}, json.loads(json.dumps(body)))


def options(**given):
    given = {"url": "https://rt.example", "token": TOKEN, **given}
    return request_tracker.Settings(**given)


def read(tracker, since=EVERYTHING, http=None, **given):
    """Return the rows of each table, by table."""
    settings = options(**given)
    http = http or Direct(tracker, settings)
    return gathered(request_tracker.read("ticket", since, settings, http))


def gathered(batches):
    found = {"ticket": [], "ticket_event": [], "feedback": [], "marks": [], "present": []}
    for batch in batches:
        if isinstance(batch, Rows):
            found[batch.table or "ticket"] += batch.rows
        elif isinstance(batch, Mark):
            found["marks"].append(batch.text)
        elif isinstance(batch, Present):
            found["present"].append(batch)
    return found


def tickets(tracker, since=EVERYTHING, **given):
    return {row["ticket_id"]: row for row in read(tracker, since, **given)["ticket"]}


def desk(cap=100):
    return Desk(Tracker(cap))


# -------------------------------------------------------------------- odd rows


def few():
    """Return a helpdesk of five tickets, each with a reply."""
    made = desk()
    for day in range(1, 6):
        number = made.open(moment(day), person(day))
        made.reply(number, moment(day, 30), AGENTS[0])
    return made.tracker


class Odd(Direct):
    """Gives the row of one id in a list as the vendor does not describe it."""

    def __init__(self, path, number, row):
        super().__init__(few())
        self.path, self.number, self.row = path, number, row

    def get(self, path, params=None, headers=None):
        reply = super().get(path, params, headers)
        if path.startswith(self.path):
            items = reply.json["items"]
            for place, item in enumerate(items):
                if str(item["id"]) == self.number:
                    odd = isinstance(self.row, dict)
                    items[place] = item | self.row if odd else self.row
        return reply


def odd_read(path, number, row, since=EVERYTHING):
    found = list(request_tracker.read("ticket", since, options(), Odd(path, number, row)))
    return gathered(found), [one for one in found if isinstance(one, Unreadable)]


@pytest.mark.parametrize("row", [
    {"id": None}, {"id": ""}, {"id": {}}, {"id": "1,5"}, {"id": 10**30}, "a text",
    {"Created": None}, {"Created": "2026-13-01T00:00:00Z"}, {"Created": ""},
    {"Created": "20226-09-01T00:00:00Z"}, {"Created": "0026-09-01T00:00:00Z"},
    {"LastUpdated": 5}, {"Requestor": "x"}, {"CustomFields": [None]}, {"Owner": 5},
    {"Status": "unheard of"},
], ids=str)  # fmt: skip
def test_one_odd_ticket_takes_no_other_along(row):
    for since in (EVERYTHING, Since(START)):
        right = read(few(), since)
        found, told = odd_read("tickets", "3", row, since)
        numbers = {one["ticket_id"] for one in found["ticket"]}
        assert {one["ticket_id"] for one in right["ticket"]} - numbers <= {"3"}
        assert ("3" in numbers) != bool(told)
        assert found["marks"][-1] == right["marks"][-1]


@pytest.mark.parametrize("row", [{"id": None}, {"id": "x"}, {"ObjectId": {}}, "a text"])
def test_an_odd_row_of_history_takes_no_other_ticket_along(row):
    right = read(few())
    number = next(r["event_id"] for r in right["ticket_event"] if r["ticket_id"] == "3")
    found, told = odd_read("transactions", number, row)
    gone = {one["ticket_id"] for one in right["ticket"]} - {
        one["ticket_id"] for one in found["ticket"]
    }
    assert gone == {"3"} and [one.named for one in told] == [f"id {one}" for one in gone]


def test_one_ticket_without_a_number_lets_no_other_count_as_deleted():
    since = Since(START, thorough=True)
    assert read(few(), since)["present"]
    assert not odd_read("tickets", "3", {"id": None}, since)[0]["present"]


# --------------------------------------------------- the truth of a real server


def body(name):
    return json.loads((RECORDED / name).read_text("utf-8"))["body"]


def truth():
    with (RECORDED / "truth.csv").open(encoding="utf-8", newline="") as file:
        return {row["ticket"]: row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def real():
    """The recorded helpdesk, its answers served to whatever is asked."""
    tracker = Tracker()
    for page in (1, 2):
        for row in body(f"tickets_full/tickets_p{page:02}.json")["items"]:
            tracker.queues[row["Queue"]["id"]] = row["Queue"]["Name"]
            tracker.tickets[row["id"]] = {
                **row, "Queue": row["Queue"]["id"], "Owner": row["Owner"]["id"],
                "Creator": row["Creator"]["id"], "Priority": "0",
                "Requestor": [one["id"] for one in row["Requestor"]],
            }  # fmt: skip
    numbers = {name: number for number, name in tracker.queues.items()}
    for number, row in truth().items():
        if number not in tracker.tickets:
            tracker.tickets[number] = unseen(row, numbers)
    for page in range(1, 27):
        for row in body(f"transactions_bulk/all_p{page:02}.json")["items"]:
            creator = row["Creator"]["id"]
            tracker.rows.append({**row, "Creator": creator, "ObjectType": "RT::Ticket"})
    nobody = body("users/user_nobody.json")
    tracker.users = {"Nobody": nobody, "RT_System": {"Privileged": 0}}
    for name in ("agent.ewa", "agent.jan", "agent.max", "agent.ola"):
        agent = body("users/user_agent_ewa_as_token.json")
        tracker.users[name] = {**agent, "Name": name, "EmailAddress": f"{name}@example.com"}
    tracker.queues.pop("6", None)
    tracker.closed_queues["6"] = "Archiwum"
    return tracker


def unseen(row, numbers):
    """A ticket that no search lists: merged or deleted."""

    def stamp(text):
        return text.replace(" ", "T") + "Z"

    return {
        "id": row["ticket"], "EffectiveId": row["effective_id"], "Status": row["status"],
        "Queue": numbers[row["queue"]], "Owner": row["owner"], "Creator": row["creator"],
        "Requestor": row["requestors"].split(";"), "Created": stamp(row["created"]),
        "LastUpdated": stamp(row["last_updated"]), "CustomFields": [], "Priority": "0",
        "Resolved": stamp(row["resolved_field"]), "Subject": "",
    }  # fmt: skip


FIELDS = {
    "reason_field": "Contact reason", "order_field": "Order number", "csat_field": "CSAT",
}  # fmt: skip


@pytest.fixture(scope="module")
def landed(real):
    http = Direct(real, options(**FIELDS))
    return {**read(real, http=http, **FIELDS), "calls": http.calls}


def wrong(found, expected):
    return {key: (found.get(key), want) for key, want in expected.items()
            if found.get(key) != want}  # fmt: skip


def instant(text):
    return text.replace(" ", "T") + "Z" if text and not text.startswith("1970") else None


MINUTES = {
    "first_reply_minutes": "first_agent_reply_minutes",
    "full_resolution_minutes": "resolution_minutes_if_resolved",
}


@recorded
def test_every_recorded_ticket_is_as_the_database_says(landed):
    found = {row["ticket_id"]: row for row in landed["ticket"]}
    differ = {}
    for number, row in truth().items():
        if row["status"] == "deleted" or row["merged_away"] == "1":
            continue
        solved = row["status"] == "resolved"
        fault = wrong(found[number], {
            "status": row["status"], "team": row["queue"],
            "replies": int(row["agent_replies"]),
            "reopens": int(row["reopens"]), "groups": 1 + int(row["queue_moves"]),
            "assignees": int(row["first_assignments"]) + int(row["owner_transfers"]),
            "first_reply_at": instant(row["first_agent_reply"]),
            "resolved_at": instant(row["last_resolved"]) if solved else None,
            "order_ref": row["order_number"] or None,
            "reason": row["contact_reason"] or None,
            "initiated_by": "agent" if row["opened_by_staff"] == "1" else "customer",
            "created_at": instant(row["created"]), "minutes_basis": "calendar",
        })  # fmt: skip
        for ours, theirs in MINUTES.items():
            minutes = found[number][ours]
            told = float(row[theirs]) if row[theirs] else None
            if (minutes is None) != (told is None) or abs(
                (minutes or 0) - (told or 0)
            ) > 1e-4:
                fault[ours] = (minutes, told)
        if fault:
            differ[number] = fault
    assert not differ
    assert len(found) == 175  # 169 and the 6 that live on in another


@recorded
def test_every_recorded_event_is_counted_as_the_database_does(landed):
    events = Counter((row["ticket_id"], row["kind"], row["author"])
                     for row in landed["ticket_event"])  # fmt: skip
    kinds = Counter()
    for (number, kind, _), count in events.items():
        kinds[number, kind] += count
    for number, row in truth().items():
        if row["status"] == "deleted" or row["merged_away"] == "1":
            continue
        moves = int(row["owner_transfers"]) + int(row["queue_moves"])
        assert events[number, "reply", "agent"] == int(row["agent_replies"]), number
        assert events[number, "reply", "customer"] == int(row["customer_replies"]), number
        assert events[number, "reply", "other"] == int(row["other_replies"]), number
        assert kinds[number, "transfer"] == moves, number
        assert kinds[number, "reopen"] == int(row["reopens"]), number


@recorded
def test_the_sums_are_those_of_the_database(landed):
    with (RECORDED / "truth_sums.csv").open(encoding="utf-8", newline="") as file:
        sums = {row["measure"]: float(row["value"]) for row in csv.DictReader(file)}
    rows = [row for row in landed["ticket"] if not row.get("merged_into")]
    asked = [row for row in rows if row["initiated_by"] == "customer"]
    replied = [row["first_reply_minutes"] for row in asked if row["first_reply_at"]]
    solved = [row["full_resolution_minutes"] for row in rows if row["resolved_at"]]
    scores = [row["score"] for row in landed["feedback"]]
    assert len(replied) == sums["with_first_reply_not_staff_opened"]
    assert sum(replied) / len(replied) == pytest.approx(
        sums["mean_first_reply_minutes"], abs=1e-3
    )
    assert len(solved) == sums["resolved_with_minutes"]
    assert sum(solved) / len(solved) == pytest.approx(
        sums["mean_resolution_minutes"], abs=1e-3
    )
    assert sum(row["reopens"] for row in rows) == sums["reopens"]
    assert len(scores) == sums["csat_n"]
    assert sum(scores) / len(scores) == pytest.approx(sums["csat_mean"])


@recorded
def test_no_call_is_made_for_a_single_ticket(landed):
    assert landed["calls"]["ticket"] == 0
    assert sum(landed["calls"].values()) < 50, landed["calls"]


# ------------------------------------------------------ the traps, by their number


def test_trap_1_pages_are_read_until_they_are_empty_though_no_total_is_told():
    made = desk()
    number = made.open(moment(0), person(1))
    for minute in range(1, 150):
        made.reply(number, moment(0, minute), AGENTS[0])
    for minute in range(200, 420):
        made.note(number, moment(0, minute), AGENTS[0])
    made.reply(number, moment(1), AGENTS[0])
    assert tickets(made.tracker)[number]["replies"] == 150
    assert tickets(made.tracker, CHANGES) == {}


def test_trap_1_one_page_of_hidden_rows_does_not_end_the_history():
    made = desk()
    number = made.open(moment(0), person(1))
    for minute in range(1, 200):
        made.happen(number, moment(0, minute), AGENTS[0], "Comment", hidden=True)
    made.reply(number, moment(1), AGENTS[0])
    made.tracker.cap = 50
    assert tickets(made.tracker)[number]["replies"] == 1


def test_trap_2_an_owner_change_counts_once_and_the_first_one_is_no_transfer():
    made = desk()
    number = made.open(moment(0), person(1))
    made.own(number, moment(1), AGENTS[0])
    made.own(number, moment(2), AGENTS[1])
    found = read(made.tracker)
    assert found["ticket"][0]["assignees"] == 2
    kinds = [row["kind"] for row in found["ticket_event"]]
    assert kinds == ["assign", "transfer"]


def test_trap_3_changes_are_found_in_every_zone_of_the_user():
    for zone in ("Pacific/Kiritimati", "America/Adak", "Europe/Warsaw", "UTC"):
        tracker = Tracker(zone=service.ZoneInfo(zone))
        made = Desk(tracker)
        old = made.open("2026-09-20T10:00:00Z", person(1))
        new = made.open("2026-09-20T11:00:00Z", person(2))
        made.reply(new, "2026-10-01T00:00:00Z", AGENTS[0])
        assert list(tickets(tracker, CHANGES)) == [new], (zone, old)


def test_trap_3_dates_are_asked_for_in_the_one_form_that_is_read_right():
    http = Direct(small_desk())
    read(None, CHANGES, http=http)
    dates = [part for _, params in http.asked
             for part in service.re.findall(r"(?:Created|LastUpdated) > '([^']*)'",
                                            str(params.get("query")))]  # fmt: skip
    assert dates
    assert all(
        service.re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", one) for one in dates
    )
    assert min(dates) == "2026-09-29 21:00:00"  # 26 hours and one before the first


def test_trap_4_the_stretches_of_a_back_fill_neither_miss_nor_double_a_second():
    made = desk()
    border = dt.datetime(2026, 8, 1, tzinfo=dt.UTC)
    for at in ("2026-07-31T23:59:59Z", "2026-08-01T00:00:00Z", "2026-08-01T00:00:01Z"):
        made.open(at, person(1))
    before = tickets(made.tracker, Since(START, border, newest=False))
    after = tickets(made.tracker, Since(border, END))
    assert (list(before), list(after)) == (["1"], ["2", "3"])


def test_trap_5_a_deleted_ticket_is_told_though_no_search_finds_it():
    made = desk()
    for _ in range(3):
        made.open("2026-10-02T10:00:00Z", person(1))
    made.status("2", "2026-10-03T10:00:00Z", AGENTS[0], "deleted")
    made.status("3", "2026-10-03T10:00:00Z", AGENTS[0], "deleted")
    made.status("3", "2026-10-04T10:00:00Z", AGENTS[0], "open")
    found = tickets(made.tracker, CHANGES)
    assert found["2"]["deleted_at"] == "2026-10-03T10:00:00Z"
    assert found["2"]["created_at"] == "2026-10-02T10:00:00Z"
    assert found["3"].get("deleted_at") is None


def test_trap_5_once_a_day_every_ticket_that_still_exists_is_named():
    tracker = small_desk()
    since = Since(dt.datetime(2026, 10, 1, tzinfo=dt.UTC), thorough=True)
    (present,) = read(tracker, since)["present"]
    alive = {key for key, row in tracker.tickets.items() if row["Status"] != "deleted"}
    assert set(present.ids) == alive
    assert read(tracker, CHANGES)["present"] == []


def test_trap_5_a_merged_ticket_lives_on_with_its_history_in_the_other():
    made = desk()
    first, second = made.open(moment(0), person(1)), made.open(moment(1), person(1))
    made.reply(second, moment(2), AGENTS[0])
    made.merge(second, moment(3), AGENTS[0], first)
    found = read(made.tracker)
    rows = {row["ticket_id"]: row for row in found["ticket"]}
    assert rows[second]["merged_into"] == first
    assert rows[first]["replies"] == 1
    assert rows[first]["first_reply_at"] == moment(2)
    assert {row["ticket_id"] for row in found["ticket_event"]} == {first}


def test_trap_6_a_date_left_behind_by_an_earlier_solution_is_none():
    made = desk()
    number = made.open(moment(0), person(1))
    made.status(number, moment(1), AGENTS[0], "resolved")
    made.status(number, moment(2), "RT_System", "open")
    other = made.open(moment(0), person(2))
    made.status(other, moment(1), AGENTS[0], "rejected")
    found = tickets(made.tracker)
    assert made.tracker.tickets[number]["Resolved"] != UNSET
    assert [found[one]["resolved_at"] for one in (number, other)] == [None, None]
    assert found[number]["first_resolved_at"] == moment(1)


def test_trap_6_dates_that_were_never_set_are_not_1970():
    made = desk()
    made.open(moment(0), person(1))
    made.open(moment(0), person(2), Status="resolved")
    assert not [value for row in tickets(made.tracker).values()
                for value in row.values() if "1970" in str(value)]  # fmt: skip


def test_trap_7_ids_are_texts_whether_they_come_as_numbers_or_not():
    tracker = desk().tracker
    made = Desk(tracker)
    made.open(moment(0), person(1))
    tracker.tickets["1"]["id"] = 1
    tracker.tickets["1"]["EffectiveId"] = 1
    (row,) = read(tracker)["ticket"]
    assert row["ticket_id"] == "1"


def test_trap_8_queues_are_asked_for_by_name_even_a_closed_one():
    made = desk()
    made.open(moment(0), person(1), "6")
    made.move("1", moment(1), AGENTS[0], "3")
    made.move("1", moment(2), AGENTS[0], "6")
    found = read(made.tracker)
    assert found["ticket"][0]["team"] == "Archiwum"
    moves = [(row["from_value"], row["to_value"]) for row in found["ticket_event"]]
    assert moves == [("queue 6", "Zwroty"), ("Zwroty", "queue 6")]


def test_trap_8_no_ticket_at_all_is_a_problem_of_rights_and_no_result():
    tracker = small_desk()
    tracker.may_see = False
    for since in (EVERYTHING, CHANGES):
        with pytest.raises(JourneyError, match="not one ticket can be seen"):
            read(tracker, since)
    (problem,) = request_tracker.check(options(), Direct(tracker))
    assert "SeeQueue" in problem.fix


def test_trap_8_tickets_that_are_counted_but_not_listed_are_a_problem():
    class Withheld(Direct):
        def get(self, path, params=None, headers=None):
            reply = super().get(path, params)
            if "Created" in str((params or {}).get("query")):
                reply.json["items"] = []
            return reply

    with pytest.raises(JourneyError, match="lists none"):
        read(None, http=Withheld(small_desk()))


def test_trap_9_pages_cut_short_by_the_server_lose_nothing():
    whole, cut = tickets(small_desk(100)), tickets(small_desk(7))
    assert whole == cut
    assert len(whole) == 43  # 44 without the deleted one


def test_trap_10_without_the_right_to_notes_replies_are_still_whole():
    made = desk()
    number = made.open(moment(0), person(1))
    made.note(number, moment(1), AGENTS[0])
    made.reply(number, moment(2), AGENTS[0])
    kinds = [row["kind"] for row in read(made.tracker)["ticket_event"]]
    assert kinds == ["reply"]
    for row in made.tracker.rows:
        row["hidden"] = False
    kinds = [(row["kind"], row["is_public"]) for row in read(made.tracker)["ticket_event"]]
    assert kinds == [("comment", False), ("reply", True)]


def test_trap_11_a_ticket_may_have_two_requestors_or_none_and_a_shouting_one():
    made = desk()
    made.open(moment(0), person(5), Requestor=["maz@poczta.example", person(5).lower()])
    made.open(moment(0), "RT_System", Requestor=[])
    made.user("kasia", "kasia@poczta.example", 900)
    made.open(moment(0), "kasia")
    found = tickets(made.tracker)
    assert found["1"]["email"] == person(5).lower()
    assert (found["2"]["email"], found["2"]["initiated_by"]) == (None, "customer")
    assert (found["3"]["email"], found["3"]["initiated_by"]) == (
        "kasia@poczta.example",
        "customer",
    )


def test_trap_11_staff_who_open_a_ticket_are_no_customers():
    made = desk()
    made.open(moment(0), AGENTS[0], Requestor=[person(1)])
    made.open(moment(0), AGENTS[0], Requestor=[AGENTS[0]])
    found = tickets(made.tracker)
    assert [row["initiated_by"] for row in found.values()] == ["agent", "agent"]
    assert found["1"]["email"] == person(1)


def test_trap_11_staff_whose_login_is_an_address_are_known_by_their_colleagues():
    made = desk()
    for name in ("jan@sklep.example", "ewa@sklep.example"):
        made.user(name, name, 70 + len(made.tracker.users), privileged=1)
    made.open(moment(0), person(1))
    made.own("1", moment(1), "jan@sklep.example")
    made.open(moment(2), "ewa@sklep.example")
    assert tickets(made.tracker)["2"]["initiated_by"] == "agent"


def test_trap_11_who_is_only_copied_in_is_neither_staff_nor_the_customer():
    made = desk()
    number = made.open(moment(0), person(1))
    made.user("kurier@firma.example", "kurier@firma.example", 77)
    made.reply(number, moment(1), "kurier@firma.example")
    found = read(made.tracker)
    assert found["ticket"][0]["first_reply_at"] is None
    assert [row["author"] for row in found["ticket_event"]] == ["other"]


def test_trap_11_an_agent_who_asks_does_not_answer_himself():
    made = desk()
    number = made.open(moment(0), AGENTS[0], Requestor=[AGENTS[0]])
    made.reply(number, moment(1), AGENTS[0])
    made.reply(number, moment(2), AGENTS[1])
    row = tickets(made.tracker)[number]
    assert (row["first_reply_at"], row["replies"]) == (moment(2), 1)


def test_trap_12_history_is_read_for_a_hundred_tickets_at_once():
    http = Direct(small_desk(100))
    read(None, http=http)
    assert http.calls["ticket"] == 0
    assert http.calls["transactions"] <= 8, http.calls


def test_trap_12_the_object_is_asked_for_by_its_number():
    http = Direct(small_desk())
    read(None, http=http)
    fields = {params["fields"] for _, params in http.asked if "ObjectId =" in str(params)}
    assert all("ObjectId" in one.split(",") for one in fields)
    assert not any("Object" in one.split(",") for one in fields)


def test_trap_13_a_customer_who_writes_again_reopens_in_the_same_second():
    made = desk()
    number = made.open(moment(0), person(1))
    made.status(number, moment(1), AGENTS[0], "resolved")
    made.reply(number, moment(2), person(1))
    made.status(number, moment(2), "RT_System", "open")
    found = read(made.tracker)
    assert found["ticket"][0]["reopens"] == 1
    events = [(row["kind"], row["author"]) for row in found["ticket_event"]]
    assert events == [("status", "agent"), ("reply", "customer"), ("reopen", "system")]


def test_trap_14_custom_fields_are_found_by_name_whatever_their_order():
    found = tickets(small_desk(), reason_field="Contact reason", order_field="Order number")
    assert {row["reason"] for row in found.values() if not row.get("merged_into")} == {
        "Zwrot"
    }
    assert found["5"]["order_ref"] == "#8005"
    assert found["6"]["order_ref"] is None


# ------------------------------------------------------------- what settings do


def test_the_order_is_taken_out_of_the_subject_and_nothing_else_is():
    found = read(small_desk(), order_pattern=r"(?i)order no (\d+)")
    assert found["ticket"][0]["order_ref"] == "9001"
    assert "Drzewiecka" not in json.dumps(found["ticket"])
    http = Direct(small_desk())
    read(None, http=http)
    assert not any("Subject" in str(params.get("fields")) for _, params in http.asked)


def test_channel_team_and_spam_are_what_the_shop_says():
    given = {"channels": {"Telefon": "phone", "agent.one": "counter"}, "channel": "form",
             "team": "owner", "spam": ["Zwroty"]}  # fmt: skip
    made = desk()
    made.open(moment(0), person(1), "4")
    made.open(moment(0), person(2), "3")
    made.open(moment(0), AGENTS[0], "4", Requestor=[person(3)])
    made.own("2", moment(1), AGENTS[1])
    found = tickets(made.tracker, **given)
    assert [found[one]["channel"] for one in "123"] == ["phone", "form", "counter"]
    assert [found[one]["team"] for one in "123"] == [None, "agent.two", None]
    assert [found[one]["is_spam"] for one in "123"] == [False, True, False]


def test_a_rating_is_feedback_and_one_that_is_taken_back_has_no_score():
    made = desk()
    made.open(moment(0), person(1))
    made.fill("1", moment(1), AGENTS[0], "CSAT", "4")
    (row,) = read(made.tracker, csat_field="CSAT")["feedback"]
    assert (row["score"], row["scale_min"], row["scale_max"]) == (4.0, 1.0, 5.0)
    assert (row["answered_at"], row["email"]) == (moment(1), person(1))
    made.fill("1", moment(2), AGENTS[0], "CSAT", "")
    (row,) = read(made.tracker, csat_field="CSAT")["feedback"]
    assert row["score"] is None
    made.fill("1", moment(3), AGENTS[0], "CSAT", "dobrze")
    (row,) = read(made.tracker, csat_field="CSAT", csat_values={"dobrze": 1.0})["feedback"]
    assert row["score"] == 1.0


def test_settings_that_cannot_be_meant_are_all_told_at_once():
    given = {
        "url": "https://rt.example",
        "team": "que",
        "order_pattern": "(",
        "csat_min": 9.0,
    }
    with pytest.raises(JourneyError) as error:
        request_tracker.access(request_tracker.Settings(**given))
    assert len(error.value.problems) == 4
    assert 'did you mean "queue"?' in str(error.value)


def test_the_address_may_be_given_with_or_without_the_interface():
    for url in (
        "https://rt.example",
        "https://rt.example/",
        "https://rt.example/REST/2.0/",
    ):
        assert request_tracker.access(options(url=url)).url == "https://rt.example/REST/2.0"
    login = request_tracker.access(options(token="", user="jan", password="tajne"))
    assert login.basic == ("jan", "tajne")


# --------------------------------------------------------- cut off, and read again


def test_a_read_that_is_cut_off_anywhere_goes_on_at_its_mark_and_loses_nothing():
    whole = read(small_desk(7), csat_field="CSAT", order_field="Order number")
    calls = Direct(small_desk(7), options(csat_field="CSAT"))
    read(None, http=calls, csat_field="CSAT")
    for cut in range(1, sum(calls.calls.values()), 5):
        http = Direct(small_desk(7))
        http.break_after = cut
        settings = options(csat_field="CSAT", order_field="Order number")
        found, mark, pending = {}, None, []
        try:
            for batch in request_tracker.read("ticket", EVERYTHING, settings, http):
                pending.append(batch)
                if isinstance(batch, Mark):
                    found, mark = keep(found, pending), batch.text
                    pending = []
        except Pause:
            pass
        http.break_after = None
        rest = request_tracker.read("ticket", Since(START, END, mark), settings, http)
        assert keep(found, rest) == keep({}, [Rows(whole["ticket"])]), cut


def keep(found, batches):
    rows = [row for batch in batches if isinstance(batch, Rows) and not batch.table
            for row in batch.rows]  # fmt: skip
    return {**found, **{row["ticket_id"]: row for row in rows}}


def test_a_ticket_merged_while_others_are_read_hides_none_of_them():
    tracker = small_desk(7)
    found = {}
    for batch in request_tracker.read("ticket", EVERYTHING, options(), Direct(tracker)):
        found = keep(found, [batch])
        if isinstance(batch, Mark) and batch.text == "7":
            Desk.merge(_desk_of(tracker), "2", moment(142), AGENTS[0], "3")
    assert {str(number) for number in range(1, 45)} - set(found) == {"13"}


def _desk_of(tracker):
    made = Desk.__new__(Desk)
    made.tracker, made._row = tracker, 9000
    return made


def test_other_tables_come_with_their_tickets():
    assert list(request_tracker.read("ticket_event", EVERYTHING, options(), None)) == []
    assert list(request_tracker.read("feedback", EVERYTHING, options(), None)) == []


def test_the_first_day_wanted_begins_at_midnight_of_the_shop():
    made = desk()
    made.open("2026-06-30T22:30:00Z", person(1))
    first = dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)
    http = Direct(made.tracker, options(since=dt.date(2026, 7, 1)))
    found = request_tracker.read("ticket", Since(first, END), http.settings, http)
    assert list(keep({}, found)) == ["1"]


def test_tickets_older_than_the_first_day_wanted_stay_away():
    http = Direct(small_desk(), options(since=dt.date(2026, 10, 13)))
    rows = gathered(request_tracker.read("ticket", CHANGES, http.settings, http))["ticket"]
    assert {row["created_at"] >= "2026-10-12" for row in rows
            if not row.get("merged_into")} == {True}  # fmt: skip


# -------------------------------------------------------------- what doctor says


def failure(status, path="tickets", message="", kind="status", text=""):
    return Failure(kind, path, status, {}, {"message": message}, text)


def test_failed_calls_are_told_in_the_words_of_request_tracker():
    say = request_tracker.explain
    assert "Auth Tokens" in say(failure(401)).fix
    assert "ShowTicket" in say(failure(403)).fix
    assert "granted rights" in say(failure(403, "user/x")).fix
    assert "as in the browser" in say(failure(404)).fix
    assert "Wrong query" in say(failure(400, message="Wrong query, x at /usr/y")).found
    page = failure(200, kind="not json", text="<!DOCTYPE html><title>Login</title>")
    assert "/REST/2.0" in say(page).fix
    assert say(failure(500)) is None


def test_doctor_names_what_nobody_knows():
    given = {"channels": {"Telefn": "phone", "agent.one": "counter"},
             "reason_field": "Contact raeson", "csat_field": "CSAT"}  # fmt: skip
    settings = options(**given)
    found = [
        str(one) for one in request_tracker.check(settings, Direct(small_desk(), settings))
    ]
    assert len(found) == 2
    assert 'did you mean "Telefon"?' in found[0]
    assert 'did you mean "Contact reason"?' in found[1]


def test_doctor_finds_nothing_where_all_is_well():
    assert list(request_tracker.check(options(), Direct(small_desk()))) == []


def test_a_user_without_rights_of_staff_is_told_what_to_switch_on():
    tracker = small_desk()
    tracker.privileged = False
    with pytest.raises(JourneyError, match="granted rights"):
        read(tracker)
