"""What is followed up is kept, and judged against everybody who was left alone."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import polars as pl
import pytest

from journey.findings import followups
from journey.findings.followups import FollowUp
from journey.findings.verdicts import told
from journey.formats import Formats
from journey.home import Home
from journey.problem import JourneyError

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
CELL = (("device", "mobile"),)


def write(home: Home, title: str = "Payment on phones") -> FollowUp:
    return followups.open_one(
        home, "conversion/payment_completion", CELL, title, "shop team",
        "Turn the new payment page off", dt.date(2026, 11, 3), dt.date(2026, 11, 17), NOW,
    )  # fmt: skip


def rows(mobile_now: int, desktop_now: int) -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("before", "mobile", 510, 1000),
            ("before", "desktop", 700, 1000),
            ("now", "mobile", mobile_now, 1000),
            ("now", "desktop", desktop_now, 1000),
        ],
        schema=["period", "device", "numerator", "denominator"],
        orient="row",
    )


def test_a_follow_up_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = write(home)
    assert followups.opened(home) == [written]


def test_a_closed_one_leaves_the_list_but_stays_in_the_file(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = write(home)
    followups.close(home, written.id, NOW)
    assert followups.opened(home) == []
    assert "Payment on phones" in (home.app / "followups.ndjson").read_text("utf-8")


def test_who_wrote_and_who_closed_stand_in_the_file(tmp_path: Path) -> None:
    home = Home(tmp_path)
    written = followups.open_one(
        home, "a/b", CELL, "Payment", "shop team", "mend it", dt.date(2026, 11, 3),
        dt.date(2026, 11, 17), NOW, by="lead@shop.example",
    )  # fmt: skip
    followups.close(home, written.id, NOW, "care@shop.example")
    lines = [
        json.loads(line)
        for line in (home.app / "followups.ndjson").read_text("utf-8").splitlines()
    ]
    assert [(line["event"], line["by"]) for line in lines] == [
        ("opened", "lead@shop.example"), ("closed", "care@shop.example"),
    ]  # fmt: skip
    assert followups.opened(home) == []


def test_a_line_cut_off_by_a_full_disk_does_not_hide_the_others(tmp_path: Path) -> None:
    home = Home(tmp_path)
    first = write(home)
    with (home.app / "followups.ndjson").open("a", encoding="utf-8") as file:
        file.write('{"event": "opened", "id": "12"}\n{"event": "closed"}\n')
        file.write('{"event": "opened", "id": "12')
    assert followups.opened(home) == [first]
    second = write(home)
    assert {f.id for f in followups.opened(home)} == {first.id, second.id}


def test_a_line_separator_from_a_word_processor_does_not_lose_the_follow_up(
    tmp_path: Path,
) -> None:
    home, day = Home(tmp_path), dt.date(2026, 11, 2)
    written = followups.open_one(
        home, "a/b", (), "A title", "team", "first\u2028second\x85third", day,
        day + dt.timedelta(7), dt.datetime(2026, 11, 2, tzinfo=dt.UTC),
    )  # fmt: skip
    assert followups.opened(home) == [written]


def test_an_incomplete_one_is_refused_with_every_gap(tmp_path: Path) -> None:
    with pytest.raises(JourneyError) as error:
        followups.open_one(
            Home(tmp_path), "a", (), "t", " ", "", dt.date(2026, 11, 3),
            dt.date(2026, 11, 3), NOW,
        )  # fmt: skip
    assert len(error.value.problems) == 3
    with pytest.raises(JourneyError, match="at most 300"):
        followups.open_one(
            Home(tmp_path), "a", (), "t", "team", "x" * 301, dt.date(2026, 11, 3),
            dt.date(2026, 11, 4), NOW,
        )  # fmt: skip


def test_it_worked_when_the_cell_rose_and_the_others_did_not(tmp_path: Path) -> None:
    done = followups.verdict(write(Home(tmp_path)), rows(620, 700), dt.date(2026, 11, 18))
    assert done.outcome == "worked"
    assert done.effect == pytest.approx(0.11)


def test_it_did_not_work_when_everybody_rose_alike(tmp_path: Path) -> None:
    done = followups.verdict(write(Home(tmp_path)), rows(620, 810), dt.date(2026, 11, 18))
    assert done.outcome == "did not"
    assert told(done, Formats("en-GB")).replace("\u00a0", " ") == (
        "51.0% → 62.0% go on; against the others 0.0 p.p. (−5.7 to +5.7 p.p.)"
    )
    assert done.effect == pytest.approx(0.0)


def test_before_the_check_date_it_is_too_early(tmp_path: Path) -> None:
    done = followups.verdict(write(Home(tmp_path)), rows(900, 700), dt.date(2026, 11, 16))
    assert done.outcome == "too early"
