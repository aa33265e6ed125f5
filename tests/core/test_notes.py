"""Notes: told beside a change, kept as lines, never more than plain text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from journey.answer import Period
from journey.days import notes
from journey.days.notes import Note, Notes
from journey.findings import followups
from journey.formats import Formats
from journey.home import Home
from journey.problem import JourneyError
from journey.scope import Scope

day = dt.date.fromisoformat
NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
FORMATS = Formats()
RELEASE = Note("New checkout released", day("2026-10-26"), day("2026-10-26"))
COUPON = Note("Coupon WRACAM10", day("2026-10-10"), day("2026-10-14"))
OUTAGE = Note("Payments down", day("2026-10-28"), day("2026-10-28"),
              (("device", ("mobile",)),), "conversion")  # fmt: skip
KNOWN = Notes((COUPON, RELEASE, OUTAGE))


@pytest.mark.parametrize(
    ("note", "change", "said"),
    [
        (RELEASE, "2026-10-29", "3 days after: ‘New checkout released’ (26 Oct)"),
        (RELEASE, "2026-10-27", "1 day after: ‘New checkout released’ (26 Oct)"),
        (RELEASE, "2026-10-26", "On the day of: ‘New checkout released’ (26 Oct)"),
        (RELEASE, "2026-10-24", "2 days before: ‘New checkout released’ (26 Oct)"),
        (COUPON, "2026-10-12", "During: ‘Coupon WRACAM10’ (10 Oct – 14 Oct)"),
        (COUPON, "2026-10-16", "2 days after: ‘Coupon WRACAM10’ (10 Oct – 14 Oct)"),
    ],
)
def test_a_note_is_told_by_its_distance_and_never_as_a_cause(
    note: Note, change: str, said: str
) -> None:
    told = notes.told(note, day(change), FORMATS).replace("\u00a0", " ")
    assert told == said
    assert "because" not in told.lower()


def test_notes_within_three_days_of_a_change_are_near_the_nearest_first() -> None:
    assert KNOWN.near(day("2026-10-29")) == [OUTAGE, RELEASE]
    assert KNOWN.near(day("2026-10-30")) == [OUTAGE]
    assert KNOWN.near(day("2026-10-30"), days=4) == [OUTAGE, RELEASE]
    assert KNOWN.near(day("2026-10-17")) == [COUPON]
    assert notes.near(KNOWN, day("2026-10-18")) == []


def test_a_note_about_others_is_not_near() -> None:
    desktop = [("device", "desktop")]
    assert KNOWN.near(day("2026-10-29"), cell=desktop) == [RELEASE]
    assert KNOWN.near(day("2026-10-29"), cell=[("country", "CZ")]) == [OUTAGE, RELEASE]
    assert KNOWN.near(day("2026-10-29"), stage="retention") == [RELEASE]


def test_notes_of_a_period_follow_the_filters_of_the_reader() -> None:
    days = Period(day("2026-10-14"), day("2026-10-28"))
    assert KNOWN.within(days) == [COUPON, RELEASE, OUTAGE]
    assert KNOWN.within(Period(day("2026-10-15"), day("2026-10-25"))) == []
    desktop = Scope(days, where=(("device", ("desktop", "tablet")),))
    assert KNOWN.within(days, desktop) == [COUPON, RELEASE]
    assert KNOWN.within(days, stage="support") == [COUPON, RELEASE]


def test_a_written_note_is_read_back_and_taken_away_but_stays_in_the_file(
    tmp_path: Path,
) -> None:
    home = Home(tmp_path)
    written = notes.write(home, OUTAGE, NOW, "lead@shop.example")
    assert notes.known(home).all == (written,)
    assert written.text == OUTAGE.text and written.where == OUTAGE.where
    assert notes.known(home, sample=True).all == ()
    notes.take_away(home, written.id, NOW, "lead@shop.example")
    assert notes.known(home).all == ()
    kept = (home.app / "notes.ndjson").read_text("utf-8")
    assert kept.count("lead@shop.example") == 2 and "Payments down" in kept
    assert (home.app / "notes.ndjson").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "written", "id": "1", "text": "x"',
        '{"event": "written", "id": "1", "text": "x"}',
        '{"event": "written", "id": "1", "text": "x", "first": "soon", "last": "soon",'
        ' "where": []}',
        '{"event": "written", "id": "1", "text": "x", "first": "2026-10-01",'
        ' "last": "2026-10-01", "where": 5}',
        "[]",
        "[" * 100_000,
        '{"event": "written", "id": ' + "1" * 5_000 + "}",
    ],
    ids=range(7),
)
def test_a_line_that_cannot_be_read_hides_no_other(tmp_path: Path, line: str) -> None:
    home = Home(tmp_path)
    written = notes.write(home, RELEASE, NOW)
    with (home.app / "notes.ndjson").open("a", encoding="utf-8") as file:
        file.write(line)
    assert notes.known(home).all == (written,)


def test_hostile_text_becomes_one_visible_line(tmp_path: Path) -> None:
    text = "a\nb\u2028c\u202ed\u200be\x00 <script>alert(1)</script>  **x**"
    written = notes.write(Home(tmp_path), Note(text, NOW.date(), NOW.date()), NOW)
    assert written.text == "a b c d e <script>alert(1)</script> **x**"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (" \n ", "empty"),
        ("x" * 101, "101 characters"),
        ("ask anna@shop.example", "e-mail"),
        ("ask anna\uff20shop.example", "e-mail"),
        ("called +48 601 234 567", "long number"),
        ("x" * 1_000_000, "1000000 characters"),
    ],
)
def test_what_may_not_be_a_note_is_told(tmp_path: Path, text: str, found: str) -> None:
    with pytest.raises(JourneyError) as error:
        notes.write(Home(tmp_path), Note(text, NOW.date(), NOW.date()), NOW)
    (problem,) = error.value.problems
    assert found in problem.found and problem.expected and problem.fix
    assert not (tmp_path / "data").exists()


def test_days_the_wrong_way_round_and_unknown_segments_are_told(tmp_path: Path) -> None:
    note = Note("x", day("2026-10-02"), day("2026-10-01"), (("person_id", ("1",)),))
    with pytest.raises(JourneyError) as error:
        notes.write(Home(tmp_path), note, NOW)
    assert len(error.value.problems) == 2


def take_in_hand(home: Home, sample: bool = False) -> followups.FollowUp:
    return followups.open_one(
        home, "conversion/checkout_completion", (("country", "CZ"),), "Checkout", "team",
        "address form repaired", day("2026-10-20"), day("2026-11-17"), NOW, sample,
    )  # fmt: skip


def test_the_day_of_a_follow_up_is_a_note_also_when_it_is_done(tmp_path: Path) -> None:
    home = Home(tmp_path)
    taken = take_in_hand(home)
    (note,) = followups.notes(home)
    assert note.text == "Follow-up: address form repaired"
    assert (note.first, note.stage) == (day("2026-10-20"), "conversion")
    followups.close(home, taken.id, NOW)
    assert followups.notes(home) == [note]
    assert followups.notes(home, sample=True) == []


def test_a_role_does_not_read_of_rows_it_may_not_see(tmp_path: Path) -> None:
    home = Home(tmp_path)
    take_in_hand(home)
    polish = Note("Price change", NOW.date(), NOW.date(), (("country", ("PL",)),))
    everybody = Note("Campaign", NOW.date(), NOW.date())
    seen = notes.known(
        home, [polish, everybody, *followups.notes(home)], (("country", ("PL", "DE")),)
    )
    assert seen.all == (polish, everybody)


def test_notes_of_the_sample_move_with_it_and_those_of_readers_stay(
    tmp_path: Path,
) -> None:
    home, last = Home(tmp_path), day("2026-11-21")
    told = [{"text": "Release", "first_days_ago": 25, "last_days_ago": 25, "stage": ""}]
    mine = notes.write(home, RELEASE, NOW, "reader", sample=True)
    notes.of_sample(home, told, last, NOW)
    size = (home.app / "notes.ndjson").stat().st_size
    notes.of_sample(home, told, last, NOW)
    assert (home.app / "notes.ndjson").stat().st_size == size
    notes.of_sample(home, told, last + dt.timedelta(1), NOW)
    found = notes.known(home, sample=True).all
    assert [one.first for one in found if one.text == "Release"] == [day("2026-10-28")]
    assert mine in found and len(found) == 2
